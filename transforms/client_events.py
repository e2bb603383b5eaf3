"""Client events: from CloudEvents 1.0 to the frame `schemas.EVENTS`.

An event is accepted (`Event`), of a type that the catalogue does not know (`UnknownType`), or no
CloudEvent (`Rejected`, with a reason). The core filters by time; nothing is dropped here.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeAlias

import orjson
import polars as pl

from transforms.catalogue import Catalogue
from transforms.printable import printable
from transforms.schemas import EVENTS, FIELDS, TIME
from transforms.spelling import Spell, one_case, spelling

# RFC 3339, section 5.6: what Python accepts beyond it (basic format, week dates) is no such time.
_RFC_3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?P<offset>[Zz]|[+-]\d\d:\d\d)?"
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

_REQUIRED: Final = ("specversion", "id", "source", "type", "subject", "time")
_PARQUET_COLUMNS: Final = frozenset(
    {*_REQUIRED, "customerid", "deviceid", "requestid", "appversion", "data"}
)

# What of an event decides which of its copies is kept, the most telling first.
_CONTENT: Final = (
    "customer_id",
    "device_id",
    "request_id",
    "app_version",
    "event_at",
    "kind",
    "action",
    "entity_id",
    "fields",
)
_PLACE: Final = ("source", "file", "line")


class Event(NamedTuple):
    """One CloudEvent of a known type; `at` in microseconds since 1970 (UTC)."""

    at: int
    event_source: str
    event_id: str
    request_id: str | None
    app_version: str | None
    kind: str
    action: str
    customer_id: str | None
    entity_id: str
    device_id: str | None
    # JSON of `schemas.FIELDS`: a frame decodes a million of them faster than Python can build.
    fields: str


class UnknownType(NamedTuple):
    """A CloudEvent of a type that the catalogue does not name."""

    type: str


class Rejected(NamedTuple):
    """No CloudEvent, and why."""

    reason: str


Parsed: TypeAlias = Event | UnknownType | Rejected


@dataclass(frozen=True)
class EventType:
    """What an event of one type says: of which kind, and which fields it can carry."""

    kind: str
    action: str
    fields: frozenset[str]
    sets: Mapping[str, str | None]
    spelling: Mapping[str, Spell] = field(default_factory=dict)


def event_types(catalogue: Catalogue) -> dict[str, EventType]:
    """Every event type of the catalogue with its meaning."""
    return {
        name: EventType(
            kind,
            meaning.action,
            frozenset(catalogue.kinds[kind].fields),
            meaning.sets,
            spelling(catalogue.kinds[kind].types, catalogue.zone),
        )
        for name, (kind, meaning) in catalogue.event_types.items()
    }


def parse_event(line: bytes, types: Mapping[str, EventType]) -> Parsed:
    """One line of JSON to an event. Never raises, whatever the line is.

    Reasons: `empty_line`, `not_json`, `not_an_object`, and those of `read_event`.
    """
    try:
        attributes = orjson.loads(line)
    except orjson.JSONDecodeError:
        return Rejected("not_json" if line.strip() else "empty_line")
    if not isinstance(attributes, dict):
        return Rejected("not_an_object")
    return read_event(attributes, types)


def read_event(attributes: Mapping[str, Any], types: Mapping[str, EventType]) -> Parsed:
    """One event from its attributes; `data` is an object or the JSON of one.

    `specversion`, `id`, `source`, `type`, `subject` and `time` must be texts that are not empty.
    Reasons: `missing_x` (absent, null or ""), `x_not_a_string`, `unsupported_specversion`,
    `time_not_rfc3339`, `time_without_offset`, `data_unreadable`.

    A number in an extension counts as its text (collectors write `4711` and `"4711"`), any other
    type as nothing, and so do "" and "-". Data of another form says nothing of the fields.
    """
    if reason := _missing(attributes):
        return Rejected(reason)
    at = _microseconds(attributes["time"])
    if isinstance(at, Rejected):
        return at
    meaning = types.get(attributes["type"])
    if meaning is None:
        return UnknownType(printable(attributes["type"], limit=100))
    fields = _fields(attributes.get("data"), meaning)
    if fields is None:
        return Rejected("data_unreadable")
    return Event(
        at=at,
        event_source=attributes["source"],
        event_id=attributes["id"],
        request_id=_extension(attributes.get("requestid")),
        app_version=_extension(attributes.get("appversion")),
        kind=meaning.kind,
        action=meaning.action,
        customer_id=_extension(attributes.get("customerid")),
        entity_id=one_case(attributes["subject"]),
        device_id=_extension(attributes.get("deviceid")),
        fields=fields,
    )


def _missing(attributes: Mapping[str, Any]) -> str | None:
    for name in _REQUIRED:
        value = attributes.get(name)
        if value is None or value == "":
            return f"missing_{name}"
        if not isinstance(value, str):
            return f"{name}_not_a_string"
    return None if attributes["specversion"] == "1.0" else "unsupported_specversion"


def _microseconds(time: str) -> int | Rejected:
    match = _RFC_3339.fullmatch(time)
    if match is None:
        return Rejected("time_not_rfc3339")
    if match["offset"] is None:
        return Rejected("time_without_offset")
    # A leap second is the second after :59, which is what clocks that know none make of it.
    is_leap = time[17:19] == "60"
    text = f"{time[:17]}59{time[19:]}" if is_leap else time
    try:
        at = datetime.fromisoformat(text.upper())
    except ValueError:
        return Rejected("time_not_rfc3339")
    return (at - _EPOCH) // _MICROSECOND + is_leap * 1_000_000


def _extension(value: object) -> str | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return str(value)
    return one_case(value) if isinstance(value, str) and value not in {"", "-"} else None


def _fields(data: object, meaning: EventType) -> str | None:
    """What the event gives its entity; None where it can't be written as JSON (again)."""
    if isinstance(data, str):
        try:
            data = orjson.loads(data)
        except orjson.JSONDecodeError:
            data = None
    given = data if isinstance(data, dict) else {}
    try:
        values = {
            name: _spelled(_text(given[name]), meaning.spelling.get(name))
            for name in given
            if name in meaning.fields
        }
    except orjson.JSONEncodeError:
        return None
    values.update(meaning.sets)
    return orjson.dumps(
        [{"name": name, "value": values[name], "from_path": False} for name in sorted(values)]
    ).decode()


def _text(value: object) -> str | None:
    """A field's value: texts as they are, anything else as compact JSON with its keys in order."""
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _spelled(text: str | None, spell: Spell | None) -> str | None:
    if spell is not None:
        return spell(text)
    return None if text is None else one_case(text)


def events_frame(
    events: Sequence[Event], lines: Sequence[int], *, source: str, file: str, is_trusted: bool
) -> pl.DataFrame:
    """Events with their line numbers as a frame `schemas.EVENTS`.

    What a source that is not trusted says of the customer counts for nothing: `customer_id` is
    null.
    """
    columns = list(zip(*events, strict=True)) or [()] * len(Event._fields)
    given = pl.DataFrame(
        [
            pl.Series(name, column, pl.Int64 if name == "at" else pl.String)
            for name, column in zip(Event._fields, columns, strict=True)
        ]
    )
    claimed = pl.col("customer_id") if is_trusted else pl.lit(None, pl.String)
    return given.with_columns(
        customer_id=claimed,
        event_at=pl.col("at").cast(TIME),
        fields=pl.col("fields").str.json_decode(FIELDS),
        source=pl.lit(source),
        file=pl.lit(file),
        line=pl.Series(lines, dtype=pl.Int64),
    ).select(*EVENTS)


def parquet_rows(frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows of a Parquet file as CloudEvents, to be read by `read_event`.

    A timestamp becomes RFC 3339, without offset where it has no zone. A struct in `data` can't
    tell what was emptied from what was not mentioned, so its null members are left out.
    """
    columns = [column for column in frame.columns if column in _PARQUET_COLUMNS]
    if not columns:
        # They are no events, but a frame without columns would have no rows to say so of.
        yield from ({} for _ in range(frame.height))
        return
    rows = frame.select(_as_json_has_it(column, frame.schema[column]) for column in columns)
    for row in rows.iter_rows(named=True):
        data = row.get("data")
        if isinstance(data, dict):
            row["data"] = {name: value for name, value in data.items() if value is not None}
        yield row


def _as_json_has_it(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is None:
            return column.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f")
        return column.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    return column.cast(pl.String) if isinstance(dtype, pl.Categorical | pl.Enum) else column


@dataclass(frozen=True)
class DistinctEvents:
    """Every event once (`schemas.EVENTS`, in no order), and how many copies there were.

    Events read = malformed + of unknown type + `duplicates` + the rows of `events`.
    """

    events: pl.LazyFrame
    duplicates: int


def distinct_events(events: pl.LazyFrame, trusted: Collection[str]) -> DistinctEvents:
    """Keep one copy of each event; delivery is at least once.

    Events with the same `event_source` and `event_id` are the same. A copy from a `trusted` source
    is kept before others, then the one that says more, then by content and place, so that the
    order of the files decides nothing.
    """
    key = ["event_source", "event_id"]
    repeated = events.group_by(key).len("copies").filter(pl.col("copies") > 1).collect()
    content = [
        pl.struct(name).struct.json_encode() if name == "fields" else pl.col(name)
        for name in _CONTENT
    ]
    kept = (
        events.join(repeated.lazy(), on=key, how="semi")
        .sort(~pl.col("source").is_in(list(trusted)), *content, *_PLACE, nulls_last=True)
        .unique(subset=key, keep="first", maintain_order=True)
    )
    single = events.join(repeated.lazy(), on=key, how="anti")
    duplicates = int((repeated["copies"].cast(pl.Int64) - 1).sum())
    return DistinctEvents(pl.concat([single, kept]), duplicates)
