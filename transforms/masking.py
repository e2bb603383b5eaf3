"""A value by its type and shape alone: enough to see what it is, and not whose."""

import re
import unicodedata
from typing import Final

from transforms.printable import printable

_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
# Digits, and what joins them to letters: an e-mail address, a name and a sentence are none.
_ID: Final = re.compile(r"(?=.*\d)[\w.:/-]{1,64}", re.ASCII)
_SHOWN: Final = 24
_LONG: Final = 100


def masked(text: str | None) -> str:
    """`"Xxxx"` for a name, `"xxxx@xxxx.xx"` for an address, `99.9`, `boolean`, `null`.

    What is long is cut, with the class of its length.
    """
    if text is None:
        return "null"
    if text in {"true", "false"}:
        return "boolean"
    shape = "".join(map(_shape, text[:_SHOWN]))
    if _NUMBER.fullmatch(text) and len(text) <= _SHOWN:
        return shape
    if len(text) <= _SHOWN:
        return f'"{shape}"'
    return f'"{shape}…" ({"up to" if len(text) <= _LONG else "more than"} {_LONG} characters)'


def id_or_mask(text: str | None) -> str:
    """An id as it is; what is none, as where columns are swapped, by its shape."""
    return printable(text) if text is not None and _ID.fullmatch(text) else masked(text)


def _shape(character: str) -> str:
    if character.isupper():
        return "X"
    category = unicodedata.category(character)
    if category[0] in "LM":
        return "x"
    if category[0] == "N":
        return "9"
    return character if character.isascii() and character.isprintable() else "?"
