"""The rows of one query, in the fastest way that the driver has for them."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from flows.database.columns import Columns
from flows.database.keys import condition
from flows.database.relations import Relation
from flows.database.wanted import Wanted

# Of these PostgreSQL's driver knows the arrays.
_IN_ARRAYS: Final = (
    sa.String,
    sa.Integer,
    sa.Numeric,
    sa.Boolean,
    sa.JSON,
    sa.Uuid,
    sa.Date,
    sa.DateTime,
)


def fetched(
    connection: sa.Connection, relation: Relation, wanted: Wanted, key: str, keys: list[Any] | str
) -> Columns:
    """What is wanted of the rows whose column `key` is one of `keys`, which `asked_as` has made.

    Raises sqlalchemy's errors.
    """
    names, types = wanted.columns, relation.types
    is_asked = condition(relation.column(key), types[key], connection.dialect)
    query = relation.select(names, key=key).where(is_asked)
    in_arrays = all(isinstance(types[name], _IN_ARRAYS) for name in names)
    if connection.dialect.name == "postgresql" and in_arrays:
        values = _gathered(connection, relation, query, wanted, keys)
        return Columns(relation.name, types, dict(zip(names, values, strict=True)), len(values[0]))
    # All at once: to ask the driver for one row at a time takes twice as long.
    rows = connection.execute(query, {"keys": keys}).all()
    return Columns.of(relation.name, types, names, rows)


def _gathered(
    connection: sa.Connection,
    relation: Relation,
    query: sa.Select[Any],
    wanted: Wanted,
    keys: list[Any] | str,
) -> list[Sequence[object]]:
    """Each column as one array, all in the order in which the server has found the rows.

    Rows one by one, and sqlalchemy's around them, take three times as long.
    """
    arrays = [sa.func.array_agg(_element(relation, wanted, name)) for name in wanted.columns]
    found = connection.execute(query.with_only_columns(*arrays), {"keys": keys}).one()
    # Of no rows, an array is null.
    return [values or [] for values in found]


def _element(relation: Relation, wanted: Wanted, name: str) -> sa.ColumnElement[Any]:
    column, declared = relation.column(name), relation.types[name]
    is_time = isinstance(declared, sa.DateTime) and name in wanted.only_times
    # An enum's arrays the driver does not know; of times polars makes more sense than Python.
    return sa.cast(column, sa.Text) if is_time or isinstance(declared, sa.String) else column
