"""Raw access-log lines to requests, one module per family of formats."""
