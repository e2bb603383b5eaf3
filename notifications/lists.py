"""Lists for spreadsheets and for the product's own import, as CSV."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from io import StringIO
from typing import Final

import phonenumbers

from notifications.content import ImportFile, Notice, Row
from notifications.visible import blanked
from transforms.catalogue import PLACEHOLDER, Export, ExportColumn
from transforms.formulas import BEGINS_A_FORMULA, MARKS

REPROVISIONING: Final = "reprovisioning.csv"
# What a German spreadsheet splits at, and what tells any spreadsheet that umlauts are UTF-8.
SEPARATOR: Final = ";"
_BYTE_ORDER_MARK: Final = "\ufeff"
FIXED_COLUMNS: Final = ("kind", "verdict", "confidence", "at", "what", "to_do", "finding_id")

# Where it splits at something else than we do, a cell begins in the middle of one of ours.
_BEGINS_WITHIN: Final = re.compile(rf'([,;|\t\r\n][\s"]*)(?=[{MARKS}])')
_NO_DIGIT: Final = re.compile(r"\D")


def starts_a_formula(cell: str) -> bool:
    """Whether a spreadsheet might compute the cell, or a part of it, instead of showing it."""
    seen = blanked(cell)
    return bool(BEGINS_A_FORMULA.match(seen) or _BEGINS_WITHIN.search(seen))


def is_to_be_repeated(row: Row) -> bool:
    """Whether a row asks for something other than a deletion."""
    return row.action != "deleted"


def reprovisioning_csv(notice: Notice) -> bytes:
    """Write `reprovisioning.csv`: all that asks for something but deletions, a row each.

    UTF-8 with a byte order mark, separated by semicolons, so that a German spreadsheet opens it
    with a double click. Columns: `kind`, `verdict`, `confidence` (in English, for scripts), `at`
    (ISO 8601, the customer's local time with its offset), `what`, `to_do` (worded), `finding_id`,
    then the recovered fields of all kinds by name. An apostrophe stands before what a spreadsheet
    would run.
    """
    fields = tuple(
        dict.fromkeys(column.name for columns in notice.fields.values() for column in columns)
    )
    header = (*FIXED_COLUMNS, *(_column(name) for name in fields))
    rows = (
        (
            *(row.kind, row.verdict, row.confidence, row.at.isoformat(timespec="seconds")),
            *(_named(row), row.to_do, row.finding_ids[0]),
            *(row.fields.get(name, "") for name in fields),
        )
        for row in notice.asking
        if is_to_be_repeated(row)
    )
    text = _csv(([_inert(cell) for cell in row] for row in (header, *rows)), SEPARATOR)
    return f"{_BYTE_ORDER_MARK}{text}".encode()


def import_file(export: Export, rows: Iterable[Row], country: str | None) -> ImportFile:
    """Fill a kind's import file with the rows that are certainly to be created.

    Only `lost`, `confirmed` and created ones; the values verbatim, because the importer knows no
    apostrophe. So a row with a cell that a spreadsheet would run, and one of which nothing is
    known, is left out and named instead.
    """
    filled: list[tuple[str, ...]] = []
    left_out: list[str] = []
    for row in rows:
        if (row.verdict, row.confidence, row.action) != ("lost", "confirmed", "created"):
            continue
        cells = tuple(_cell(column, row.importable, country) for column in export.columns.values())
        if any(map(starts_a_formula, cells)) or not any(cells):
            left_out.append(row.what)
        else:
            filled.append(cells)
    return ImportFile(
        name=export.file,
        separator=export.separator,
        header=tuple(export.columns),
        rows=tuple(filled),
        left_out=tuple(left_out),
    )


def import_csv(file: ImportFile) -> bytes:
    """Write the product's own import file: UTF-8 without a byte order mark, header first."""
    return _csv((file.header, *file.rows), file.separator).encode()


@lru_cache(maxsize=65_536)
def international(number: str, prefix: str, country: str | None) -> str:
    """Write a phone number the importer's way: `0049` makes 0151 2345678 a 00491512345678.

    `prefix` is how the country's own numbers begin; another country's get their own calling code
    in its place. What can't be read as one whole phone number stays as it is: with words or an
    extension in it, or without its area code. A wrong number shows only when it is needed.
    """
    try:
        parsed = phonenumbers.parse(number, country, keep_raw_input=True)
    except phonenumbers.NumberParseException:
        return number
    is_whole = not parsed.extension and not any(map(str.isalpha, number))
    if not (is_whole and _begins_somewhere(number, parsed, country) and _is_long_enough(parsed)):
        return number
    home = _NO_DIGIT.sub("", prefix).lstrip("0")
    dial_out = prefix.removesuffix(home) if home else prefix
    national = phonenumbers.national_significant_number(parsed)
    return f"{dial_out}{parsed.country_code}{national}"


def _begins_somewhere(number: str, parsed: phonenumbers.PhoneNumber, country: str | None) -> bool:
    """Whether a number written nationally begins with the zero, where its country has one.

    `49 151 2345678` may be meant either way.
    """
    if parsed.country_code_source != phonenumbers.CountryCodeSource.FROM_DEFAULT_COUNTRY:
        return True
    trunk = phonenumbers.ndd_prefix_for_region(country or "", True) or ""
    return not trunk.startswith("0") or phonenumbers.normalize_digits_only(number).startswith(trunk)


def _is_long_enough(parsed: phonenumbers.PhoneNumber) -> bool:
    """Whether it has the length of a whole number: 112 and numbers within a town have not."""
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    return bool(reason == phonenumbers.ValidationResult.IS_POSSIBLE)


def _cell(column: str | ExportColumn, values: Mapping[str, str], country: str | None) -> str:
    if isinstance(column, ExportColumn):
        value = values.get(column.field, "")
        return international(value, column.phone_prefix, country) if column.phone_prefix else value
    if PLACEHOLDER.search(column):
        text = PLACEHOLDER.sub(lambda match: values.get(match.group(1), ""), column)
        is_whole = all(values.get(name) for name in PLACEHOLDER.findall(column))
        return text if is_whole else text.strip()
    return values.get(column, "")


def _named(row: Row) -> str:
    return f"{row.what} ({row.who})" if row.who else row.what


def _column(field: str) -> str:
    """Keep a catalogue's field apart from a column that every list has."""
    return f"fields.{field}" if field in FIXED_COLUMNS else field


def _inert(cell: str) -> str:
    """Put an apostrophe before what would run in a cell that is `visible` already."""
    if not cell:
        return cell
    within = _BEGINS_WITHIN.sub(r"\1'", cell)
    return f"'{within}" if BEGINS_A_FORMULA.match(cell) else within


def _csv(rows: Iterable[Sequence[str]], separator: str) -> str:
    text = StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
