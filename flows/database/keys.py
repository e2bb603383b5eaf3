"""Ids as the database is asked for them: by value, whatever type it keeps them in."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias
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
    # Without a type of its own the parameter is an array when the server plans. Of a text that only
    # then becomes one, each row would be held against each key.
    return column == sa.any_(sa.cast(sa.bindparam("keys"), sa.ARRAY(asked)))


def asked_as(
    keys: pl.Series, declared: sa.types.TypeEngine[Any], dialect: sa.Dialect
) -> list[Any] | str:
    """The keys as `condition` wants them; empty where none of them can be a value of the column."""
    # SQLite keeps whatever it is given, and converts by itself where a column has a type.
    if dialect.name == "sqlite":
        return [*_texts(keys), *_integers(keys)]
    kept_as = _kept_as(declared)
    if dialect.name == "postgresql":
        return _array(_POSSIBLE.get(kept_as, _texts)(keys))
    if kept_as is sa.BigInteger:
        return _integers(keys).to_list()
    if kept_as is sa.Numeric:
        return list(map(Decimal, _numbers(keys)))
    if kept_as is sa.Uuid:
        uuids = map(UUID, _uuids(keys))
        return [str(key) if _is_native(declared) else key.bytes for key in uuids]
    return _texts(keys).to_list()


def are_alike(one: sa.types.TypeEngine[Any], other: sa.types.TypeEngine[Any]) -> bool:
    """Whether a server compares two columns by value, so that they can be joined."""
    numbers = {sa.BigInteger, sa.Numeric}
    kept_as = {_kept_as(one), _kept_as(other)}
    return len(kept_as) == 1 or kept_as <= numbers


def _texts(keys: pl.Series) -> pl.Series:
    """What the keys may look like: a UUID in either case."""
    is_uuid = keys.str.contains(_UUID)
    uuids = keys.filter(is_uuid).str
    both = [keys.filter(~is_uuid), uuids.to_lowercase(), uuids.to_uppercase()]
    return pl.concat(both).unique(maintain_order=True)


def _numbers(keys: pl.Series) -> pl.Series:
    return keys.filter(keys.str.contains(_INTEGER))


def _integers(keys: pl.Series) -> pl.Series:
    # Those that are too long even for 64 bits become null.
    return _numbers(keys).cast(pl.Int64, strict=False).drop_nulls()


def _uuids(keys: pl.Series) -> pl.Series:
    return keys.filter(keys.str.contains(_UUID))


_Type: TypeAlias = type[sa.types.TypeEngine[Any]]
_POSSIBLE: Final[Mapping[_Type, Callable[[pl.Series], pl.Series]]] = {
    sa.BigInteger: _integers,
    sa.Numeric: _numbers,
    sa.Uuid: _uuids,
}


def _array(keys: pl.Series) -> str:
    """An array as PostgreSQL writes it: a single parameter, however many keys.

    The driver would look at each key by itself, and to ask would take twice as long. No text there
    has the character NUL, so what strangers have put into a path is no row's id.
    """
    quoted = keys.cast(pl.String).str.replace_many(["\\", '"'], ["\\\\", '\\"'])
    possible = quoted.filter(~quoted.str.contains("\0", literal=True))
    return '{"' + '","'.join(possible) + '"}' if len(possible) else ""


def _is_native(declared: sa.types.TypeEngine[Any]) -> bool:
    return isinstance(declared, sa.Uuid) and declared.native_uuid


def _kept_as(declared: sa.types.TypeEngine[Any]) -> _Type:
    if isinstance(declared, sa.Integer):
        return sa.BigInteger
    if isinstance(declared, sa.Numeric) and not isinstance(declared, sa.Float):
        return sa.Numeric
    return sa.Uuid if isinstance(declared, sa.Uuid) else sa.String
