"""Times as logs write them, to UTC."""

import math
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Below these are seconds (up to the year 5138), milliseconds (from 1973 on), microseconds, and
# nanoseconds.
_SECONDS, _MILLISECONDS, _MICROSECONDS, _NANOSECONDS = 1e11, 1e14, 1e17, 1e20
# No more digits than a time can have: to read very many of them would take long.
_NUMBER = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20})?")
# RFC 3339 5.6, with the blank that it allows for the T, and with the zone left away.
_DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:)([0-9]{2})(?:[.,]([0-9]+))?"
    r"\s?([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
# What Caddy calls wall: no offset, and slashes.
_WALL = re.compile(r"([0-9]{4})/([0-9]{2})/([0-9]{2}) (.*)")
# nginx's $time_local, which stands in JSON logs as well.
_TIME_LOCAL = re.compile(r"([0-9]{2})/([A-Z][a-z]{2})/([0-9]{4}):([0-9:]{8}) ([+-][0-9]{4})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LEAP_SECOND = "60"


class TimeError(ValueError):
    """A time can't be read; the reason is a code of the quarantine."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def microseconds(value: object, zone: ZoneInfo | None) -> int:
    """Return the UTC microseconds since 1970 of a time in a JSON log.

    RFC 3339 (digits beyond microseconds are dropped), `18/May/2021:20:14:05 +0200`,
    `2021/05/18 20:14:05`, or seconds, milliseconds, microseconds or nanoseconds since 1970, as a
    number or a text. A time without an offset is in `zone`. Raises TimeError with `bad_time` or,
    where there is neither offset nor zone, `time_without_offset`.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_number(value)
    if not isinstance(value, str):
        raise TimeError("bad_time")
    if match := _DATE_TIME.fullmatch(_as_date_time(value.strip())):
        return _of_date_time(match, zone)
    if _NUMBER.fullmatch(value.strip()):
        return _of_number(float(value) if "." in value else int(value))
    raise TimeError("bad_time")


def _as_date_time(text: str) -> str:
    """The spellings of nginx's $time_local and Caddy's wall as RFC 3339; others as they are."""
    if wall := _WALL.fullmatch(text):
        return "{}-{}-{} {}".format(*wall.groups())
    local = _TIME_LOCAL.fullmatch(text)
    if local is None or local[2] not in _MONTHS:
        return text
    day, month, year, time, offset = local.groups()
    return f"{year}-{_MONTHS.index(month) + 1:02}-{day}T{time}{offset}"


def _of_number(value: float) -> int:
    if not (math.isfinite(value) and 0 <= value < _NANOSECONDS):
        raise TimeError("bad_time")
    if value < _MILLISECONDS:
        return round(value * (1_000_000 if value < _SECONDS else 1_000))
    # So many digits are whole numbers, of which a double would lose some.
    return int(value) if value < _MICROSECONDS else int(value) // 1_000


def _of_date_time(match: re.Match[str], zone: ZoneInfo | None) -> int:
    date, hours_and_minutes, seconds, fraction, offset = match.groups()
    is_leap = seconds == _LEAP_SECOND
    digits = (fraction or "")[:6].ljust(6, "0")
    text = f"{date}T{hours_and_minutes}{'59' if is_leap else seconds}.{digits}"
    if offset is None and zone is None:
        raise TimeError("time_without_offset")
    try:
        moment = datetime.fromisoformat(text + (offset or "").upper())
        if offset is None:
            moment = moment.replace(tzinfo=zone)
        since_epoch = moment - _EPOCH
    except (ValueError, OverflowError):
        raise TimeError("bad_time") from None
    return since_epoch // _MICROSECOND + (1_000_000 if is_leap else 0)


def in_zone(times: pl.Series, timezone: str) -> pl.Series:
    """Take times without an offset for a zone's own.

    Of the hour that comes twice in autumn it is the first, and a time that spring leaves out is
    none.
    """
    placed = times.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
    return placed.dt.convert_time_zone("UTC")
