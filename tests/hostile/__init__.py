"""What strangers send, and what it must not do."""
