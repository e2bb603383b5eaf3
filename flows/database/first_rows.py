"""One row of each kind as it will be read, for the eyes of whoever writes the catalogue."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from flows.database import FirstRow, Snapshot
from transforms.masking import id_or_mask, masked


def first_rows(snapshot: Snapshot, zone: ZoneInfo) -> Iterator[str]:
    """A line for each kind; times in `zone`, personal data by its shape alone."""
    for name, kind in snapshot.catalogue.kinds.items():
        row = snapshot.first_row(kind)
        yield f"{name}: no rows" if row is None else f"{name}{_marked(row)}: {_line(row, zone)}"


def _marked(row: FirstRow) -> str:
    """Say of a row that for a run it does not exist."""
    return " (deleted)" if row.is_deleted else ""


def _line(first: FirstRow, zone: ZoneInfo) -> str:
    row = first.values
    ids = {name: id_or_mask(row[name]) for name in ("id", "customer_id")}
    times = {name: _time(row[name], zone) for name in ("created_at", "updated_at")}
    fields = {name: masked(value) for name, value in row["fields"].items()}
    return ", ".join(f"{name} {value}" for name, value in (ids | times).items()) + "".join(
        f"; {name} {value}" for name, value in fields.items()
    )


def _time(at: datetime | None, zone: ZoneInfo) -> str:
    return "null" if at is None else at.astimezone(zone).isoformat(" ", "seconds")
