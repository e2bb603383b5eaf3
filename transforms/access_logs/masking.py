"""Lines that people may look at: no query values, no control characters, no endless text."""

from typing import Final

import polars as pl

LONGEST_TEXT: Final = 2_000

# A value ends at the next parameter, at a blank or at a quote that is not escaped (`\"`).
_QUERY_VALUE = r'([?&][^=&\s"?]*=)(?:\\.|[^&\s"\\])*'
# Control characters, and invisible ones that reorder or break text (bidi overrides, U+2028).
_UNPRINTABLE = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]"


def masked(text: pl.Expr) -> pl.Expr:
    """Make hostile text fit to be shown and stored.

    Query values become `***`, control characters the replacement character, and what is beyond
    2,000 characters is cut off.
    """
    return (
        text.str.head(LONGEST_TEXT)
        .str.replace_all(_QUERY_VALUE, "${1}***")
        .str.replace_all(_UNPRINTABLE, "\ufffd")
        .str.head(LONGEST_TEXT)
    )
