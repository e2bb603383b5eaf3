"""A second, slow and plain reading of the rules, to hold the fast core against."""
