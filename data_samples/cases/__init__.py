"""The planted cases: each one a small function with one idea, and the verdict it must get."""
