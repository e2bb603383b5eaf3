"""The database's values as the rest of the program has them: text, spelled as events spell it."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Final, TypeAlias
from uuid import UUID

import orjson
import polars as pl
import sqlalchemy as sa

from transforms.spelling import Spell, in_one_case, one_case

AsText: TypeAlias = Callable[[object], str | None]

_UUID_BYTES: Final = 16
_UUID_LENGTH: Final = 36


def text_of(declared: sa.types.TypeEngine[Any], spell: Spell | None = None) -> AsText:
    """How a column's values become text, as client events spell them.

    Booleans are `true` and `false`, numbers and JSON as compact JSON with its keys in order.
    Where a database has neither type, the declared one decides what 0, 1 and a text are; where the
    catalogue says what a field is, `spell` does, whatever was declared.
    """
    if spell is not None:
        return lambda value: spell(_text(value))
    if isinstance(declared, sa.Boolean):
        return _boolean
    if isinstance(declared, sa.JSON):
        return _json
    if isinstance(declared, sa.Uuid):
        return _uuid
    if isinstance(declared, sa.CHAR):
        return _padded
    return _text


def texts_of(
    values: Sequence[object], declared: sa.types.TypeEngine[Any], spell: Spell | None = None
) -> pl.Series:
    """A column's values as `text_of` has each of them; those of usual types all at once."""
    types = set(map(type, values)) - {NoneType}
    if spell is None and not isinstance(declared, sa.Boolean | sa.JSON):
        if types <= {str}:
            return _texts(pl.Series(values, dtype=pl.String), declared)
        if types == {int}:
            # Of MySQL's unsigned numbers, half are beyond 64 bits with a sign.
            return pl.Series(values, dtype=pl.Int128).cast(pl.String)
    return pl.Series(list(map(text_of(declared, spell), values)), dtype=pl.String)


def _texts(values: pl.Series, declared: sa.types.TypeEngine[Any]) -> pl.Series:
    if isinstance(declared, sa.CHAR):
        values = values.str.strip_chars_end(" ")
    if not (values.str.len_bytes() == _UUID_LENGTH).any():
        return values
    return pl.select(in_one_case(pl.lit(values))).to_series()


def is_set(value: object) -> bool:
    """Whether a column such as `deleted_at`, or a flag in its place, says that it has happened."""
    if value is None:
        return False
    if isinstance(value, bytes):
        return any(value)
    text = str(value).strip().lower()
    return text not in {"", "0", "false", "f", "n", "no"} and not text.startswith("0000-00-00")


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return one_case(value)
    if value is None:
        return None
    for types, as_text in _AS_TEXT:
        if isinstance(value, types):
            return as_text(value)
    return str(value)


def _compact(value: object) -> str:
    # Numbers beyond 64 bits are no JSON for orjson.
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str).decode()


def _bytes(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()


def _time_of_day(value: timedelta) -> str:
    """MySQL's TIME as it is written there."""
    seconds = abs(value) // timedelta(seconds=1)
    sign = "-" if value < timedelta(0) else ""
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _boolean(value: object) -> str | None:
    # A BIT comes as a byte.
    told = value[0] if isinstance(value, bytes) and len(value) == 1 else value
    return _text(bool(told)) if told in {0, 1} else _text(told)


def _uuid(value: object) -> str | None:
    if isinstance(value, bytes) and len(value) == _UUID_BYTES:
        return str(UUID(bytes=value))
    return _text(value)


def _padded(value: object) -> str | None:
    """A CHAR is filled with blanks that are no part of it."""
    return _text(value.rstrip(" ") if isinstance(value, str) else value)


_AS_TEXT: Final[tuple[tuple[type | UnionType, Callable[[Any], str]], ...]] = (
    (bytes, _bytes),
    (Decimal, "{:f}".format),
    (timedelta, _time_of_day),
    (bool | int | float | dict | list, _compact),
)


def _json(value: object) -> str | None:
    if not isinstance(value, str):
        return _text(value)
    try:
        decoded = orjson.loads(value)
    except orjson.JSONDecodeError:
        return value
    return _text(decoded)
