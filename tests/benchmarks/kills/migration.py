"""The migration that is under way when processes are killed: a few customers, and late logs."""

import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from tests.flows.migrations import TABLES, TOML, combined, person_created, quiet_evening

CUSTOMERS = tuple(f"c-{number}" for number in range(1, 11))
# Nobody approves this one's notice, so nothing may reach it.
NOT_APPROVED = CUSTOMERS[-1]
APPROVED = CUSTOMERS[:-1]
# What comes late: persons more for these, and that a person was deleted again.
_MORE = CUSTOMERS[:7]
_WITHDRAWN = CUSTOMERS[7]

_SENDING = """
[notices]
formats = ["html", "txt", "eml", "csv"]
sender = {{ name = "Support", email = "support@example.org" }}
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
per_minute = 6000
"""


def write_migration(folder: Path, *, port: int) -> Path:
    """Every customer has lost a person, and has an address; mails go to `port`."""
    for name in ("logs", "events", "late/logs", "late/events"):
        (folder / name).mkdir(parents=True)
    _write_evidence(folder, CUSTOMERS, number=1, name="first", lines=quiet_evening())
    _write_evidence(folder / "late", _MORE, number=2, name="late", lines=[])
    deleted = _event(_WITHDRAWN, 1, 3) | {"type": "person.deleted"}
    with (folder / "late/events/late.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(deleted) + "\n")
    with closing(sqlite3.connect(folder / "new.db")) as database, database:
        for table, columns in TABLES.items():
            database.execute(f"CREATE TABLE {table} ({', '.join(columns.split())})")
        database.executemany(
            "INSERT INTO customers VALUES (?, ?, ?, 'de', NULL)",
            [(each, f"FF {each}", f"{each}@example.org") for each in CUSTOMERS],
        )
    file = folder / "migration.toml"
    file.write_text(TOML + _SENDING.format(port=port), encoding="utf-8")
    return file


def _write_evidence(
    folder: Path,
    customers: tuple[str, ...],
    *,
    number: int,
    name: str,
    lines: list[tuple[datetime, str]],
) -> None:
    """For each customer a line and an event of one person, the `number`th."""
    for customer in customers:
        at = _written_at(customer, number)
        request = f"POST /api/v1/customers/{customer}/persons"
        lines.append((at, combined(at, request, 201)))
    text = "".join(line for _, line in sorted(lines))
    (folder / f"logs/{name}.log").write_text(text, encoding="utf-8")
    events = [json.dumps(_event(customer, number, number)) for customer in customers]
    (folder / f"events/{name}.jsonl").write_text("\n".join(events) + "\n", encoding="utf-8")


def _event(customer: str, person: int, number: int) -> dict[str, object]:
    """The `number`th event of a customer."""
    at = _written_at(customer, number) + timedelta(seconds=1)
    return person_created() | {
        "id": f"{customer}-{number}",
        "source": f"/fe2/{customer}",
        "time": f"{at.isoformat()}+02:00",
        "subject": f"P-{customer}-{person}",
        "customerid": customer,
        "data": {"first_name": "Jörg", "last_name": f"Müller {customer} {person}"},
    }


def _written_at(customer: str, number: int) -> datetime:
    minutes = 10 * number + CUSTOMERS.index(customer)
    return datetime(2021, 5, 18, 20, 30) + timedelta(minutes=minutes)  # noqa: DTZ001 - local
