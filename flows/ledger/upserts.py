"""Rows that may be there already: SQLite and PostgreSQL say so alike, in their own words."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


def insert_new(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> bool:
    """Write a row unless its key is taken; says whether it was written."""
    statement = _insert(connection, table).on_conflict_do_nothing()
    # Otherwise the count is only kept for updates.
    counted = statement.execution_options(preserve_rowcount=True)
    return connection.execute(counted, dict(row)).rowcount == 1


def upsert(connection: sa.Connection, table: sa.Table) -> sa.Insert:
    """Write whole rows, in place of those with their keys."""
    statement = _insert(connection, table)
    key = [column.name for column in table.primary_key]
    others = [column.name for column in table.c if column.name not in key]
    return statement.on_conflict_do_update(
        index_elements=key, set_={name: statement.excluded[name] for name in others}
    )


def put_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write whole rows, in place of those with their keys."""
    if rows:
        connection.execute(upsert(connection, table), [dict(row) for row in rows])


def _insert(connection: sa.Connection, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    # Loads asyncio and more, which quick commands on SQLite should not wait for.
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415

    return postgresql.insert(table)
