"""Section 4.2: what all of an entity's writes amount to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.oracle.attribution import is_another_entity
from tests.oracle.model import Row, Value, Window, World, Write


@dataclass(frozen=True)
class Entity:
    """One thing of one customer with its writes in order of time, folded.

    `row` is its own row in the new database; `is_reused` says that its id now names another thing,
    which came later. `net` is created, updated, deleted or cancelled. `updates` are those that
    count: since the last deletion, where there was one (one that was seen before the creation has
    a wrong clock). `is_recreated`: created after a delete. `changes` are what a row that is there
    must have: the updates and, over a row from before, the second creation.
    """

    customer_id: str
    kind: str
    entity_id: str
    writes: tuple[Write, ...]
    row: Row | None
    is_reused: bool
    net: str
    fields: dict[str, Value]
    updates: tuple[Write, ...]
    changes: tuple[Write, ...]
    is_recreated: bool
    decisive: Write

    @property
    def last_change(self) -> Write:
        """What a row that is there is held against."""
        return self.updates[-1] if self.updates else self.decisive

    @property
    def net_action(self) -> str:
        """As a finding calls it: what was created and deleted was, in the end, deleted."""
        return "deleted" if self.net == "cancelled" else self.net


def entities(world: World, writes: Iterable[Write]) -> list[Entity]:
    """ "Per customer, kind and entity id"; of an id that was issued twice, two."""
    groups: dict[tuple[str, str, str], list[Write]] = {}
    for write in writes:
        if write.customer_id is not None and write.entity_id is not None:
            key = (write.customer_id, write.kind, write.entity_id)
            groups.setdefault(key, []).append(write)
    return [
        fold(key, part, row=row, is_reused=is_reused, window=world.window)
        for key, group in sorted(groups.items())
        for part, row, is_reused in _by_owner_of_the_id(world, key, group)
    ]


def _by_owner_of_the_id(
    world: World, key: tuple[str, str, str], group: Sequence[Write]
) -> list[tuple[list[Write], Row | None, bool]]:
    """ "The first one is judged as missing, evidence from the row's `created_at` on belongs to the
    other." Where the row is another customer's, none of this customer's evidence can be about it.
    """
    customer_id, kind, entity_id = key
    row = world.row(kind, entity_id)
    mine = row if row is not None and row.customer_id == customer_id else None
    owners = world.owners_of_id(kind, entity_id)
    own = [row for row in owners if row.customer_id == customer_id]

    def is_early(write: Write, than: Sequence[Row]) -> bool:
        return any(is_another_entity(row, write, world.window) for row in than)

    if not own:
        return [(list(group), None, any(is_early(write, owners) for write in group))]
    early = [write for write in group if is_early(write, own)]
    late = [write for write in group if not is_early(write, own)]
    return [part for part in ((early, None, True), (late, mine, False)) if part[0]]


def fold(
    key: tuple[str, str, str],
    writes: Iterable[Write],
    *,
    row: Row | None,
    is_reused: bool,
    window: Window,
) -> Entity:
    """ "A create makes it created; updates merge their fields, the later one wins; a delete makes
    it deleted, or cancelled where the window also created it; a create after a delete makes it
    created again."
    """
    in_order = sorted(writes, key=Write.order)
    deletes = [write for write in in_order if write.action == "delete"]
    state = in_order[in_order.index(deletes[-1]) + 1 :] if deletes else in_order
    creates = [write for write in state if write.action == "create"]
    updates = [write for write in state if write.action == "update"]
    if creates:
        net, decisive = "created", creates[0]
    elif deletes:
        net, decisive = _deleted(in_order, window), deletes[-1]
    else:
        net, decisive = "updated", updates[-1]
    return Entity(
        *key,
        writes=tuple(in_order),
        row=row,
        is_reused=is_reused,
        net=net,
        fields=_merged(state),
        updates=tuple(updates),
        changes=tuple(state if deletes else updates),
        is_recreated=bool(creates and deletes),
        decisive=decisive,
    )


def _deleted(writes: Sequence[Write], window: Window) -> str:
    """ "Cancelled where the window also created it": what was deleted first, was there before."""
    first = next(write for write in writes if write.action != "update")
    is_new = first.action == "create" and first.at >= window.snapshot_at
    return "cancelled" if is_new else "deleted"


def _merged(writes: Iterable[Write]) -> dict[str, Value]:
    """The last value of each field; it only addresses the entity where no write says more."""
    merged: dict[str, Value] = {}
    for write in writes:
        for name, given in write.fields.items():
            only_path = given.from_path and (name not in merged or merged[name].from_path)
            merged[name] = Value(given.value, only_path)
    return merged
