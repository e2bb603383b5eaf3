"""What comes out of parsing lines: good ones, failed ones and the seconds seen, as one value."""

from dataclasses import dataclass
from typing import Final, Protocol

import polars as pl

from transforms.schemas import QUARANTINE, REQUESTS, SEEN, Schema

# Who wrote a line is known to the reader of the file, not to the parser.
_PROVENANCE: Final = {"source", "file"}
PARSED_REQUESTS: Final[Schema] = {
    **{name: dtype for name, dtype in REQUESTS.items() if name not in _PROVENANCE},
    "text": pl.String(),
}
MALFORMED: Final[Schema] = {
    name: dtype for name, dtype in QUARANTINE.items() if name not in _PROVENANCE
}
SECONDS: Final[Schema] = {name: dtype for name, dtype in SEEN.items() if name not in _PROVENANCE}

ALL_LINES: Final = pl.lit(value=True)


@dataclass(frozen=True)
class ParsedLines:
    """All that a block of lines holds.

    `requests`: PARSED_REQUESTS, the kept ones of the well-formed lines, with the raw line as
    `text`. `malformed`: MALFORMED, each line that does not fit, raw. `seconds`: SECONDS, each
    second in which a well-formed line, kept or not, was logged, once.
    """

    requests: pl.DataFrame
    malformed: pl.DataFrame
    seconds: pl.DataFrame


class LogFormat(Protocol):
    """How one source writes its lines."""

    def parse(self, lines: pl.DataFrame, keep: pl.Expr = ALL_LINES) -> ParsedLines:
        """Parse a block of lines.

        `lines` has `line` (Int64) and `text` (String). Only well-formed lines for which `keep`
        (over these columns) holds become requests; all are checked for being well-formed.
        """
        ...

    def explain_mismatch(self, text: str) -> str:
        """Say, for a malformed line, how far it fits and what would have been expected then."""
        ...


def empty_line_or(reason: str) -> pl.Expr:
    """Name why a line is malformed: there is nothing in it, or else `reason`."""
    is_empty = pl.col("text").str.strip_chars() == ""
    return pl.when(is_empty).then(pl.lit("empty_line")).otherwise(pl.lit(reason))
