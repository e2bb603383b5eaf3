"""From findings to documents."""
