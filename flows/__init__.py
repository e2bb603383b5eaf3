"""The shell: everything that reads, writes, waits or talks."""
