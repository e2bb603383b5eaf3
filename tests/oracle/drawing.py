"""Short words to draw small worlds with: times of one evening, lines, events, rows."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from tests.oracle.model import Event, Finding, Gap, Line, Row, Value, Window, World, values


def at(clock: str) -> datetime:
    """A time of the evening: "20:14", "20:14:05"; "+1 00:10" is the next day."""
    day, _, clock = clock.rpartition(" ")
    hour, minute, second = (*map(int, clock.split(":")), 0)[:3]
    return datetime(2021, 5, 18, hour, minute, second, tzinfo=UTC) + timedelta(days=int(day or 0))


# Read from 19:30 to 23:48; clocks of clients within 5 minutes, of servers within 10 seconds.
WINDOW = Window(snapshot_at=at("20:00"), live_at=at("23:18"))
UNCERTAIN = replace(WINDOW, live_at_uncertainty=timedelta(minutes=10))

ANNA = {
    "first_name": "Anna",
    "last_name": "Müller",
    "email": "anna@ff-a.example",
    "mobile": "+491511",
}
BERND = {
    "first_name": "Bernd",
    "last_name": "Müller",
    "email": "anna@ff-a.example",
    "mobile": "+491511",
}


def line(clock: str, action: str, kind: str, id_: str | None = None, **given: Any) -> Line:
    """A line of customer A, unless `customer` says otherwise (None: a device route)."""
    return Line(
        at=at(clock),
        action=action,
        kind=kind,
        entity_id=id_,
        customer_id=given.pop("customer", "A"),
        device_id=given.pop("device", None),
        request_id=given.pop("rid", None),
        fields={
            **{name: Value(value, True) for name, value in given.pop("path", {}).items()},
            **values(**given.pop("sets", {})),
        },
        **given,
    )


def event(clock: str, action: str, kind: str, id_: str, **given: Any) -> Event:
    """An event of customer A, unless `customer` says otherwise (None: not trusted)."""
    return Event(
        event_at=at(clock),
        action=action,
        kind=kind,
        entity_id=id_,
        customer_id=given.pop("customer", "A"),
        device_id=given.pop("device", None),
        request_id=given.pop("rid", None),
        fields=values(**given.pop("data", {})),
        **given,
    )


def row(created: str | None, kind: str, id_: str, updated: str | None = None, **given: Any) -> Row:
    """A row of customer A, unless `customer` says otherwise; updated when created."""
    touched = updated or created
    return Row(
        kind=kind,
        id=id_,
        customer_id=given.pop("customer", "A"),
        created_at=at(created) if created else None,
        updated_at=at(touched) if touched else None,
        fields=given.pop("data", {}),
    )


def gap(source: str, from_: str, to: str, *, accepted: bool = False) -> Gap:
    return Gap(source, at(from_), at(to), accepted)


def world(*things: Line | Event | Row | Gap, window: Window = WINDOW, **given: Any) -> World:
    """Lines get numbers and contents of their own, events ids, where they have none."""
    return World(
        window=window,
        lines=tuple(_numbered(thing for thing in things if isinstance(thing, Line))),
        events=tuple(
            replace(thing, event_id=thing.event_id or f"e{number}", line=number)
            for number, thing in enumerate((t for t in things if isinstance(t, Event)), 1)
        ),
        rows=tuple(thing for thing in things if isinstance(thing, Row)),
        gaps=tuple(thing for thing in things if isinstance(thing, Gap)),
        **given,
    )


def _numbered(lines: Iterable[Line]) -> Iterable[Line]:
    for number, one in enumerate(lines, 1):
        yield replace(one, line=number, digest=one.digest or f"{one.source} {number}")


class Said(NamedTuple):
    """What a finding says, without times and counts."""

    customer_id: str
    kind: str
    entity_id: str | None
    action: str
    verdict: str
    confidence: str = "confirmed"
    reason: str | None = None
    matched_id: str | None = None


def said(finding: Finding) -> Said:
    return Said(*(getattr(finding, name) for name in Said._fields))


class Case(NamedTuple):
    """A rule, a world drawn for it, and all that is to be found there."""

    rule: str
    world: World
    findings: tuple[Said, ...]
    unattributed: int = 0
