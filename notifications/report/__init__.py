"""`report.html`: one self-contained page from which operator and support work."""
