"""The Prefect page for one migration: a server, the deployments, and who runs them."""
