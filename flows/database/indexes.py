"""Which columns no index begins with, of those by which the rows of large tables are asked for."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import ReflectedIndex

from flows.database.snapshot import CUSTOMERS_AT_ONCE, IDS_AT_ONCE, Snapshot
from flows.database.tables import table_named
from transforms.catalogue import Catalogue

# To read so many rows takes no server long.
_SMALL_ROWS: Final = 100_000


def without_index(snapshot: Snapshot) -> Iterator[str]:
    """A sentence for each such column. A SELECT of the catalogue's own is not looked into."""
    connection = snapshot.connection
    for table, columns in _asked_by(snapshot.catalogue).items():
        begins = _begins_of_indexes(connection, table_named(table))
        missing = {name: batch for name, batch in columns.items() if name not in begins}
        if missing and _is_large(connection, table_named(table)):
            for name, batch in missing.items():
                told = f"no index begins with {table}.{name}"
                yield f"{told}: {table} is read whole for every {batch}"


def _asked_by(catalogue: Catalogue) -> dict[str, dict[str, str]]:
    """By which columns each table is read, and how many values of them are asked for at once."""
    ids, customers = f"{IDS_AT_ONCE:,} ids", f"{CUSTOMERS_AT_ONCE:,} customers"
    asked: dict[str, dict[str, str]] = {}
    asked[catalogue.customers.table] = {catalogue.customers.columns["id"]: ids}
    if devices := catalogue.devices:
        asked.setdefault(devices.table, {})[devices.device_id] = ids
    for kind in catalogue.kinds.values():
        if not kind.table:
            continue
        columns = asked.setdefault(kind.table, {})
        columns[kind.columns.id] = ids
        if via := kind.customer_via:
            columns[via.column] = customers
            asked.setdefault(via.table, {}).update({via.customer_id: customers, via.id: ids})
        else:
            columns[kind.customer_column] = customers
    return asked


def _is_large(connection: sa.Connection, table: sa.TableClause) -> bool:
    """Whether there is a row behind so many: to count them all would be a reading of its own."""
    behind = sa.select(sa.literal(1)).select_from(table).limit(1).offset(_SMALL_ROWS)
    return connection.execute(behind).first() is not None


def _begins_of_indexes(connection: sa.Connection, table: sa.TableClause) -> set[str]:
    """The first columns of its indexes; of a view, whose rows come from elsewhere, all columns."""
    if connection.dialect.name in {"mysql", "mariadb"}:
        return _begins_on_mysql(connection, table)
    inspector = sa.inspect(connection)
    if table.name not in inspector.get_table_names(table.schema):
        columns = inspector.get_columns(table.name, table.schema)
        return {column["name"] for column in columns}
    # SQLite makes some of its own for UNIQUE, which are shown to who asks.
    indexes = inspector.get_indexes(table.name, table.schema, include_auto_indexes=True)
    keys: list[Sequence[str | None]] = [
        inspector.get_pk_constraint(table.name, table.schema)["constrained_columns"],
        *(index["column_names"] for index in indexes if not _of_some_rows(index)),
    ]
    return {columns[0] for columns in keys if columns and columns[0]}


def _of_some_rows(index: ReflectedIndex) -> bool:
    return any(option.endswith("_where") for option in index.get("dialect_options", {}))


def _begins_on_mysql(connection: sa.Connection, table: sa.TableClause) -> set[str]:
    # Unlike SHOW CREATE TABLE, by which SQLAlchemy would find out, this is a SELECT.
    named: dict[str, Any] = {"table": table.name, "schema": table.schema}
    here = "table_name = :table AND table_schema = coalesce(:schema, database())"
    columns = sa.text(
        f"SELECT column_name FROM information_schema.statistics WHERE {here} AND seq_in_index = 1 "
        "UNION SELECT column_name FROM information_schema.columns "
        f"JOIN information_schema.views USING (table_schema, table_name) WHERE {here}"
    )
    return set(connection.execute(columns, named).scalars())
