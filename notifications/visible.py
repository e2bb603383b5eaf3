"""Text from strangers, made harmless to look at.

Logs and address books hold whatever somebody sent. Characters that move a cursor, break a line or
turn the reading direction are shown instead of obeyed, so that what a reader sees is what is there.
"""

from typing import Final

_CONTROL_PICTURES: Final = 0x2400
_DELETE: Final = 0x7F
# C1 controls, marks and overrides of direction, line and paragraph separators, invisible
# operators, byte order mark, and what XML (so a workbook) can't hold. Joiners stay: names and
# emoji in real scripts need them.
_NAMED: Final = (
    *range(0x80, 0xA0),
    0x061C,
    0x200B,
    0x200E,
    0x200F,
    *range(0x2028, 0x202F),
    *range(0x2060, 0x2070),
    0xFEFF,
    0xFFFE,
    0xFFFF,
)

_SHOWN: Final = {
    **{code: chr(_CONTROL_PICTURES + code) for code in range(0x20)},
    _DELETE: "\u2421",
    **{code: f"‹U+{code:04X}›" for code in _NAMED},
}


def visible(text: str) -> str:
    """`text` on one line, with control and direction characters shown as symbols."""
    return text.translate(_SHOWN)
