"""Section 4.1, second half: whose write it was, where it does not say so itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tests.oracle.model import Event, Line, Row, Window, World, Write


@dataclass(frozen=True)
class Customers:
    """Whose each single line and event is, as far as known before rule 3."""

    lines: dict[int, str | None]
    events: dict[int, str | None]

    def of_line(self, line: Line) -> str | None:
        return self.lines[id(line)]

    def of_event(self, event: Event) -> str | None:
        return self.events[id(event)]


def attribute(world: World, writes: Sequence[Write]) -> list[Write]:
    """ "A write that names no customer gets it, in this order, from the event or line it is paired
    with; from its entity; from its device." The first has happened when the pair was made.
    """
    return [
        replace(
            write,
            customer_id=write.customer_id
            or customer_of_entity(world, write, writes)
            or customer_of_device(world, write, writes),
        )
        for write in writes
    ]


def customer_of_entity(world: World, write: Write, writes: Iterable[Write]) -> str | None:
    """ "As events or the entity's row in the database know it."

    An id that was issued twice is two entities: only witnesses of the same one count. Where they
    name two customers, they decide nothing.
    """
    if write.entity_id is None:
        return None
    row = world.row(write.kind, write.entity_id)
    is_rows = row is not None and not is_another_entity(row, write, world.window)
    known = {
        other.customer_id
        for other in writes
        if other.event is not None
        and (other.kind, other.entity_id) == (write.kind, write.entity_id)
        and (row is not None and not is_another_entity(row, other, world.window)) == is_rows
    }
    if row is not None and is_rows:
        known.add(row.customer_id)
    return _only(known)


def customer_of_device(world: World, write: Write, writes: Iterable[Write]) -> str | None:
    """ "As the table app_registrations and, where that says nothing, events of trusted sources
    know it (a device of several customers decides nothing)."
    """
    if write.device_id is None:
        return None
    registered = {
        row.customer_id
        for row in world.rows
        if row.kind == "app_registration" and row.fields.get("device_id") == write.device_id
    }
    told = {
        other.event.customer_id
        for other in writes
        if other.event is not None and other.event.device_id == write.device_id
    }
    return _only(registered) if registered else _only(told)


def is_another_entity(row: Row, write: Write, window: Window) -> bool:
    """ "A row whose `created_at` is later than the write by more than `server_skew` (`clock_skew`
    where only an event gives the time) is another entity."
    """
    skew = window.server_skew if write.line else window.clock_skew
    return row.created_at is not None and row.created_at - write.at > skew


def customers_of(writes: Iterable[Write]) -> Customers:
    """Look up by line and by event."""
    writes = list(writes)
    return Customers(
        {id(write.line): write.customer_id for write in writes if write.line},
        {id(write.event): write.customer_id for write in writes if write.event},
    )


def with_customers(writes: Iterable[Write], customers: Customers) -> list[Write]:
    """What rules 3 and 4 have paired: a line can still get its customer from the event."""
    return [replace(write, customer_id=_first_known(write, customers)) for write in writes]


def _first_known(write: Write, customers: Customers) -> str | None:
    of_line = customers.of_line(write.line) if write.line else None
    return of_line or (customers.of_event(write.event) if write.event else None)


def _only(named: Iterable[str | None]) -> str | None:
    known = {customer for customer in named if customer is not None}
    return known.pop() if len(known) == 1 else None
