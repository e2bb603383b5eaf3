"""The new database as a SQLite file: what was copied, and what was made on the new site since."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from data_samples.model import Migration, Row
from data_samples.schema import CUSTOMER_COLUMNS, KINDS, columns

_TIMES = ("created_at", "updated_at")


def write_database(migration: Migration, path: Path) -> None:
    """Write all tables, rows in the order of their ids."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    tables = {"customers": ("id", CUSTOMER_COLUMNS)}
    tables |= {kind.table: (kind.id_column, columns(kind)) for kind in KINDS}
    rows = sorted(_rows(migration), key=lambda row: tuple(map(str, row.values.values())))
    with closing(sqlite3.connect(path)) as connection, connection:
        for table, (key, names) in tables.items():
            connection.execute(_table(table, key, names))
            of_table = [row.values for row in rows if row.table == table]
            places = ", ".join("?" for _ in names)
            connection.executemany(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})",
                ([values[name] for name in names] for values in of_table),
            )


def _table(table: str, key: str, names: tuple[str, ...]) -> str:
    spelled = (
        f"{name} {'DATETIME' if name in _TIMES else 'TEXT'}"
        + (" NOT NULL PRIMARY KEY" if name == key else "")
        for name in names
    )
    return f"CREATE TABLE {table} ({', '.join(spelled)})"


def _rows(migration: Migration) -> Iterator[Row]:
    yield from migration.background
    for case in migration.planted:
        yield from case.rows
