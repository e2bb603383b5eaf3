"""The sample migration and the simulator that makes it."""
