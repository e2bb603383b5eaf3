"""Where in an object of a JSON log each column's value probably is."""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from transforms.access_logs.times import TimeError, microseconds

_METHODS: Final = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_REQUEST_LINE: Final = re.compile(r"[A-Z]+ \S+ HTTP/[0-9.]+")
_ANY_ZONE: Final = ZoneInfo("UTC")
_STATUSES: Final = range(100, 600)


def fields_of(members: Mapping[str, Any]) -> dict[str, str]:
    """Say for a request's columns at which dotted place their values stand, as `fields` does.

    A place is told by its name or by what stands there. Columns that are nowhere are left out, and
    so are those under their own names.
    """
    values = dict(_values(members))
    found: dict[str, str] = {}
    for column, (names, looks_right) in _COLUMNS.items():
        fitting = [
            place
            for place, value in values.items()
            if looks_right(value) and place not in found.values()
        ]
        by_name = [place for place in fitting if re.search(names, place, re.IGNORECASE)]
        chosen = by_name or (fitting if column in _TOLD_BY_VALUE else [])
        if chosen:
            found[column] = chosen[0]
    return {column: place for column, place in found.items() if place != column}


def _values(members: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in members.items():
        if isinstance(value, dict):
            yield from _values(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value[0] if isinstance(value, list) and value else value


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_time(value: object) -> bool:
    try:
        # Small numbers are durations, ports and sizes.
        return microseconds(value, _ANY_ZONE) > 10**15
    except TimeError:
        return False


def _is_status(value: object) -> bool:
    text = str(value)
    return not isinstance(value, bool) and text.isdecimal() and int(text[:4]) in _STATUSES


def _is_address(value: object) -> bool:
    try:
        ipaddress.ip_address(str(value))
    except ValueError:
        return False
    return isinstance(value, str)


def _is_path(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("/", "http://", "https://"))


def _is_request_line(value: object) -> bool:
    return isinstance(value, str) and bool(_REQUEST_LINE.fullmatch(value))


def _is_size(value: object) -> bool:
    return str(value).isdecimal() and not isinstance(value, bool)


# How a place of the column is often called, and what a value of it looks like.
_COLUMNS: Final[dict[str, tuple[str, Callable[[object], bool]]]] = {
    "at": (r"(^|[._@])(ts|at|time|timestamp|date|datetime|time_iso8601|msec)$", _is_time),
    "request": (r"request", _is_request_line),
    "method": (r"method|verb", lambda value: isinstance(value, str) and value in _METHODS),
    "path": (r"uri|path|url|target", _is_path),
    "status": (r"status|code", _is_status),
    "client_ip": (r"client|remote|(^|[._])ip|addr", _is_address),
    "user_agent": (r"agent|(^|[._])ua$", _is_text),
    "request_id": (r"(request|correlation|trace|req).?id$|(^|[._])rid$", _is_text),
    "location": (r"location$", _is_text),
    "upstream": (r"upstream.*(addr|host)|backend", _is_text),
    "bytes": (r"bytes|size|length", _is_size),
}
_TOLD_BY_VALUE: Final = {"at", "request", "method", "path", "status", "client_ip"}
