"""The values of a migration file: durations, points in time, zones, and what the environment says.

Each refuses what it does not understand with a sentence that says what would be right.
"""

import re
import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, TypeAlias, get_args, get_origin

import orjson
from pydantic import AfterValidator, BaseModel, BeforeValidator

from flows.toml_files import nearest

_DURATION = re.compile(
    r"(?:(?P<days>[0-9]{1,5})d)?(?:(?P<hours>[0-9]{1,6})h)?"
    r"(?:(?P<minutes>[0-9]{1,7})m)?(?:(?P<seconds>[0-9]{1,9})s)?"
)
_YEARS = range(1970, 2200)


class FromEnvironment(str):
    """A value that the environment gave: always text, whatever the key wants."""

    __slots__ = ()


def understood(value: object, annotation: object) -> object:
    """A value from the environment as the key's type needs it; others stay as they are.

    Only numbers, switches, lists and tables are decoded, so that a password of digits stays text.
    """
    if isinstance(value, FromEnvironment) and _is_json(annotation):
        return decoded(value)
    return value


def decoded(text: str) -> object:
    """What a text is in JSON; what is no JSON stays a text, for the key's type to refuse."""
    try:
        return _marked(orjson.loads(str(text)))
    except orjson.JSONDecodeError:
        return FromEnvironment(text)


def _marked(value: object) -> object:
    """The texts inside a value from the environment are from there as well (points in time)."""
    if isinstance(value, str):
        return FromEnvironment(value)
    if isinstance(value, list):
        return [_marked(each) for each in value]
    if isinstance(value, dict):
        return {name: _marked(each) for name, each in value.items()}
    return value


def _is_json(annotation: object) -> bool:
    origin = get_origin(annotation)
    if origin in {list, tuple, dict}:
        return True
    if origin is not None and origin is not Literal:
        return any(_is_json(part) for part in get_args(annotation))
    if not isinstance(annotation, type):
        return False
    return annotation in {bool, int, float} or issubclass(annotation, BaseModel)


def duration(value: object) -> timedelta:
    """`1h30m`, `90s`, `2d`: days, hours, minutes, seconds, in this order."""
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if match is None:
        raise ValueError('is no duration; write it such as "90s", "30m", "2h", "1h30m" or "1d"')
    return timedelta(**{unit: int(number) for unit, number in match.groupdict("0").items()})


def _gap(value: object) -> timedelta | Literal["auto"]:
    if value == "auto":
        return "auto"
    try:
        length = duration(value)
    except ValueError:
        raise ValueError(
            'is no length of a gap; write a duration such as "2m", or "auto"'
        ) from None
    if not length:
        raise ValueError('would make every second a gap; write a duration such as "2m", or "auto"')
    return length


def _offset_datetime(value: object) -> datetime:
    right = "write a TOML offset date-time, without quotes, such as 2021-05-18T20:00:00+02:00"
    if isinstance(value, FromEnvironment):
        right = "write a date-time with its offset, such as 2021-05-18T20:00:00+02:00"
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(f"is no date-time; {right}") from None
    if not isinstance(value, datetime):
        raise ValueError(f"is no date-time; {right}")  # noqa: TRY004  (pydantic wants ValueError)
    if value.utcoffset() is None:
        raise ValueError(f"is a local date-time, which is not the same everywhere; {right}")
    if value.year not in _YEARS:
        raise ValueError("is not in the years that a migration can be in (1970 to 2199)")
    return value.astimezone(UTC)


def _zone(name: str) -> str:
    known = zoneinfo.available_timezones()
    if name not in known:
        raise ValueError(f"is no IANA time zone such as Europe/Berlin; {nearest(name, known)}")
    return name


Duration: TypeAlias = Annotated[timedelta, BeforeValidator(duration)]
Gap: TypeAlias = Annotated[timedelta | Literal["auto"], BeforeValidator(_gap)]
OffsetDatetime: TypeAlias = Annotated[datetime, BeforeValidator(_offset_datetime)]
Zone: TypeAlias = Annotated[str, AfterValidator(_zone)]
