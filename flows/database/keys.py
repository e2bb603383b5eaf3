"""Ids as the database is asked for them: by value, whatever type it keeps them in."""

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import polars as pl
import sqlalchemy as sa

# Longer ones no integer type holds; with a zero before it, the text would be another id.
_INTEGER: Final = r"^(?:0|-?[1-9][0-9]{0,18})$"
_UUID: Final = r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"


def condition(
    column: sa.ColumnElement[Any], declared: sa.types.TypeEngine[Any], dialect: sa.Dialect
) -> sa.ColumnElement[bool]:
    """Whether the column is one of the parameter `keys`, which `asked_as` has made."""
    if dialect.name != "postgresql":
        return column.in_(sa.bindparam("keys", expanding=True))
    kept_as = _kept_as(declared)
    if kept_as is sa.String and not isinstance(declared, sa.String):
        # PostgreSQL compares no enum, domain or address with a text.
        column = sa.cast(column, sa.Text)
    length = declared.length if isinstance(declared, sa.CHAR) else None
    # No index of a CHAR helps against texts. Longer keys are cut off, and then are no row's id.
    asked = sa.CHAR(length) if length else kept_as()
    # One parameter, however many keys: one statement, which is prepared once.
    return column == sa.any_(sa.bindparam("keys", type_=sa.ARRAY(asked)))


def asked_as(keys: pl.Series, declared: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> list[Any]:
    """The keys as values of the column; what can't be one of its values can't be found.

    SQLite keeps whatever it is given, and converts by itself where a column has a type.
    """
    if dialect.name == "sqlite":
        return [*_texts(keys), *_integers(keys)]
    kept_as = _kept_as(declared)
    if kept_as is sa.BigInteger:
        return _integers(keys)
    if kept_as is sa.Numeric:
        return list(map(Decimal, keys.filter(keys.str.contains(_INTEGER))))
    if kept_as is sa.Uuid:
        uuids = map(UUID, keys.filter(keys.str.contains(_UUID)))
        return [_uuid(key, declared, dialect) for key in uuids]
    return _texts(keys)


def are_alike(one: sa.types.TypeEngine[Any], other: sa.types.TypeEngine[Any]) -> bool:
    """Whether a server compares two columns by value, so that they can be joined."""
    numbers = {sa.BigInteger, sa.Numeric}
    kept_as = {_kept_as(one), _kept_as(other)}
    return len(kept_as) == 1 or kept_as <= numbers


def _texts(keys: pl.Series) -> list[Any]:
    is_uuid = keys.str.contains(_UUID)
    uuids = keys.filter(is_uuid).str
    both = [keys.filter(~is_uuid), uuids.to_lowercase(), uuids.to_uppercase()]
    return pl.concat(both).unique(maintain_order=True).to_list()


def _integers(keys: pl.Series) -> list[Any]:
    # Those that are too long even for 64 bits become null.
    numbers = keys.filter(keys.str.contains(_INTEGER)).cast(pl.Int64, strict=False)
    return numbers.drop_nulls().to_list()


def _uuid(key: UUID, declared: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> object:
    if dialect.name == "postgresql":
        return key
    return str(key) if _is_native(declared) else key.bytes


def _is_native(declared: sa.types.TypeEngine[Any]) -> bool:
    return isinstance(declared, sa.Uuid) and declared.native_uuid


def _kept_as(declared: sa.types.TypeEngine[Any]) -> type[sa.types.TypeEngine[Any]]:
    if isinstance(declared, sa.Integer):
        return sa.BigInteger
    if isinstance(declared, sa.Numeric) and not isinstance(declared, sa.Float):
        return sa.Numeric
    return sa.Uuid if isinstance(declared, sa.Uuid) else sa.String
