"""The core: pure functions from frame to frame, and the catalogue."""
