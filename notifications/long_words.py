"""Where a word that is longer than a column may be broken, without a trace in the text."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

# A column of `notice.pdf` holds about this much of a word. What is longer is broken after marks
# that addresses have, or else into parts of so many characters.
_LONG: Final = 22
_PART: Final = 11
_TO_A_MARK: Final = re.compile(r"[^@./_-]*[@./_-]+|[^@./_-]+")


def in_pieces(text: str) -> str | list[str]:
    """Cut a text between which pieces a line may end; one without long words stays as it is."""
    if len(text) <= _LONG or max(map(len, text.split(" "))) <= _LONG:
        return text
    return list(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    begun = ""
    for word in re.split(r"(?<= )", text):
        if len(word.rstrip(" ")) <= _LONG:
            begun += word
            continue
        first, *others = _together(
            part for found in _TO_A_MARK.findall(word) for part in _parts(found)
        )
        yield begun + first
        yield from others[:-1]
        begun = others[-1] if others else ""
    if begun:
        yield begun


def _together(parts: Iterator[str]) -> Iterator[str]:
    """Leave together what a column holds: each further piece costs the setting time."""
    begun = next(parts)
    for part in parts:
        if len(begun) + len(part) <= _LONG:
            begun += part
        else:
            yield begun
            begun = part
    yield begun


def _parts(piece: str) -> Iterator[str]:
    """Cut what is still too long; no part begins within a character and its accents."""
    begin = 0
    while len(piece) - begin > _LONG:
        end = begin + _PART
        while end < len(piece) and unicodedata.combining(piece[end]):
            end += 1
        yield piece[begin:end]
        begin = end
    yield piece[begin:]
