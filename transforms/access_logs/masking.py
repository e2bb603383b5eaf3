"""Lines that people may look at: no query values, no control characters, no endless text."""

import re
from typing import Final

import polars as pl

LONGEST_TEXT: Final = 2_000

# A value ends at the next parameter, at a blank or at a quote that is not escaped (`\"`).
_VALUE = r'(?:\\.|[^&\s"\\])'
# With a name or without one.
_QUERY_VALUE = rf'([?&][^=&\s"?]*=){_VALUE}*|([?&]){_VALUE}+'
# The first of a query that stands apart from its path.
_FIRST_VALUE = rf'((?:^|[\s"])[^=&\s"?/]+=){_VALUE}+&'
_NAME_AND_VALUE = re.compile(r"(^|&)([^=&]*=)?[^&]*")
# Control characters, and invisible ones that reorder or break text (bidi overrides, U+2028).
_UNPRINTABLE = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]"


def masked(text: pl.Expr) -> pl.Expr:
    """Make hostile text fit to be shown and stored.

    Query values become `***`, control characters the replacement character, and what is beyond
    2,000 characters is cut off.
    """
    return (
        text.str.head(LONGEST_TEXT)
        .str.replace_all(_QUERY_VALUE, "${1}${2}***")
        .str.replace_all(_FIRST_VALUE, "${1}***&")
        .str.replace_all(_UNPRINTABLE, "\ufffd")
        .str.head(LONGEST_TEXT)
    )


def without_query(text: str, query: str | None) -> str:
    """Mask the query in its line where it stands apart from its path, as a word of its own.

    What has one parameter, or no name, does not look like a query to `masked`.
    """
    if not query or query not in text:
        return text
    # No regular expression of the query: to compile one of a megabyte takes seconds.
    shown, start = [], 0
    while (at := text.find(query, start)) >= 0:
        end = at + len(query)
        is_alone = _ends_words(text[at - 1 : at]) and _ends_words(text[end : end + 1])
        shown += [text[start:at], _NAME_AND_VALUE.sub(r"\1\2***", query) if is_alone else query]
        start = end
    return "".join([*shown, text[start:]])


def _ends_words(character: str) -> bool:
    return character in {"", '"'} or character.isspace()
