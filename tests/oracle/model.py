"""What goes into the oracle and what comes out: plain dataclasses, no frames."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any, NamedTuple

from transforms.catalogue import Catalogue

_FE2 = tomllib.loads(files("transforms").joinpath("fe2.toml").read_text("utf-8"))
# What belongs to something that belongs to something: no kind of FE2 does.
_RECEIPT = {
    "label": {"en": "Receipt"},
    "table": "receipts",
    "columns": {"id": "id", "created_at": "created_at", "updated_at": "updated_at"},
    "fields": ["provisioning_id", "note"],
    "identity": {"exact": ["provisioning_id"]},
    "refers_to": {"provisioning_id": "provisioning"},
}

FE2 = Catalogue.model_validate(_FE2)
DEEP = Catalogue.model_validate(_FE2 | {"kinds": _FE2["kinds"] | {"receipt": _RECEIPT}})


class Value(NamedTuple):
    """One field's value; `from_path` where it only addresses the entity."""

    value: str | None
    from_path: bool = False


Fields = Mapping[str, Value]


def values(**given: str | None) -> dict[str, Value]:
    """Fields as an event's data gives them."""
    return {name: Value(value) for name, value in given.items()}


@dataclass(frozen=True)
class Line:
    """A write as an access log shows it. `made_on_new_site` is derived, not given."""

    at: datetime
    kind: str
    action: str
    source: str = "proxy-a"
    file: str = "a.log"
    line: int = 1
    digest: str = ""
    customer_id: str | None = None
    entity_id: str | None = None
    device_id: str | None = None
    request_id: str | None = None
    upstream: str | None = None
    fields: Fields = field(default_factory=dict)
    made_on_new_site: bool = False

    @property
    def path(self) -> str:
        """What of it stands in the request's path; a create's id is in the response, if at all."""
        named = [self.customer_id, self.device_id]
        named += [value.value for value in self.fields.values() if value.from_path]
        named += [] if self.action == "create" else [self.entity_id]
        return "/".join(("", self.kind, self.action, *(part or "-" for part in named)))


@dataclass(frozen=True)
class Event:
    """A write as a client recorded it. `customer_id` is None where the source is not trusted."""

    event_at: datetime
    kind: str
    action: str
    entity_id: str
    event_source: str = "/fe2/1"
    event_id: str = ""
    file: str = "events.jsonl"
    line: int = 1
    customer_id: str | None = None
    device_id: str | None = None
    request_id: str | None = None
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A row of the new database."""

    kind: str
    id: str
    customer_id: str
    created_at: datetime | None
    updated_at: datetime | None
    fields: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Gap:
    """A silence of one source inside the window."""

    source: str
    from_at: datetime
    to_at: datetime
    accepted: bool = False


@dataclass(frozen=True)
class Window:
    """When the migration was, and how far the clocks are to be trusted."""

    snapshot_at: datetime
    live_at: datetime
    live_at_uncertainty: timedelta = timedelta(0)
    margin: timedelta = timedelta(minutes=30)
    clock_skew: timedelta = timedelta(minutes=5)
    server_skew: timedelta = timedelta(seconds=10)

    def holds(self, at: datetime) -> bool:
        """Between snapshot and going live, both ends included."""
        return self.snapshot_at <= at <= self.live_at

    def reads(self, at: datetime, tolerance: timedelta = timedelta(0)) -> bool:
        """In the window or its margin, both ends included."""
        reach = self.margin + tolerance
        return self.snapshot_at - reach <= at <= self.live_at + reach


@dataclass(frozen=True)
class World:
    """One small migration."""

    window: Window
    lines: tuple[Line, ...] = ()
    events: tuple[Event, ...] = ()
    rows: tuple[Row, ...] = ()
    gaps: tuple[Gap, ...] = ()
    new_upstreams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    new_sources: frozenset[str] = frozenset()  # entries with role = "new"
    catalogue: Catalogue = FE2

    def row(self, kind: str, id_: str | None) -> Row | None:
        """The row with this id, of whichever customer."""
        return next((row for row in self.rows if row.kind == kind and row.id == id_), None)

    def kinds_of_id(self, kind: str) -> tuple[str, ...]:
        """The kind and, where its own id is a reference (an availability's), whose id it is."""
        owner = self.catalogue.kinds[kind].refers_to.get("id")
        return (kind,) if owner is None else (kind, owner)

    def owners_of_id(self, kind: str, id_: str | None) -> list[Row]:
        """The rows that say whose the id is, and since when."""
        rows = (self.row(one, id_) for one in self.kinds_of_id(kind))
        return [row for row in rows if row is not None]


@dataclass(frozen=True)
class Write:
    """One witnessed write: a line, an event, or both. `event_at` is the corrected time."""

    line: Line | None
    event: Event | None
    event_at: datetime | None
    customer_id: str | None
    paired_by: str | None = None
    explained_by: str | None = None  # the id of the row that a line without one has made

    @property
    def _witness(self) -> Line | Event:
        witness = self.line or self.event
        if witness is None:
            raise ValueError("a write that nobody witnessed")
        return witness

    @property
    def kind(self) -> str:
        return self._witness.kind

    @property
    def action(self) -> str:
        return self._witness.action

    @property
    def at(self) -> datetime:
        """From a matched pair, the line gives the time."""
        at = self.line.at if self.line else self.event_at
        if at is None:
            raise ValueError("an event without its corrected time")
        return at

    @property
    def entity_id(self) -> str | None:
        """From a matched pair, the event gives the id."""
        return self.event.entity_id if self.event else self._witness.entity_id or self.explained_by

    @property
    def device_ids(self) -> list[str]:
        """As the line names it, and as the event does."""
        named = (witness.device_id for witness in (self.line, self.event) if witness)
        return [device for device in named if device]

    @property
    def fields(self) -> dict[str, Value]:
        """From a matched pair, the event gives the fields; the line's path may add to them."""
        of_line = self.line.fields if self.line else {}
        of_event = self.event.fields if self.event else {}
        return {**of_line, **of_event}

    def order(self) -> tuple[Any, ...]:
        """In order of time; at one time what only events say, then as the lines stand in logs."""
        line, event = self.line, self.event
        return (
            self.at,
            (line.source, line.file, line.line) if line else ("", "", 0),
            (event.event_at.timestamp(), event.event_source, event.event_id) if event else (),
        )


@dataclass(frozen=True)
class Finding:
    """One entity's net effect held against the new database, with a verdict."""

    customer_id: str
    kind: str
    entity_id: str | None
    action: str
    verdict: str
    confidence: str
    reason: str | None
    first_at: datetime
    last_at: datetime
    lines: int
    events: int
    matched_id: str | None
    match_score: float | None
    fields: Mapping[str, str | None]
    traits: tuple[str, ...] = ()  # how it compares to the matched row, for the census


@dataclass(frozen=True)
class Judgement:
    """All that the oracle says of a world, with the sums that must agree.

    `writes` are all that was taken; of those that rows explain, with the row's id.
    """

    findings: tuple[Finding, ...]
    unattributed: tuple[Write, ...]
    writes: tuple[Write, ...]
    lines_outside: int
    lines_twice: int
    events_outside: int
    events_twice: int
