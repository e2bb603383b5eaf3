"""Laws that the core keeps on every migration, one a module."""
