"""Workbooks: nothing is hidden, nothing is computed, the same rows make the same bytes.

What is text stays text, whatever it looks like: no formula arises from what strangers typed, and a
phone number keeps its zeros. Only our own counts and times are numbers.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from io import BytesIO
from typing import Final, NamedTuple, TypeAlias
from zipfile import ZipFile

from babel import Locale
from xlsxwriter import Workbook  # it ships neither stubs nor a marker

from notifications.language import is_said_twice
from notifications.sheet_page import Page, Styled
from transforms.errors import BalanceError

BOX: Final = "☐"
TICKED: Final = "☑"

# A time is local, and shown as the reader's locale writes it.
Cell: TypeAlias = str | int | datetime

# The same findings make the same bytes, so the file can't say when it was made.
_CREATED: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_LONGEST_CELL: Final = 32_767
_SETTINGS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# What a heading needs besides its text: the arrow of the filter.
_ARROW: Final = 4
_MARGIN: Final = 2
# Points of a line and above it; the highest row.
_LINE: Final = 15
_PADDING: Final = 3
_MOST_LINES: Final = 27

_LETTERS: Final = re.compile(r"'([^']*)'|(y+)|([ML]+)|(d+)|(.)", re.DOTALL)
_SHEET: Final = re.compile(r"xl/worksheets/sheet\d+\.xml")
_OTHER_PARTS: Final = frozenset(
    (
        *("[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "docProps/core.xml"),
        *("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/theme/theme1.xml"),
        *("xl/styles.xml", "xl/sharedStrings.xml"),
    )
)
_SHEET_ROW: Final = re.compile(rb"<row [^>]*>")
_HIDDEN_SHEET: Final = re.compile(rb'state="(?:hidden|veryHidden)"')
_HIDDEN_PART: Final = re.compile(rb'<(?:row|col) [^>]*hidden="1"')
_FORMULA: Final = re.compile(rb"<f[ >]")


class Column(NamedTuple):
    """A column's heading, and the width (in characters) at which its text is broken."""

    heading: str
    widest: int = 40


class Sheet(NamedTuple):
    """A sheet as it will be written. Its first column is a box to tick off."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Paper(NamedTuple):
    """What stands around a printed sheet: corners are left and right; `page` has two places."""

    header: tuple[str, str]
    footer: str
    page: str


def write_sheets(
    sheets: Sequence[Sheet], title: str, paper: Paper, locale: Locale, *, shortened: str
) -> bytes:
    """Write the workbook: header row, filter, frozen pane, A4 across with the header repeated.

    `shortened` is said at the end of what no cell can hold whole.
    """
    target = BytesIO()
    with Workbook(target, _SETTINGS) as book:
        book.set_properties({"title": title, "created": _CREATED})
        styled = _styler(book, locale, f"… {shortened}")
        head = book.add_format(
            {
                "bold": True,
                "bg_color": "#E8ECF0",
                "bottom": 1,
                "valign": "vcenter",
                "num_format": "@",
            }
        )
        for sheet in sheets:
            page = book.add_worksheet(sheet.name, Page)
            widths = _widths(sheet)
            page.set_widths(widths)
            page.add_row([(heading, head) for heading, _ in sheet.columns])
            for row in sheet.rows:
                page.add_row(styled(row), _height(row, widths))
            _make_usable(page, sheet)
            _make_printable(page, paper)
    return target.getvalue()


def _styler(book: Workbook, locale: Locale, mark: str) -> Callable[[Sequence[Cell]], list[Styled]]:
    """Say how the cells of a row look, by what they are. The first one is the box."""
    look = {"valign": "vcenter", "bottom": 1, "bottom_color": "#D0D7DE"}
    text = book.add_format({**look, "text_wrap": True, "num_format": "@"})
    box = book.add_format({**look, "align": "center", "num_format": "@"})
    count = book.add_format({**look, "align": "center", "num_format": '0;-0;"–"'})
    moments = cache(
        lambda number_format: book.add_format(
            {**look, "align": "left", "num_format": number_format}
        )
    )

    def cell(value: Cell) -> Styled:
        if isinstance(value, str):
            return (_cut(value, mark) if value else None, text)
        if isinstance(value, int):
            return value, count
        local = value.replace(tzinfo=None, microsecond=0)
        return local, moments(moment_format(value, locale))

    def styled(row: Sequence[Cell]) -> list[Styled]:
        return [(row[0], box), *map(cell, row[1:])]

    return styled


def moment_format(at: datetime, locale: Locale) -> str:
    r"""Give the number format that shows a local time as the locale does: `dd\.mm\.yyyy\ hh:mm:ss`.

    A cell can't hold an offset. Where clocks go back the format shows it, so that both passes of
    the hour can be told apart.
    """
    shown = f"{_date_format(locale)}\\ hh:mm:ss"
    return f'{shown}" {at.isoformat()[-6:]}"' if is_said_twice(at) else shown


@cache
def _date_format(locale: Locale) -> str:
    """Translate the locale's pattern of a date into a spreadsheet's."""

    def translated(found: re.Match[str]) -> str:
        quoted, year, month, day, other = found.groups()
        if year or month or day:
            return "yyyy" if year else "m" * len(month) if month else day
        return "".join(f"\\{character}" for character in quoted or other or "'")

    return _LETTERS.sub(translated, locale.date_formats["medium"].pattern)


def _make_usable(page: Page, sheet: Sheet) -> None:
    last_row, last_column = len(sheet.rows), len(sheet.columns) - 1
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, last_row, last_column)
    if sheet.rows:
        # Whoever ticks off with an "x" may do so.
        boxes = {"validate": "list", "source": [BOX, TICKED], "show_error": False}
        page.data_validation(1, 0, last_row, 0, boxes)


def _make_printable(page: Page, paper: Paper) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.7)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    left, right = paper.header
    page.set_header(_corners(_printable(left, 80), _printable(right, 40)))
    page.set_footer(
        _corners(_printable(paper.footer, 80), paper.page.format(page="&P", pages="&N"))
    )


def _corners(left: str, right: str) -> str:
    """Place two texts; together they may hold 255 UTF-16 units."""
    return "".join(code + text for code, text in (("&L", left), ("&R", right)) if text)


def _printable(text: str, longest: int) -> str:
    """Shorten what stands around a page. An ampersand would begin a code."""
    short = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return short.replace("&", "\uff06")


def count_rows(document: bytes, name: str) -> int:
    """Count the rows below the headers of all sheets. Cells' texts are in a part of their own.

    Raises `BalanceError` with the document's `name` if a sheet, row or column is hidden, if a cell
    computes, or if there is anything but sheets (comments, links, drawings).
    """
    with ZipFile(BytesIO(document)) as parts:
        names = set(parts.namelist())
        sheets = [parts.read(part) for part in names if _SHEET.fullmatch(part)]
        is_hiding = _HIDDEN_SHEET.search(parts.read("xl/workbook.xml"))
        if is_hiding or any(map(_HIDDEN_PART.search, sheets)):
            raise BalanceError(f"{name} hides a sheet, row or column")
        if any(map(_FORMULA.search, sheets)):
            raise BalanceError(f"{name} has a cell that computes")
        if len(names - _OTHER_PARTS) != len(sheets):
            raise BalanceError(f"{name} holds something besides its sheets")
    return sum(len(_SHEET_ROW.findall(sheet)) - 1 for sheet in sheets)


def _cut(value: str, mark: str) -> str:
    """Shorten what a cell can't hold; the CSV file has all of it."""
    if len(value) <= _LONGEST_CELL // 2:
        return value
    units = value.encode("utf-16-le")
    if len(units) <= 2 * _LONGEST_CELL:
        return value
    room = _LONGEST_CELL - len(mark)
    return units[: 2 * room].decode("utf-16-le", "ignore") + mark


def _widths(sheet: Sheet) -> list[int]:
    """Make each column as wide as its longest text, up to where that is broken."""
    lengths = [tuple(map(_length, row)) for row in sheet.rows] or [(0,) * len(sheet.columns)]
    return [
        max(len(heading) + _ARROW, min(max(needed) + _MARGIN, widest))
        for (heading, widest), *needed in zip(sheet.columns, *lengths, strict=True)
    ]


def _length(cell: Cell) -> int:
    if isinstance(cell, str):
        return len(cell) if "\n" not in cell else max(map(len, cell.split("\n")))
    if isinstance(cell, int):
        return len(str(cell))
    return len("18 May 2021 20:14:05 +02:00" if is_said_twice(cell) else "18 May 2021 20:14:05")


def _height(row: Sequence[Cell], widths: Sequence[int]) -> int | None:
    """Reckon how high a row has to be for its lines: not every program finds out by itself."""
    lines = 1
    for cell, width in zip(row, widths, strict=True):
        if isinstance(cell, str) and (len(cell) > width or "\n" in cell):
            lines = max(lines, sum(_lines(line, width) for line in cell.split("\n")))
    return _LINE * min(lines, _MOST_LINES) + _PADDING if lines > 1 else None


# Most texts of a list are those of the row before.
@lru_cache(maxsize=4096)
def _lines(text: str, width: int) -> int:
    """Count the lines of a text that is broken between words, and within words that are longer."""
    lines, room = 1, width
    for length in map(len, text.split(" ")):
        if length > room:
            lines += 1
            room = width
        overflow, rest = divmod(length, width)
        lines += overflow
        room -= rest + 1
    return lines
