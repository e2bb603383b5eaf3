"""`reprovisioning.xlsx`: a sheet to work through for each kind, with a column to tick off.

What strangers typed is text, so it is never computed, and a phone number keeps its zeros. The time
is a real one, so it sorts and filters.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

from notifications.content import FieldColumn, Notice, Row, Section, Side
from notifications.language import Language
from notifications.sheets import BOX, Cell, Column, Paper, Sheet, write_sheets

NAME: Final = "reprovisioning.xlsx"

_LONGEST_NAME: Final = 31
_NOT_IN_A_NAME: Final = re.compile(r"[\[\]:*?/\\]")


class _Wanted(NamedTuple):
    """A column that a sheet may have, and how to tell its cell of a row."""

    heading: str
    widest: int
    cell: Callable[[Row], Cell]


def workbook(notice: Notice) -> bytes:
    """Write the workbook; a sheet for each list that asks for something or is for the record."""
    paper = Paper((notice.title, notice.reference), notice.addressee, notice.words["page"])
    return write_sheets(
        sheets(notice),
        notice.title,
        paper,
        Language.of(notice.language).locale,
        shortened=notice.words["shortened"],
    )


def sheets(notice: Notice) -> tuple[Sheet, ...]:
    """Lay out the sheets: those of kinds with a column for each field, then the mixed ones."""
    names: set[str] = set()
    laid_out = []
    for section in notice.sections:
        if section.purpose == "done" or not section.rows:
            continue
        name = _unique_name(section.sheet, names)
        names.add(name.casefold())
        laid_out.append(_sheet(name, section, notice))
    if not laid_out:
        # A supplement may only take things back; a workbook has to have a sheet.
        to_do = notice.words["to_do"]
        return (Sheet(_unique_name(to_do, names), (Column(to_do, 30),), ()),)
    return tuple(laid_out)


def _sheet(name: str, section: Section, notice: Notice) -> Sheet:
    """Leave out the columns in which there is nothing to read."""
    filled = [
        (column, cells)
        for column in _columns(section, notice)
        if any(cells := [column.cell(row) for row in section.rows])
    ]
    return Sheet(
        name,
        tuple(Column(column.heading, column.widest) for column, _ in filled),
        tuple(zip(*(cells for _, cells in filled), strict=True)),
    )


def _columns(section: Section, notice: Notice) -> Iterator[_Wanted]:
    """Name the columns in the order of work: what to do, with what, and how that is known."""
    words = notice.words
    yield _Wanted(words["done"], 10, lambda _: BOX)
    yield _Wanted(words["to_do"], 30, lambda row: row.to_do)
    if section.kind is None:
        yield _Wanted(words["kind"], 20, lambda row: row.kind_label)
    yield _Wanted(words["what"], 24, lambda row: row.what)
    yield _Wanted(words["who"], 24, lambda row: row.who)
    if section.kind is None:
        yield _Wanted(words["recorded"], 28, _recorded)
    else:
        yield from _field_columns(section, notice.fields[section.kind])
    yield _Wanted(words["present"], 26, lambda row: _present(row.sides))
    yield _Wanted(words["note"], 22, lambda row: row.note)
    zone = section.rows[0].at.tzinfo
    yield _Wanted(f"{words['time']} ({zone})", 24, lambda row: row.at)
    yield _Wanted(words["known"], 31, lambda row: row.known)
    yield _Wanted(words["id"], 18, lambda row: row.finding_ids[0])


def _field_columns(section: Section, columns: Sequence[FieldColumn]) -> Iterator[_Wanted]:
    """Give each field a column, unless "what" or "who" tells all of it already.

    A reference is an id of something that is gone; "who" says its name.
    """
    for column in columns:
        told = {(_field(column, row) or row.what, row.what) for row in section.rows}
        if not column.is_reference and any(value != what for value, what in told):
            yield _Wanted(column.label, 32, partial(_field, column))


def _field(column: FieldColumn, row: Row) -> str:
    value = row.fields.get(column.name, "")
    return column.values.get(value, value)


def _recorded(row: Row) -> str:
    if row.sides:
        return "\n".join(f"{side.label}: {side.recorded}" for side in row.sides)
    return "\n".join(f"{label}: {value}" for label, value in row.details)


def _present(sides: Sequence[Side]) -> str:
    return "\n".join(f"{side.label}: {side.present}" for side in sides)


def _unique_name(wanted: str, taken: set[str]) -> str:
    """Make a name that a workbook takes, and that no other sheet has."""
    plain = _NOT_IN_A_NAME.sub(" ", wanted)
    number, name = 1, _trimmed(plain, _LONGEST_NAME)
    while name.casefold() in taken or name.casefold() == "history":
        number += 1
        name = f"{_trimmed(plain, _LONGEST_NAME - 4)} {number}"
    return name


def _trimmed(name: str, units: int) -> str:
    """Cut a name to so many UTF-16 units; an apostrophe may stand at neither end."""
    cut = name.strip(" '").encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")
    return cut.strip(" '") or "-"
