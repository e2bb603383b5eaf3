"""`reprovisioning.xlsx`: a sheet to work through for each kind, with a column to tick off.

Every cell is text, whatever it looks like: what strangers typed is never computed, and a phone
number keeps its zeros.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from notifications.content import Notice, Row, Section, Side
from notifications.sheets import BOX, Sheet, write_sheets

NAME: Final = "reprovisioning.xlsx"

_LONGEST_NAME: Final = 31
_NOT_IN_A_NAME: Final = re.compile(r"[\[\]:*?/\\]")


def workbook(notice: Notice) -> bytes:
    """Write the workbook; a sheet for each list that asks for something or is for the record."""
    return write_sheets(sheets(notice), notice.title)


def sheets(notice: Notice) -> tuple[Sheet, ...]:
    """Lay out the sheets: those of kinds with a column for each field, then the mixed ones."""
    names: set[str] = set()
    laid_out = []
    for section in notice.sections:
        if section.purpose == "done" or not section.rows:
            continue
        name = _unique_name(section.sheet, names)
        names.add(name.casefold())
        laid_out.append(Sheet(name, tuple(_rows(section, notice))))
    return tuple(laid_out)


def _rows(section: Section, notice: Notice) -> Iterator[tuple[str, ...]]:
    words = notice.words
    used = {name for row in section.rows for name in row.fields}
    # A reference is an id of something that is gone; "who" says its name.
    fields = [
        column
        for column in (notice.fields[section.kind] if section.kind else ())
        if column.name in used and not column.is_reference
    ]
    yield (
        *(words["done"], words["kind"], words["time"], words["what"], words["who"]),
        *(column.label for column in fields),
        *(() if section.kind else (words["recorded"],)),
        *(words["present"], words["to_do"], words["known"], words["note"], words["id"]),
    )
    for row in section.rows:
        yield (
            *(BOX, row.kind_label, row.time, row.what, row.who),
            *(row.fields.get(column.name, "") for column in fields),
            *(() if section.kind else (_recorded(row),)),
            *(_present(row.sides), row.to_do, row.known, row.note, row.finding_ids[0]),
        )


def _recorded(row: Row) -> str:
    if row.sides:
        return "; ".join(f"{side.label}: {side.recorded}" for side in row.sides)
    return "; ".join(f"{label}: {value}" for label, value in row.details)


def _present(sides: Sequence[Side]) -> str:
    return "; ".join(f"{side.label}: {side.present}" for side in sides)


def _unique_name(wanted: str, taken: set[str]) -> str:
    """Make a name that a workbook takes, and that no other sheet has."""
    plain = _NOT_IN_A_NAME.sub(" ", wanted).strip(" '") or "-"
    number = 1
    name = plain[:_LONGEST_NAME]
    while name.casefold() in taken or name.casefold() == "history":
        number += 1
        name = f"{plain[: _LONGEST_NAME - 4]} {number}"
    return name
