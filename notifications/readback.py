"""Read generated files back and count their rows, before a run says that it is done."""

import csv
from collections.abc import Callable, Iterable, Mapping
from io import StringIO
from typing import Final

from notifications import html, lists, mail, pdf, text, workbook
from notifications.content import Notice
from notifications.sheets import count_rows
from transforms.balance import NoticeRowCounts
from transforms.errors import BalanceError

# A field may be as long as a stranger made it; the files read here are our own.
csv.field_size_limit(2**31 - 1)

_HTML_ROW: Final = b"<tr data-finding="


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
        pdf.NAME: (pdf.table_rows, pdf.expected_table_rows(notice)),
        workbook.NAME: (_rows_of_workbook, notice.counts.rows),
        lists.REPROVISIONING: (_rows_of_csv(lists.SEPARATOR), for_repeating),
    }
    for file in notice.imports:
        expected[file.name] = (_rows_of_csv(file.separator), len(file.rows))
    for name, document in pack.items():
        if name == mail.NAME:
            _check_mail(document, pack, listed)
            continue
        count, rows = expected[name]
        if (found := count(document)) != rows:
            raise BalanceError(f"{name} of a notice holds {found} rows, its findings make {rows}")


def _check_mail(document: bytes, pack: Mapping[str, bytes], listed: int) -> None:
    """See that the letter shows every row, and that the very files of the pack are attached."""
    read = mail.read_mail(document)
    for name, count in ((html.NAME, _rows_of_html), (text.NAME, _rows_of_text)):
        if (found := count(read.letter.get(name, b""))) != listed:
            raise BalanceError(
                f"{mail.NAME} of a notice holds {found} rows as {name}, its findings make {listed}"
            )
    if read.files != mail.attached(pack):
        raise BalanceError(f"{mail.NAME} of a notice has other files attached than its pack holds")


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
    lines = b"\n" + document
    return sum(lines.count(f"\n{mark}".encode()) for mark in text.ROWS)


def _rows_of_csv(separator: str) -> Callable[[bytes], int]:
    def count(document: bytes) -> int:
        stream = StringIO(document.decode(), newline="")
        return _without_header(csv.reader(stream, delimiter=separator))

    return count


def _without_header(rows: Iterable[object]) -> int:
    return sum(1 for _ in rows) - 1


def _rows_of_workbook(document: bytes) -> int:
    return count_rows(document, f"{workbook.NAME} of a notice")
