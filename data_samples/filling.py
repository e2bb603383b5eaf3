"""The new database on a server: the very rows that `new_database` writes into a file."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from data_samples.model import Migration
from data_samples.new_database import TIMES, tables_of

_AT_ONCE = 1000
# A key can't be a text without a length there, nor a time have fractions without being told.
_TEXT = sa.Text().with_variant(sa.String(255), "mysql", "mariadb")
_TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
# Ids that differ in case are two.
_AS_WRITTEN: dict[str, Any] = {
    f"{engine}_{name}": value
    for engine in ("mysql", "mariadb")
    for name, value in {"charset": "utf8mb4", "collate": "utf8mb4_bin"}.items()
}


def fill_database(migration: Migration, url: str) -> None:
    """Make all tables in an empty database (a SQLAlchemy URL), and fill them.

    What is there already is left alone: a table of the same name ends it.
    """
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    metadata = sa.MetaData()
    content = tables_of(migration)
    tables = {
        table: sa.Table(table, metadata, *_columns(names, key), **_AS_WRITTEN)
        for table, (key, names, _) in content.items()
    }
    metadata.create_all(engine, checkfirst=False)
    with engine.begin() as connection:
        for table, (_, names, rows) in content.items():
            for start in range(0, len(rows), _AT_ONCE):
                some = [_typed(names, row) for row in rows[start : start + _AT_ONCE]]
                connection.execute(sa.insert(tables[table]), some)


def _columns(names: tuple[str, ...], key: str) -> Iterator[sa.Column[object]]:
    for name in names:
        yield sa.Column(name, _TIME if name in TIMES else _TEXT, primary_key=name == key)


def _typed(names: tuple[str, ...], row: tuple[str | None, ...]) -> dict[str, object]:
    return {
        name: datetime.fromisoformat(value) if name in TIMES and value else value
        for name, value in zip(names, row, strict=True)
    }
