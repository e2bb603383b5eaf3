"""Whether the new database has the tables and columns that the catalogue names."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import sqlalchemy as sa

from flows.toml_files import nearest
from transforms.catalogue import Catalogue
from transforms.errors import DatabaseError

Tables: TypeAlias = Mapping[str, Mapping[str, sa.types.TypeEngine[Any]]]


def check_tables(connection: sa.Connection, catalogue: Catalogue, database: str) -> Tables:
    """The columns' types of every table that the catalogue names.

    Raises DatabaseError, which calls it `database` and names all missing tables and columns, each
    with the nearest one that is there.
    """
    inspector = sa.inspect(connection)
    present = {*inspector.get_table_names(), *inspector.get_view_names()}
    tables: dict[str, dict[str, sa.types.TypeEngine[Any]]] = {}
    missing: list[str] = []
    for table, columns in _named(catalogue).items():
        if table not in present:
            missing.append(f"the table {table} ({nearest(table, present)})")
            continue
        types = {column["name"]: column["type"] for column in inspector.get_columns(table)}
        tables[table] = types
        missing += [
            f"the column {table}.{column} ({nearest(column, types)})"
            for column in columns
            if column not in types
        ]
    if missing:
        raise DatabaseError(
            f"The new database {database} lacks what the catalogue names: "
            f"{'; '.join(missing)}. Correct the catalogue, or take the right database."
        )
    return tables


def _named(catalogue: Catalogue) -> dict[str, list[str]]:
    """Every table that the catalogue names, with its columns, each once."""
    named: dict[str, list[str]] = {}
    for table, columns in _mentions(catalogue):
        here = named.setdefault(table, [])
        here.extend(column for column in dict.fromkeys(columns) if column not in here)
    return named


def _mentions(catalogue: Catalogue) -> Iterator[tuple[str, list[str]]]:
    yield catalogue.customers.table, list(catalogue.customers.columns.values())
    if devices := catalogue.devices:
        yield devices.table, [devices.device_id, devices.customer_id]
    for kind in catalogue.kinds.values():
        named = kind.columns
        own = (named.id, named.customer_id, named.created_at, named.updated_at)
        yield kind.table, [*filter(None, own), *kind.fields]
