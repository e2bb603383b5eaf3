"""A million rows at once, between the ledger and frames."""

from typing import Any, Final

import polars as pl
import sqlalchemy as sa

from flows.ledger.tables import NUL, NUL_SHOWN
from flows.ledger.upserts import upsert
from transforms.schemas import Schema

# Rows that are Python's objects at one moment.
_AT_ONCE: Final = 50_000


def read_frame(connection: sa.Connection, wanted: sa.Select[Any], schema: Schema) -> pl.DataFrame:
    """What a statement finds, in the columns of a schema (truth values have to be numbers)."""
    cursor = connection.execute(wanted).cursor
    parts = [pl.DataFrame(schema=schema)]
    # The driver's rows: SQLAlchemy's own would take as long again.
    while cursor is not None and (rows := cursor.fetchmany(_AT_ONCE)):
        parts.append(pl.DataFrame(rows, schema=schema, orient="row"))
    frame = pl.concat(parts)
    if connection.dialect.name == "sqlite":
        return frame
    return frame.with_columns(pl.col(pl.String).str.replace_all(NUL_SHOWN, NUL, literal=True))


def write_frame(connection: sa.Connection, table: sa.Table, frame: pl.DataFrame) -> None:
    """Write rows, in place of those with their keys; `frame` has all of the table's columns."""
    rows = frame.select(column.name for column in table.c)
    if rows.is_empty():
        return
    if connection.dialect.name == "sqlite":
        statement = str(upsert(connection, table).compile(dialect=connection.dialect))
        for part in rows.iter_slices(_AT_ONCE):
            connection.exec_driver_sql(statement, part.rows())
        return
    _copy(connection, table, rows)


def _copy(connection: sa.Connection, table: sa.Table, rows: pl.DataFrame) -> None:
    """PostgreSQL's COPY replaces no rows, so it goes by way of a table that nobody else sees."""
    incoming = sa.table("incoming", *(sa.column(name) for name in rows.columns))
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE incoming (LIKE {table.name}) ON COMMIT DROP"
    )
    driver: Any = connection.connection.driver_connection
    columns = ", ".join(rows.columns)
    with driver.cursor().copy(f"COPY incoming ({columns}) FROM STDIN (FORMAT csv)") as copy:
        for part in rows.iter_slices(_AT_ONCE):
            shown = pl.col(pl.String).str.replace_all(NUL, NUL_SHOWN, literal=True)
            # An empty text is quoted, a null is not.
            csv = part.with_columns(shown).write_csv(
                include_header=False, quote_style="non_numeric"
            )
            copy.write(csv)
    everything = sa.select(*incoming.c)
    connection.execute(upsert(connection, table).from_select(rows.columns, everything))
    connection.exec_driver_sql("DROP TABLE incoming")
