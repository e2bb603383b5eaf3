"""`notice.txt`: the notice for a plain-text reader, at most 78 columns where words allow."""

import re
from textwrap import wrap
from typing import Final

from notifications.content import Notice, Row
from notifications.templates import TEMPLATES

NAME: Final = "notice.txt"
# Every row of a list begins a line with one of these, and nothing else does: what is to be ticked
# off, and what is not.
ROWS: Final = ("[ ] ", " *  ")
_WIDTH: Final = 78
# Blanks at an end, more than two, and what else parts words: seldom, and with rules of its own.
_UNEVEN: Final = re.compile(r"^(?: |$)| $|   |[^\S ]")


def notice_text(notice: Notice) -> bytes:
    """Render the notice as UTF-8 text with line feeds."""
    template = TEMPLATES.get_template("notice.txt")
    return template.render(
        notice=notice, words=notice.words, row_text=_row_text, marks=ROWS
    ).encode()


def folded(text: str, mark: str = "") -> str:
    """Break a paragraph into lines after `mark`, which the following lines leave room for.

    Long words (addresses, numbers) are not broken, so that they can be copied.
    """
    if len(mark) + len(text) <= _WIDTH and text and not text[-1].isspace():
        lines = [mark + text]
    elif _UNEVEN.search(text):
        lines = wrap(
            text,
            _WIDTH,
            initial_indent=mark,
            subsequent_indent=" " * len(mark),
            break_long_words=False,
            break_on_hyphens=False,
        )
    else:
        lines = _wrapped(text, mark)
    return "\n".join(lines if mark else map(_no_row, lines)) or mark.rstrip()


def _wrapped(text: str, mark: str) -> list[str]:
    """Break what holds but words and blanks as `wrap` does, which takes most of a notice's time."""
    first, *words = text.split(" ")
    indent = " " * len(mark)
    lines, line, blanks = [], mark + first, 1
    for word in words:
        if not word:
            blanks = 2
            continue
        if len(line) + blanks + len(word) <= _WIDTH:
            line += " " * blanks + word
        else:
            lines.append(line)
            line = indent + word
        blanks = 1
    return [*lines, line]


def headed(heading: str, line: str) -> str:
    """Write a heading with a line below it."""
    return f"{_no_row(heading)}\n{line * min(len(heading), _WIDTH)}"


def _no_row(line: str) -> str:
    """Keep a line that only looks like a row of a list from being counted as one."""
    return f" {line}" if line.startswith(ROWS) else line


def _row_text(row: Row, notice: Notice, *, with_kind: bool, asks: bool) -> str:
    """Say in one paragraph what a row's cells say in a table."""
    words = notice.words
    head = ", ".join(part for part in (row.what, row.who) if part)
    parts = [
        f"{row.time}  {row.kind_label}: {head}" if with_kind else f"{row.time}  {head}",
        *(f"{label}: {value}" for label, value in row.details),
        *(
            f"{side.label}: {side.recorded} ({words['present']}: {side.present})"
            for side in row.sides
        ),
        row.known,
        row.note.removesuffix("."),
        f"{words['to_do']}: {row.to_do}" if asks else "",
    ]
    return "; ".join(part for part in parts if part) + "."


TEMPLATES.filters["folded"] = folded
TEMPLATES.filters["headed"] = headed
