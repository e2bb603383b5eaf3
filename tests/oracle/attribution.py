"""Section 4.1, second half: whose write it was, where it does not say so itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tests.oracle.model import Event, Line, Row, Window, World, Write


@dataclass(frozen=True)
class Customers:
    """Whose each single line and event is, as far as known before rule 3."""

    lines: dict[int, str | None]
    events: dict[int, str | None]
    of_former: frozenset[int]  # lines and events of who had an id before its present owner

    def of_line(self, line: Line) -> str | None:
        return self.lines[id(line)]

    def of_event(self, event: Event) -> str | None:
        return self.events[id(event)]

    def have_one_owner(self, line: Line, event: Event) -> bool:
        return (id(line) in self.of_former) == (id(event) in self.of_former)


def attribute(world: World, writes: Sequence[Write], told: Sequence[Write]) -> list[Write]:
    """ "A write that names no customer gets it, in this order, from the event or line it is paired
    with by request id; from its entity; from its device." The first has happened when the pair was
    made. `told` are the writes whose events may tell; what is outside is ignored.
    """
    return [
        replace(
            write,
            customer_id=write.customer_id
            or customer_of_entity(world, write, told)
            or customer_of_entity(world, write, told, writes)
            or customer_of_device(world, write, told),
        )
        for write in writes
    ]


def customer_of_entity(
    world: World, write: Write, told: Iterable[Write], writes: Iterable[Write] = ()
) -> str | None:
    """ "As events or the entity's row in the database know it"; else as any other write does.

    An id that was issued twice is two entities: only witnesses of the same one count. Where they
    name two customers, they decide nothing.
    """
    if write.entity_id is None:
        return None
    is_former = is_of_former(world, write)
    kinds = world.kinds_of_id(write.kind)

    def is_about_it(other: Write) -> bool:
        return (
            other.kind in kinds
            and other.entity_id == write.entity_id
            and is_of_former(world, other) == is_former
        )

    known = {one.event.customer_id for one in told if one.event is not None and is_about_it(one)}
    known |= {one.customer_id for one in writes if is_about_it(one)}
    if not is_former:
        known |= {row.customer_id for row in world.owners_of_id(write.kind, write.entity_id)}
    return _only(known)


def customer_of_device(world: World, write: Write, told: Iterable[Write]) -> str | None:
    """ "As the table app_registrations and, where that says nothing, events of trusted sources
    know it (a device of several customers decides nothing)."
    """
    told = list(told)
    for device in write.device_ids:
        registered = {
            row.customer_id
            for row in world.rows
            if row.kind == "app_registration" and row.fields.get("device_id") == device
        }
        known = registered or {
            one.event.customer_id
            for one in told
            if one.event is not None and one.event.device_id == device
        }
        if customer := _only(known):
            return customer
    return None


def is_of_former(world: World, write: Write) -> bool:
    """Whether the id that it names has been given to somebody, whoever it is, later."""
    rows = world.owners_of_id(write.kind, write.entity_id)
    return any(is_another_entity(row, write, world.window) for row in rows)


def is_another_entity(row: Row, write: Write, window: Window) -> bool:
    """ "A row whose `created_at` is later than the write by more than `server_skew` (`clock_skew`
    where only an event gives the time) is another entity."
    """
    skew = window.server_skew if write.line else window.clock_skew
    return row.created_at is not None and row.created_at - write.at > skew


def customers_of(world: World, writes: Iterable[Write]) -> Customers:
    """Look up by line and by event."""
    writes = list(writes)
    former = [write for write in writes if is_of_former(world, write)]
    return Customers(
        {id(write.line): write.customer_id for write in writes if write.line},
        {id(write.event): write.customer_id for write in writes if write.event},
        frozenset(id(one) for write in former for one in (write.line, write.event) if one),
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
