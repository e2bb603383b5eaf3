"""Access logs of one JSON object a line, with `fields` naming where each value stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

import orjson
import polars as pl

from transforms.access_logs.json_shapes import Shape, shape_of, without_passing
from transforms.access_logs.parsed import ALL_LINES, MALFORMED, SECONDS, ParsedLines
from transforms.access_logs.request_parts import last_upstream, requests_of
from transforms.access_logs.times import TimeError, microseconds
from transforms.errors import ConfigurationError
from transforms.schemas import TIME, Schema

_TEXTS: Final = (
    "client_ip",
    "request",
    "method",
    "path",
    "user_agent",
    "request_id",
    "location",
    "upstream",
)
COLUMNS: Final = ("at", "status", "bytes", *_TEXTS)
_ROW: Final[Schema] = {
    "line": pl.Int64(),
    "text": pl.String(),
    "at": pl.Int64(),
    "status": pl.Int32(),
    "bytes": pl.Int64(),
    **dict.fromkeys(_TEXTS, pl.String()),
}

_ABSENT: Final = object()
# Of several backends that were asked, the last one has answered.
_READ: Final[Mapping[str, Callable[[pl.Expr], pl.Expr]]] = {"upstream": last_upstream}
# The last is what Caddy and Traefik write instead of a header that is kept secret.
_NO_VALUE: Final = ("", "-", "REDACTED")
_LARGEST_STATUS = 999
_LARGEST_INT64 = 2**63 - 1


class _LineError(ValueError):
    """A line is no request; the reason is a code of the quarantine."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class _Entry:
    """What every line must have, checked, and the rest of its object as it is."""

    at: int
    status: int
    members: dict[str, Any]


def as_logged(_members: Mapping[str, Any]) -> int | None:
    """No other time of a request is known than the one at which it was logged."""
    return None


@dataclass(frozen=True)
class JsonLinesFormat:
    """The parser of objects that have their values at certain places (see LogFormat).

    `places`: for each of COLUMNS the dotted places where its value may be. What every line must
    have is taken from the first that is there, all else from the first with a value; `read` says of
    which columns more has to be done then. `is_other` tells objects that are no requests, such as
    the server's own messages; what stands at `decided_by` decides that. `exact_time` gives the UTC
    microseconds of a request where they are known better than from the time of the line.
    """

    places: Mapping[str, Sequence[str]]
    zone: ZoneInfo | None
    is_other: Callable[[Mapping[str, Any]], bool] = lambda _members: False
    decided_by: Sequence[str] = ()
    read: Mapping[str, Callable[[pl.Expr], pl.Expr]] = field(default_factory=lambda: _READ)
    exact_time: Callable[[Mapping[str, Any]], int | None] = as_logged

    def parse(self, lines: pl.DataFrame, keep: pl.Expr = ALL_LINES) -> ParsedLines:
        """Parse a block of lines (see LogFormat).

        Reasons: `not_json`, `not_an_object`, `missing_field`, `bad_time`, `time_without_offset`,
        `bad_status`, `empty_line`.
        """
        rows: list[tuple[Any, ...]] = []
        malformed: list[tuple[int, str, str]] = []
        marked = lines.select("line", "text", is_kept=keep)
        left, seconds = without_passing(
            marked.filter(~pl.col("is_kept")), self._shape, partial(microseconds, zone=self.zone)
        )
        decoded = pl.concat([marked.filter("is_kept"), left]).sort("line")
        for line, text, is_kept in decoded.iter_rows():
            entry = self._entry_or_reason(text)
            if isinstance(entry, str):
                malformed.append((line, entry, text))
            elif entry is not None:
                seconds.add(entry.at // 1_000_000)
                if is_kept:
                    rows.append((line, text, *self._values(entry)))
        second_at = (pl.Series(sorted(seconds), dtype=pl.Int64) * 1_000_000).cast(TIME)
        return ParsedLines(
            requests=self._requests(pl.DataFrame(rows, schema=_ROW, orient="row")),
            malformed=pl.DataFrame(malformed, schema=MALFORMED, orient="row"),
            seconds=pl.DataFrame({"second_at": second_at}, schema=SECONDS),
        )

    def explain_mismatch(self, text: str) -> str:
        """Say what a malformed line lacks (see LogFormat)."""
        match self._entry_or_reason(text):
            case "missing_field":
                members = orjson.loads(text)
                lacking = [
                    f"{self._spelled(column)} ({column})"
                    for column in ("at", "method", "path", "status")
                    if self._place(members, column) is None
                ]
                return f"it lacks {', '.join(lacking)}; its keys are {', '.join(members)}"
            case "time_without_offset":
                return "its time has no offset, so the entry needs a timezone"
            case "bad_time":
                return f"what stands at {self._spelled('at')} is no time"
            case "bad_status":
                return f"what stands at {self._spelled('status')} is no HTTP status"
            case _:
                return "it is not a JSON object"

    def _spelled(self, column: str) -> str:
        return " or ".join(map(repr, self.places[column]))

    def _shape(self, text: str) -> Shape | None:
        """What well-formed lines like this one look like."""
        entry = self._entry_or_reason(text)
        if not isinstance(entry, _Entry):
            return None
        at, status, method, path, request = (
            self._place(entry.members, column)
            for column in ("at", "status", "method", "path", "request")
        )
        if at is None or status is None:
            return None
        deciding = [place for name in self.decided_by if (place := _place(entry.members, name))]
        # A path or a method may be anything, a whole request line has to be a text.
        texts = [] if method and path else [request] if request else None
        if texts is None:
            return None
        return shape_of(text, time=at, status=status, texts=texts, as_they_are=deciding)

    def _entry_or_reason(self, text: str) -> _Entry | str | None:
        """What a line says, or why it is malformed; None where it is about no request."""
        try:
            return self._entry(text)
        except orjson.JSONDecodeError:
            return "not_json" if text.strip() else "empty_line"
        except (_LineError, TimeError) as error:
            return error.reason

    def _entry(self, text: str) -> _Entry | None:
        members = orjson.loads(text)
        if not isinstance(members, dict):
            raise _LineError("not_an_object")
        if self.is_other(members):
            return None
        at, status, method, path = (
            self._value(members, column) for column in ("at", "status", "method", "path")
        )
        is_asked = method is not _ABSENT and path is not _ABSENT
        if not is_asked:
            is_asked = isinstance(self._value(members, "request"), str)
        if at is _ABSENT or status is _ABSENT or not is_asked:
            raise _LineError("missing_field")
        return _Entry(microseconds(at, self.zone), _status(status), members)

    def _values(self, entry: _Entry) -> tuple[int | str | None, ...]:
        exact = self.exact_time(entry.members)
        size = _size(self._value(entry.members, "bytes"))
        texts = (_text_at(entry.members, self.places[column]) for column in _TEXTS)
        return (entry.at if exact is None else exact, entry.status, size, *texts)

    def _requests(self, rows: pl.DataFrame) -> pl.DataFrame:
        read = {column: expression(pl.col(column)) for column, expression in self.read.items()}
        # A path is logged as it was sent: encoded, and often with its query.
        texts = rows.with_columns(pl.col("at").cast(TIME), **read)
        return requests_of(texts.rename({"path": "target"}))

    def _value(self, members: dict[str, Any], column: str) -> object:
        place = self._place(members, column)
        return _ABSENT if place is None else _at_place(members, place)

    def _place(self, members: dict[str, Any], column: str) -> tuple[str, ...] | None:
        found = (_place(members, name) for name in self.places[column])
        return next((place for place in found if place is not None), None)


def compile_json_lines(fields: Mapping[str, str], timezone: str | None) -> JsonLinesFormat:
    """Make the parser for a source's `fields`.

    `fields` says for a column where in the object its value stands; dots go into objects, unless
    a key has them itself. A column that it does not name is looked for under its own name.
    `timezone` is the zone of times without an offset. Raises ConfigurationError.
    """
    places = places_with({column: (column,) for column in COLUMNS}, fields)
    return JsonLinesFormat(places, ZoneInfo(timezone) if timezone else None)


def places_with(
    usual: Mapping[str, Sequence[str]], fields: Mapping[str, str]
) -> dict[str, Sequence[str]]:
    """Return the places of all columns: the usual ones, but for those that `fields` names.

    Raises ConfigurationError where there is no such column.
    """
    if unknown := sorted(set(fields) - set(COLUMNS)):
        raise ConfigurationError(
            f"fields names {', '.join(unknown)}; the columns of a request are {', '.join(COLUMNS)}."
        )
    given = {column: (place,) for column, place in fields.items()}
    return {column: given.get(column, usual.get(column, ())) for column in COLUMNS}


def _place(members: object, dotted: str) -> tuple[str, ...] | None:
    """Return the keys that lead to a dotted place; None where there is nothing."""
    if not isinstance(members, dict):
        return None
    if dotted in members:
        return (dotted,)
    head, _, rest = dotted.partition(".")
    below = _place(members.get(head), rest) if rest else None
    return None if below is None else (head, *below)


def _at_place(members: object, place: Sequence[str]) -> object:
    for key in place:
        members = cast("dict[str, object]", members)[key]
    return members


def _status(value: object) -> int:
    text = _digits(value)
    if text is None or len(text) > len(str(_LARGEST_STATUS)):
        raise _LineError("bad_status")
    return int(text)


def _size(value: object) -> int | None:
    text = _digits(value)
    return int(text) if text is not None and len(text) < len(str(_LARGEST_INT64)) else None


def _digits(value: object) -> str | None:
    """Return a whole number as text. What is nested may be too deep to be made one."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value)
    return text if text.isascii() and text.isdigit() else None


def _text_at(members: object, places: Sequence[str]) -> str | None:
    """Return the first value at one of the places, as text."""
    there = (place for name in places if (place := _place(members, name)))
    texts = (_text(_at_place(members, place)) for place in there)
    return next((text for text in texts if text not in {None, *_NO_VALUE}), None)


def _text(value: object) -> str | None:
    """Return a value as text; of a header's list of values, the first."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else None
