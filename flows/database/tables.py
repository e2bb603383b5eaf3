"""Whether the new database has the tables and columns that the catalogue names."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias

import sqlalchemy as sa

from flows.toml_files import nearest
from transforms.catalogue import Catalogue
from transforms.errors import DatabaseError

Types: TypeAlias = Mapping[str, sa.types.TypeEngine[Any]]
Tables: TypeAlias = Mapping[str, Types]


def table_named(name: str) -> sa.TableClause:
    """A table as the catalogue writes it: `persons`, or with its schema `crm.persons`."""
    schema, _, table = name.rpartition(".")
    return sa.table(table, schema=schema or None)


def check_tables(connection: sa.Connection, catalogue: Catalogue, database: str) -> Tables:
    """The columns' types of every table that the catalogue names.

    Raises DatabaseError, which calls it `database` and names all missing tables and columns, each
    with the nearest one that is there. A column that the account may not read ends it as well.
    """
    inspector = sa.inspect(connection)
    tables: dict[str, Types] = {}
    missing: list[str] = []
    for name, columns in _named(catalogue).items():
        table = table_named(name)
        types = _types(connection, inspector, table)
        if not types:
            missing.append(f"the table {name} ({nearest(name, _tables_beside(inspector, table))})")
            continue
        tables[name] = types
        missing += [
            f"the column {name}.{column} ({nearest(column, types)})"
            for column in columns
            if column not in types
        ]
    if missing:
        raise DatabaseError(
            f"The new database {database} lacks what the catalogue names: "
            f"{'; '.join(missing)}. Correct the catalogue, or take the right database."
            f"{_HIDDEN if _is_mysql(connection) else ''}"
        )
    for name, columns in _named(catalogue).items():
        _try(connection, table_named(name), columns)
    if _is_mysql(connection):
        _refuse_without_snapshot(connection, tables, database)
    return tables


# MySQL and MariaDB do not show what may not be read.
_HIDDEN = " Or the account lacks SELECT on it."


def _is_mysql(connection: sa.Connection) -> bool:
    return connection.dialect.name in {"mysql", "mariadb"}


def _tables_beside(inspector: sa.Inspector, table: sa.TableClause) -> list[str]:
    schema = table.schema
    if schema and schema not in inspector.get_schema_names():
        return [f"{known}.{table.name}" for known in inspector.get_schema_names()]
    names = {*inspector.get_table_names(schema), *inspector.get_view_names(schema)}
    return [f"{schema}.{name}" if schema else name for name in names]


def _types(connection: sa.Connection, inspector: sa.Inspector, table: sa.TableClause) -> Types:
    """The types of the table's columns; none where there is no such table."""
    if _is_mysql(connection):
        return _mysql_types(connection, table)
    # A schema that does not exist is an error of its own.
    if table.schema and table.schema not in inspector.get_schema_names():
        return {}
    if not inspector.has_table(table.name, schema=table.schema):
        return {}
    columns = inspector.get_columns(table.name, schema=table.schema)
    return {column["name"]: column["type"] for column in columns}


def _mysql_types(connection: sa.Connection, table: sa.TableClause) -> Types:
    """From where an account that may read some columns only, or a view, is told them as well."""
    rows = connection.execute(
        sa.text(
            "SELECT column_name, data_type, column_type FROM information_schema.columns "
            "WHERE table_name = :table AND table_schema = coalesce(:schema, database())"
        ),
        {"table": table.name, "schema": table.schema},
    )
    return {name: _mysql_type(str(data), str(column)) for name, data, column in rows}


def _mysql_type(data: str, column: str) -> sa.types.TypeEngine[Any]:
    # MySQL has no booleans: BOOL is another word for TINYINT(1).
    if column.lower().startswith(("tinyint(1)", "bit(1)")):
        return sa.Boolean()
    # There is no type for UUIDs in MySQL either; nothing else is kept in sixteen bytes.
    if column.lower() == "binary(16)":
        return sa.Uuid(native_uuid=False)
    return _MYSQL_TYPES.get(data.lower(), sa.String)()


_MYSQL_TYPES: Mapping[str, Callable[[], sa.types.TypeEngine[Any]]] = {
    "json": sa.JSON,
    "uuid": sa.Uuid,
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint"), sa.BigInteger),
    "decimal": sa.Numeric,
    "float": sa.Float,
    "double": sa.Float,
    # A moment, unlike DATETIME.
    "timestamp": partial(sa.TIMESTAMP, timezone=True),
    **dict.fromkeys(("binary", "varbinary", "blob"), sa.LargeBinary),
}


def _try(connection: sa.Connection, table: sa.TableClause, columns: list[str]) -> None:
    """Ask for no row of it, which says already whether its columns may be read."""
    nothing: sa.Select[*tuple[Any, ...]] = (
        sa.select(*map(sa.column, columns)).select_from(table).where(sa.false())
    )
    connection.execute(nothing).all()


def _refuse_without_snapshot(connection: sa.Connection, tables: Tables, database: str) -> None:
    """Refuse tables that would be seen as they are at each read; a view's are not looked into."""
    engine_of = sa.text(
        "SELECT t.engine FROM information_schema.tables t "
        "LEFT JOIN information_schema.engines e ON e.engine = t.engine "
        "WHERE t.table_name = :table AND t.table_schema = coalesce(:schema, database()) "
        "AND e.transactions <> 'YES'"
    )
    for name in tables:
        table = table_named(name)
        wanted = {"table": table.name, "schema": table.schema}
        engine = connection.execute(engine_of, wanted).scalar()
        if engine is not None:
            raise DatabaseError(
                f"The table {name} of the new database {database} is kept by {engine}, which knows "
                "no snapshot: rows would be read from different moments. Read a copy of it in "
                "InnoDB, or convert it."
            )


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
        device = (devices.device_id, devices.customer_id, devices.deleted_at)
        yield devices.table, [*filter(None, device)]
    for kind in catalogue.kinds.values():
        via = kind.customer_via
        own = via.column if via else kind.columns.customer_id
        if kind.table:
            yield kind.table, [*kind.columns.names, own, *kind.fields]
        if via:
            yield via.table, [via.id, via.customer_id]
