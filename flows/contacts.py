"""The operator's own file of contacts, which wins over what the database says."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from transforms.errors import SourceError
from transforms.schemas import Schema
from transforms.spelling import one_case

CONTACTS: Final[Schema] = {
    "customer_id": pl.String(),
    "name": pl.String(),
    "email": pl.String(),
    "locale": pl.String(),
}

_FORM = {
    "email": (re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+"), "an e-mail address"),
    "locale": (re.compile(r"[a-z]{2}([_-][A-Z]{2})?"), "a language such as de or en_GB"),
}


def load_contacts(path: Path) -> pl.DataFrame:
    """Read the contacts: `CONTACTS`, one row for each customer, null where a cell is empty.

    A CSV file in UTF-8 with a heading, separated by commas or semicolons, columns in any order.
    Raises SourceError naming file, line and column, but not the value.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"The contacts {path} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise SourceError(
            f"The contacts {path} are not in UTF-8 (at byte {error.start + 1}); save them as "
            '"CSV UTF-8".'
        ) from None
    rows = list(_rows(text, path))
    contacts = pl.DataFrame(rows, schema=CONTACTS)
    repeated = contacts.filter(pl.col("customer_id").is_duplicated())
    if repeated.height:
        raise SourceError(
            f"The contacts {path} name {repeated['customer_id'].n_unique()} customers more than "
            "once; write one row for each customer."
        )
    return contacts


def with_contacts(customers: pl.LazyFrame, contacts: pl.DataFrame) -> pl.LazyFrame:
    """Customers (`id`, `name`, `email`, `locale`, `timezone`) with the operator's contacts first.

    An empty cell leaves what the database says. Customers that only the contacts know come along.
    """
    return customers.join(
        contacts.lazy(), left_on="id", right_on="customer_id", how="full", coalesce=True
    ).select(
        "id",
        *(pl.coalesce(f"{name}_right", name).alias(name) for name in ("name", "email", "locale")),
        "timezone",
    )


def _rows(text: str, path: Path) -> Iterator[dict[str, str | None]]:
    heading = text.partition("\n")[0]
    separator = ";" if heading.count(";") > heading.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        _check_heading(reader.fieldnames or (), path)
        for row in reader:
            if None in row or None in row.values():
                raise SourceError(
                    f"{path}:{reader.line_num}: the row has not as many cells as the heading; "
                    "quote cells that hold the separator."
                )
            yield {name: _cell(row, name, f"{path}:{reader.line_num}") for name in CONTACTS}
    except csv.Error as error:
        raise SourceError(f"{path}:{reader.reader.line_num}: no CSV: {error}.") from None


def _check_heading(found: Sequence[str], path: Path) -> None:
    names = [name.strip() for name in found]
    if names != list(found) or sorted(names) != sorted(CONTACTS):
        raise SourceError(
            f"The contacts {path} have another heading than is right; the first line must name "
            f"the columns {', '.join(CONTACTS)}."
        )


def _cell(row: dict[str, str], name: str, place: str) -> str | None:
    value = row[name].strip()
    if not value:
        if name == "customer_id":
            raise SourceError(f"{place}: customer_id is empty; write whose contact it is.")
        return None
    form, right = _FORM.get(name, (None, "a text"))
    if not value.isprintable() or (form and not form.fullmatch(value)):
        raise SourceError(f"{place}: {name} is not {right} on one line.")
    return one_case(value)
