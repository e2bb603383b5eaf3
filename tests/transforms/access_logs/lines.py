"""Lines of a log for the tests."""

import polars as pl


def lines(*texts: str) -> pl.DataFrame:
    """A block of lines, numbered from 1."""
    rows = list(enumerate(texts, 1))
    return pl.DataFrame(rows, schema={"line": pl.Int64, "text": pl.String}, orient="row")
