"""The new database as a SQLite file: what was copied, and what was made on the new site since."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from data_samples.model import Migration, Row
from data_samples.schema import CUSTOMER_COLUMNS, KINDS, columns

TIMES = ("created_at", "updated_at")


def tables_of(
    migration: Migration,
) -> dict[str, tuple[str, tuple[str, ...], list[tuple[str | None, ...]]]]:
    """Give each table's key, columns and rows, in the order of their ids."""
    tables = {"customers": ("id", CUSTOMER_COLUMNS)}
    tables |= {kind.table: (kind.id_column, columns(kind)) for kind in KINDS}
    rows = sorted(_rows(migration), key=lambda row: tuple(map(str, row.values.values())))
    return {
        table: (
            key,
            names,
            [tuple(row.values[name] for name in names) for row in rows if row.table == table],
        )
        for table, (key, names) in tables.items()
    }


def write_database(migration: Migration, path: Path) -> None:
    """Write all tables, rows in the order of their ids."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        for table, (key, names, rows) in tables_of(migration).items():
            connection.execute(_table(table, key, names))
            places = ", ".join("?" for _ in names)
            connection.executemany(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", rows
            )


def _table(table: str, key: str, names: tuple[str, ...]) -> str:
    spelled = (
        f"{name} {'DATETIME' if name in TIMES else 'TEXT'}"
        + (" NOT NULL PRIMARY KEY" if name == key else "")
        for name in names
    )
    return f"CREATE TABLE {table} ({', '.join(spelled)})"


def _rows(migration: Migration) -> Iterator[Row]:
    yield from migration.background
    for case in migration.planted:
        yield from case.rows
