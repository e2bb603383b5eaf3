"""Reading of what the proxies, the clients and their users left behind."""
