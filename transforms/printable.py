"""Hostile text made safe to look at: on a terminal, in a log, in a message."""

import unicodedata
from typing import Final

# Control, format (bidirectional overrides), surrogate, private and unassigned characters, and the
# separators that break a line: all that a terminal may act upon instead of showing it.
_UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def printable(text: str, limit: int = 200) -> str:
    """The text on one line and at most `limit` long, with what could steer a terminal escaped.

    What is longer ends in `…`.
    """
    shown = text if len(text) <= limit else f"{text[: limit - 1]}…"
    if shown.isascii() and shown.isprintable():
        return shown
    return "".join(_escaped(character) for character in shown)


def _escaped(character: str) -> str:
    if unicodedata.category(character) not in _UNSAFE:
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
