"""The database's values as the rest of the program has them: text, and times in UTC."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import orjson
import sqlalchemy as sa

AsText: TypeAlias = Callable[[object], str | None]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
# Up to here a number is seconds since 1970 (until the year 5138), milliseconds, microseconds.
_SECONDS_BELOW = 10**11
_MILLISECONDS_BELOW = 10**14


def text_of(declared: sa.types.TypeEngine[Any]) -> AsText:
    """How a column's values become text, as client events spell them.

    Booleans are `true` and `false`, numbers and JSON as compact JSON with its keys in order.
    SQLite has neither type: there the declared one decides what 0, 1 and a text are.
    """
    if isinstance(declared, sa.Boolean):
        return _boolean
    if isinstance(declared, sa.JSON):
        return _json
    return _text


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return _bytes(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bool | int | float | dict | list):
        return _compact(value)
    return str(value)


def _compact(value: object) -> str:
    # Numbers beyond 64 bits are no JSON for orjson.
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _bytes(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()


def _boolean(value: object) -> str | None:
    return _text(bool(value)) if value in {0, 1} else _text(value)


def _json(value: object) -> str | None:
    if not isinstance(value, str):
        return _text(value)
    try:
        decoded = orjson.loads(value)
    except orjson.JSONDecodeError:
        return value
    return _text(decoded)


def moment(value: object) -> datetime | None:
    """A point in time in UTC, whatever its spelling; one without a zone is UTC.

    Date-times of the driver, ISO 8601 texts with blank or T, and seconds (milli-, microseconds)
    since 1970. Raises ValueError with the value's shape, without its letters and digits.
    """
    if value is None or value == "":
        return None
    try:
        at = _datetime(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(_shape(value)) from None


def _datetime(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    text = str(value).strip()
    if _NUMBER.fullmatch(text):
        return _EPOCH + timedelta(microseconds=_microseconds(Decimal(text)))
    return datetime.fromisoformat(text)


def _microseconds(number: Decimal) -> int:
    if abs(number) < _SECONDS_BELOW:
        return int(number * 1_000_000)
    return int(number * 1_000) if abs(number) < _MILLISECONDS_BELOW else int(number)


def _shape(value: object) -> str:
    """`99.99.9999` for a date: what it looks like, without personal data."""
    return re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "a", repr(str(value)[:40])))
