"""Section 4.1: log lines and events that bear witness to the same write."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from tests.oracle.attribution import Customers
from tests.oracle.duplicates import agree, name, place
from tests.oracle.model import Event, Line, Window, Write

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Pair:
    """A line and an event of one write, and the rule that says so."""

    line: Line
    event: Event
    paired_by: str


def closest_pairs(
    lines: Sequence[Line],
    events: Sequence[Event],
    *,
    time_of: Callable[[Event], datetime],
    fits: Callable[[Line, Event], bool],
    paired_by: str,
) -> list[Pair]:
    """Take the closest pair that fits, again and again; each line and event at most once."""
    candidates = sorted(
        (
            (abs(line.at - time_of(event)), place(line), event.event_at, name(event)),
            line_number,
            event_number,
        )
        for line_number, line in enumerate(lines)
        for event_number, event in enumerate(events)
        if fits(line, event)
    )
    used_lines: set[int] = set()
    used_events: set[int] = set()
    pairs = []
    for _, line_number, event_number in candidates:
        if line_number not in used_lines and event_number not in used_events:
            used_lines.add(line_number)
            used_events.add(event_number)
            pairs.append(Pair(lines[line_number], events[event_number], paired_by))
    return pairs


def by_request_id(lines: Sequence[Line], events: Sequence[Event]) -> list[Pair]:
    """Rule 1: "the same request id" (of one write: nothing that both know may differ)."""

    def fits(line: Line, event: Event) -> bool:
        return (
            line.request_id not in {None, "", "-"}
            and line.request_id == event.request_id
            and (line.kind, line.action) == (event.kind, event.action)
            and agree(line.entity_id, event.entity_id)
            and agree(line.customer_id, event.customer_id)
        )

    return closest_pairs(
        lines, events, time_of=lambda event: event.event_at, fits=fits, paired_by="request_id"
    )


def clock_offsets(pairs: Sequence[Pair]) -> dict[str, timedelta]:
    """ "The median of (line's time - event's time) over its pairs of rule 1", by device."""
    offsets: dict[str, list[int]] = {}
    for pair in pairs:
        if pair.event.device_id:
            offset = (pair.line.at - pair.event.event_at) // MICROSECOND
            offsets.setdefault(pair.event.device_id, []).append(offset)
    return {device: median(seen) * MICROSECOND for device, seen in offsets.items()}


def is_outside(event: Event, offsets: dict[str, timedelta], window: Window) -> bool:
    """ "By their corrected time (or by their own, give or take `clock_skew`)." """
    if event.device_id in offsets:
        return not window.reads(event.event_at + offsets[event.device_id])
    return not window.reads(event.event_at, window.clock_skew)


def by_entity_id(
    lines: Sequence[Line],
    events: Sequence[Event],
    time_of: Callable[[Event], datetime],
    customers: Customers,
    window: Window,
) -> list[Pair]:
    """Rule 2: "the same kind, action and entity id (and the same customer, where both know it),
    nearest in (corrected) time, updates within `clock_skew`".

    The rest not at any distance, either, where the id was given to somebody else in between.
    """

    def fits(line: Line, event: Event) -> bool:
        may_be_far = line.action != "update" and customers.have_one_owner(line, event)
        return (
            line.entity_id is not None
            and (line.kind, line.action, line.entity_id)
            == (event.kind, event.action, event.entity_id)
            and agree(customers.of_line(line), customers.of_event(event))
            and (may_be_far or abs(line.at - time_of(event)) <= window.clock_skew)
        )

    return closest_pairs(lines, events, time_of=time_of, fits=fits, paired_by="entity_id")


def by_time(
    lines: Sequence[Line],
    events: Sequence[Event],
    time_of: Callable[[Event], datetime],
    customers: Customers,
    window: Window,
) -> list[Pair]:
    """Rule 3: "a line that names no entity with an event of the same kind and action, and of the
    same customer or, where the line names no customer, of the same device [...] within
    `clock_skew`, closest pairs first".
    """

    def fits(line: Line, event: Event) -> bool:
        customer = customers.of_line(line)
        if customer is None:
            same_owner = line.device_id is not None and line.device_id == event.device_id
        else:
            same_owner = customer == customers.of_event(event)
        return (
            same_owner
            and _could_be_one_write(line, event)
            and abs(line.at - time_of(event)) <= window.clock_skew
        )

    return closest_pairs(lines, events, time_of=time_of, fits=fits, paired_by="time")


def left_over(
    lines: Sequence[Line],
    events: Sequence[Event],
    time_of: Callable[[Event], datetime],
    customers: Customers,
    window: Window,
) -> list[Pair]:
    """Rule 4: "a line without an id and an event of the same customer, kind and action, at any
    time inside the window: closest pairs first".
    """

    def fits(line: Line, event: Event) -> bool:
        customer = customers.of_line(line)
        return (
            customer is not None
            and customer == customers.of_event(event)
            and _could_be_one_write(line, event)
            and window.holds(line.at)
            and window.holds(time_of(event))
        )

    return closest_pairs(lines, events, time_of=time_of, fits=fits, paired_by="left_over")


def without(
    pairs: Sequence[Pair], lines: Sequence[Line], events: Sequence[Event]
) -> tuple[list[Line], list[Event]]:
    """What no pair has used."""
    used_lines = {id(pair.line) for pair in pairs}
    used_events = {id(pair.event) for pair in pairs}
    return (
        [line for line in lines if id(line) not in used_lines],
        [event for event in events if id(event) not in used_events],
    )


def _could_be_one_write(line: Line, event: Event) -> bool:
    """ "And the same device and route fields, where both name them." """
    return (
        line.entity_id is None
        and (line.kind, line.action) == (event.kind, event.action)
        and agree(line.device_id, event.device_id)
        and all(
            agree(given.value, event.fields[field].value)
            for field, given in line.fields.items()
            if given.from_path and field in event.fields
        )
    )


def as_writes(
    pairs: Sequence[Pair],
    lines: Sequence[Line],
    events: Sequence[Event],
    time_of: Callable[[Event], datetime],
) -> list[Write]:
    """Every pair, line and event as one write, with the customer that it names itself."""
    return [
        *(
            Write(
                pair.line,
                pair.event,
                time_of(pair.event),
                pair.line.customer_id or pair.event.customer_id,
                pair.paired_by,
            )
            for pair in pairs
        ),
        *(Write(line, None, None, line.customer_id) for line in lines),
        *(Write(None, event, time_of(event), event.customer_id) for event in events),
    ]
