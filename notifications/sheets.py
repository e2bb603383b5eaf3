"""Workbooks: nothing is hidden, nothing is computed, the same rows make the same bytes.

What is text stays text, whatever it looks like: no formula arises from what strangers typed, and a
phone number keeps its zeros. Only our own counts are numbers.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Final, NamedTuple, TypeAlias
from zipfile import ZipFile

import xlsxwriter  # it ships neither stubs nor a marker

from transforms.errors import BalanceError

BOX: Final = "☐"

Cell: TypeAlias = str | int

# The same findings make the same bytes, so the file can't say when it was made.
_CREATED: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_LONGEST_CELL: Final = 32_767
_WIDEST: Final = 48
_SETTINGS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_SHEET: Final = re.compile(r"xl/worksheets/sheet\d+\.xml")
_SHEET_ROW: Final = re.compile(rb"<row [^>]*>")
_HIDDEN_SHEET: Final = re.compile(rb'state="(?:hidden|veryHidden)"')
_HIDDEN_PART: Final = re.compile(rb'<(?:row|col) [^>]*hidden="1"')


class Sheet(NamedTuple):
    """A sheet as it will be written: its name and rows of cells, the header first."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]


def write_sheets(sheets: Sequence[Sheet], title: str) -> bytes:
    """Write the workbook: header row, filter, frozen pane, A4 across with the header repeated."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, _SETTINGS) as book:
        book.set_properties({"title": title, "created": _CREATED})
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8ECF0", "valign": "top"})
        text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        count = book.add_format({"valign": "top", "num_format": "0"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            for number, row in enumerate(sheet.rows):
                for column, value in enumerate(row):
                    if isinstance(value, int):
                        page.write_number(number, column, value, count)
                    else:
                        page.write_string(number, column, _cut(value), text if number else head)
            for column, cells in enumerate(zip(*sheet.rows, strict=True)):
                page.set_column(column, column, _width(cells))
            page.freeze_panes(1, 0)
            page.autofilter(0, 0, len(sheet.rows) - 1, len(sheet.rows[0]) - 1)
            page.set_landscape()
            page.set_paper(9)
            page.fit_to_pages(1, 0)
            page.repeat_rows(0)
    return target.getvalue()


def count_rows(document: bytes, name: str) -> int:
    """Count the rows below the headers of all sheets. Cells' texts are in a part of their own.

    Raises `BalanceError` with the document's `name` if a sheet, row or column is hidden.
    """
    with ZipFile(BytesIO(document)) as parts:
        sheets = [parts.read(part) for part in parts.namelist() if _SHEET.fullmatch(part)]
        is_hiding = _HIDDEN_SHEET.search(parts.read("xl/workbook.xml"))
        if is_hiding or any(map(_HIDDEN_PART.search, sheets)):
            raise BalanceError(f"{name} hides a sheet, row or column")
    return sum(len(_SHEET_ROW.findall(sheet)) - 1 for sheet in sheets)


def _cut(value: str) -> str:
    """Shorten what a cell can't hold; the CSV file has all of it."""
    return value if len(value) <= _LONGEST_CELL else f"{value[: _LONGEST_CELL - 1]}…"


def _width(cells: Iterable[Cell]) -> int:
    return min(_WIDEST, 2 + max(len(str(cell)) for cell in cells))
