"""`reprovisioning.xlsx`: a sheet to work through for each kind, with a column to tick off.

Every cell is text, whatever it looks like: what strangers typed is never computed, and a phone
number keeps its zeros.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Final, NamedTuple

import xlsxwriter  # it ships neither stubs nor a marker

from notifications.content import Notice, Row, Section, Side

NAME: Final = "reprovisioning.xlsx"

# The same findings make the same bytes, so the file can't say when it was made.
_CREATED: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_LONGEST_CELL: Final = 32_767
_LONGEST_NAME: Final = 31
_NOT_IN_A_NAME: Final = re.compile(r"[\[\]:*?/\\]")
_WIDEST: Final = 48
_BOX: Final = "☐"
_SETTINGS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class Sheet(NamedTuple):
    """A sheet as it will be written: its name and rows of cells, the header first."""

    name: str
    rows: tuple[tuple[str, ...], ...]


def workbook(notice: Notice) -> bytes:
    """Write the workbook; a sheet for each list that asks for something or is for the record."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, _SETTINGS) as book:
        book.set_properties({"title": notice.title, "created": _CREATED})
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8ECF0", "valign": "top"})
        cell = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        for sheet in sheets(notice):
            page = book.add_worksheet(sheet.name)
            for number, row in enumerate(sheet.rows):
                for column, value in enumerate(row):
                    page.write_string(number, column, _cut(value), cell if number else head)
            for column, cells in enumerate(zip(*sheet.rows, strict=True)):
                page.set_column(column, column, _width(cells))
            page.freeze_panes(1, 0)
            page.autofilter(0, 0, len(sheet.rows) - 1, len(sheet.rows[0]) - 1)
            page.set_landscape()
            page.set_paper(9)
            page.fit_to_pages(1, 0)
            page.repeat_rows(0)
    return target.getvalue()


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
            *(_BOX, row.kind_label, row.time, row.what, row.who),
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


def _cut(value: str) -> str:
    """Shorten what a cell can't hold; the CSV file has all of it."""
    return value if len(value) <= _LONGEST_CELL else f"{value[: _LONGEST_CELL - 1]}…"


def _width(cells: Iterable[str]) -> int:
    return min(_WIDEST, 2 + max(len(cell) for cell in cells))
