"""Text from strangers, made harmless to look at.

Logs and address books hold whatever somebody sent. Characters that move a cursor, break a line,
turn the reading direction or show nothing at all are shown instead of obeyed, so that what a reader
sees is what is there. Real names stay as they are in every script: the joiners of Persian and
Hindi, the variants of Japanese family names, and emoji are kept where they have something to join
or vary.
"""

from collections.abc import Iterable
from typing import Final

_CONTROL_PICTURES: Final = 0x2400
_DELETE: Final = 0x7F


def _characters(*codes: int | Iterable[int]) -> frozenset[str]:
    listed = ((code,) if isinstance(code, int) else code for code in codes)
    return frozenset(chr(code) for each in listed for code in each)


_STEERING: Final = _characters(
    # C0, delete and C1; line and paragraph separators.
    *(range(0x20), range(_DELETE, 0xA0), 0x2028, 0x2029),
    # Marks, embeddings, overrides and isolates of direction.
    *(0x061C, 0x200E, 0x200F, range(0x202A, 0x202F), range(0x2066, 0x206A)),
    # What Unicode ignores by default: soft hyphen, zero widths, fillers, invisible operators, the
    # byte order mark, shorthand and music, tags. And the blank of Braille, and annotations.
    *(0xAD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x2800, 0x3164, 0xFEFF, 0xFFA0),
    *(range(0x2060, 0x2066), range(0x206A, 0x2070), range(0xFFF0, 0xFFFC)),
    *(range(0x1BCA0, 0x1BCA4), range(0x1D173, 0x1D17B)),
    *(range(0xE0000, 0xE0100), range(0xE01F0, 0xE1000)),
    # Halves of surrogate pairs, and what is no character (XML, so a workbook, can't hold two).
    *(range(0xD800, 0xE000), range(0xFDD0, 0xFDF0)),
    *(plane + last for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)),
)
_JOINERS: Final = _characters(0x200C, 0x200D)
_SELECTORS: Final = _characters(
    range(0x180B, 0x180E), 0x180F, range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0)
)
_SUSPECT: Final = _STEERING | _JOINERS | _SELECTORS
# Latin, Greek, Cyrillic and Armenian join nothing.
_FIRST_THAT_JOINS: Final = "\u0590"
# Of ASCII, only the keys of a phone have variants.
_KEYS: Final = frozenset("0123456789#*")


def visible(text: str) -> str:
    """`text` on one line, with control, direction and invisible characters shown as symbols."""
    if _SUSPECT.isdisjoint(text):
        return text
    return "".join(
        character
        if character not in _SUSPECT or _has_a_purpose(before, character, after)
        else _symbol(character)
        for before, character, after in zip(f" {text}", text, f"{text[1:]} ", strict=False)
    )


def blanked(text: str) -> str:
    """`text` with a blank for every character that may show nothing, but tabs and line breaks."""
    if _SUSPECT.isdisjoint(text):
        return text
    return "".join(each if each in "\t\r\n" or each not in _SUSPECT else " " for each in text)


def _has_a_purpose(before: str, character: str, after: str) -> bool:
    """Whether a joiner joins something, or a selector has something to vary."""
    if character in _JOINERS:
        return _joins(before) and (_joins(after) and after not in _SELECTORS)
    if character in _SELECTORS:
        return before in _KEYS or not (before.isascii() or before.isspace() or before in _SUSPECT)
    return False


def _joins(character: str) -> bool:
    is_shown = character not in _STEERING and character not in _JOINERS
    return character >= _FIRST_THAT_JOINS and is_shown and not character.isspace()


def _symbol(character: str) -> str:
    code = ord(character)
    if code < ord(" "):
        return chr(_CONTROL_PICTURES + code)
    return "\u2421" if code == _DELETE else f"‹U+{code:04X}›"
