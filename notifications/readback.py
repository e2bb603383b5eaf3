"""Read generated files back and count their rows, before a run says that it is done."""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO, StringIO
from typing import Final
from zipfile import ZipFile

from notifications import html, lists, text, workbook
from notifications.content import Notice
from transforms.balance import NoticeRowCounts
from transforms.errors import BalanceError

# A field may be as long as a stranger made it; the files read here are our own.
csv.field_size_limit(2**31 - 1)

_HTML_ROW: Final = b"<tr data-finding="
_SHEET: Final = re.compile(r"xl/worksheets/sheet\d+\.xml")
_SHEET_ROW: Final = re.compile(rb"<row [^>]*>")
_HIDDEN_SHEET: Final = re.compile(rb'state="(?:hidden|veryHidden)"')
_HIDDEN_PART: Final = re.compile(rb'<(?:row|col) [^>]*hidden="1"')


def read_back(pack: Mapping[str, bytes], notice: Notice) -> None:
    """Compare each file of the pack with what the notice says that it must hold.

    Raises `BalanceError` that names the file and both numbers; no customer, no data.
    """
    _check_sum(notice.counts)
    listed = sum(len(section.rows) for section in notice.sections)
    for_repeating = sum(map(lists.is_to_be_repeated, notice.asking))
    expected: dict[str, tuple[Callable[[bytes], int], int]] = {
        html.NAME: (_rows_of_html, listed),
        text.NAME: (_rows_of_text, listed),
        workbook.NAME: (_rows_of_workbook, notice.counts.rows),
        lists.REPROVISIONING: (_rows_of_csv(lists.SEPARATOR), for_repeating),
    }
    for file in notice.imports:
        expected[file.name] = (_rows_of_csv(file.separator), len(file.rows))
    for name, document in pack.items():
        count, rows = expected[name]
        if (found := count(document)) != rows:
            raise BalanceError(f"{name} of a notice holds {found} rows, its findings make {rows}")


def _check_sum(counts: NoticeRowCounts) -> None:
    shown = counts.rows + counts.retries + counts.acknowledgements
    if counts.asking != shown:
        raise BalanceError(
            f"{counts.asking} findings of a customer ask for something, but the notice shows "
            f"{counts.rows} rows + {counts.retries} retries shown as one + "
            f"{counts.acknowledgements} acknowledgements = {shown}"
        )


def _rows_of_html(document: bytes) -> int:
    return document.count(_HTML_ROW)


def _rows_of_text(document: bytes) -> int:
    marks = tuple(mark.encode() for mark in text.ROWS)
    return sum(line.startswith(marks) for line in document.split(b"\n"))


def _rows_of_csv(separator: str) -> Callable[[bytes], int]:
    def count(document: bytes) -> int:
        stream = StringIO(document.decode(), newline="")
        return _without_header(csv.reader(stream, delimiter=separator))

    return count


def _without_header(rows: Iterable[object]) -> int:
    return sum(1 for _ in rows) - 1


def _rows_of_workbook(document: bytes) -> int:
    """Count the rows below the headers of all sheets. Cells' texts are in a part of their own."""
    with ZipFile(BytesIO(document)) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if _SHEET.fullmatch(name)]
        is_hiding = _HIDDEN_SHEET.search(parts.read("xl/workbook.xml"))
        if is_hiding or any(map(_HIDDEN_PART.search, sheets)):
            raise BalanceError(f"{workbook.NAME} of a notice hides a sheet, row or column")
    return sum(len(_SHEET_ROW.findall(sheet)) - 1 for sheet in sheets)
