"""One spelling for each value, so that evidence and rows agree where they mean the same.

An id in the form of a UUID is the same in either case. What else is the same only the catalogue
knows (`types`): a telephone number is no number, though it looks like one.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import partial
from typing import Final, TypeAlias

import orjson
import polars as pl

from transforms.catalogue import FieldType

Spell: TypeAlias = Callable[[str | None], str | None]

_UUID: Final = r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_IS_UUID: Final = re.compile(_UUID[:-1] + r"\Z").match
_UUID_LENGTH: Final = 36

_NUMBER: Final = re.compile(r"[+-]?\d{1,60}(\.\d{1,60})?([eE][+-]?\d{1,2})?", re.ASCII)
_BOOLEANS: Final = {
    **dict.fromkeys(("1", "1.0", "t", "true", "y", "yes", "on"), "true"),
    **dict.fromkeys(("0", "0.0", "f", "false", "n", "no", "off"), "false"),
}

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PLAIN_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
# Up to here a number is seconds since 1970 (until the year 5138), milliseconds, microseconds.
_SECONDS_BELOW: Final = 10**11
_MILLISECONDS_BELOW: Final = 10**14


def one_case(text: str) -> str:
    """A UUID in lower case; anything else as it is."""
    return text.lower() if len(text) == _UUID_LENGTH and _IS_UUID(text) else text


def in_one_case(text: pl.Expr) -> pl.Expr:
    """`one_case`, of a column."""
    return pl.when(text.str.contains(_UUID)).then(text.str.to_lowercase()).otherwise(text)


def spelling(types: Mapping[str, FieldType], zone: tzinfo) -> Mapping[str, Spell]:
    """How each of these fields is spelled; `zone` is that of times that have none."""
    by_type: dict[FieldType, Spell] = {
        "text": lambda text: text,
        "number": partial(_told, _number),
        "boolean": partial(_told, lambda text: _BOOLEANS.get(text.strip().lower(), text)),
        "json": partial(_told, _json),
        "time": partial(_told, partial(_time, zone=zone)),
    }
    return {name: by_type[type_] for name, type_ in types.items()}


def _told(spell: Callable[[str], str], text: str | None) -> str | None:
    return None if text is None else spell(text)


def _number(text: str) -> str:
    """12.50 and 1.25e1 as 12.5; what is no number as it is."""
    if not _NUMBER.fullmatch(text.strip()):
        return text
    plain = format(Decimal(text.strip()), "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in {"-0", ""} else plain


def _json(text: str) -> str:
    """Compact, keys in order; a JSON text as the text that it is."""
    try:
        decoded = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    if isinstance(decoded, str):
        return decoded
    return orjson.dumps(decoded, option=orjson.OPT_SORT_KEYS).decode()


def _time(text: str, *, zone: tzinfo) -> str:
    try:
        at = moment(text, zone)
    except ValueError:
        return text
    return text if at is None else at.isoformat().replace("+00:00", "Z")


def moment(value: object, zone: tzinfo = UTC) -> datetime | None:
    """A point in time in UTC, whatever its spelling; one without a zone is in `zone`.

    Date-times, ISO 8601 texts with blank or T, and seconds (milli-, microseconds) since 1970. In
    the hour that clocks repeat in autumn, a time without a zone is taken for the first of the two.
    Raises ValueError with the value's shape, without its letters and digits.
    """
    # MySQL's way to say that there is no time.
    if value is None or value == "" or str(value).startswith("0000-00-00"):
        return None
    try:
        at = _datetime(value)
        return (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(_shape(value)) from None


def _datetime(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    text = str(value).strip()
    if _PLAIN_NUMBER.fullmatch(text):
        return _EPOCH + timedelta(microseconds=_microseconds(Decimal(text)))
    return datetime.fromisoformat(text)


def _microseconds(number: Decimal) -> int:
    if abs(number) < _SECONDS_BELOW:
        return int(number * 1_000_000)
    return int(number * 1_000) if abs(number) < _MILLISECONDS_BELOW else int(number)


def _shape(value: object) -> str:
    """`99.99.9999` for a date: what it looks like, without personal data."""
    return re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "a", repr(str(value)[:40])))
