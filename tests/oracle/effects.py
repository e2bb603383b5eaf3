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
    count: since the last creation, where there was one. `is_recreated`: created after a delete.
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
    is_recreated: bool
    decisive: Write

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
    if row is None:
        return [(list(group), None, False)]
    early = [write for write in group if is_another_entity(row, write, world.window)]
    late = [write for write in group if not is_another_entity(row, write, world.window)]
    if row.customer_id != customer_id:
        return [(list(group), None, bool(early))]
    return [part for part in ((early, None, True), (late, row, False)) if part[0]]


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
    net = ""
    fields: dict[str, Value] = {}
    updates: list[Write] = []
    is_recreated = False
    was_created_in_window = False
    decisive = in_order[0]
    for write in in_order:
        if write.action == "create":
            was_created_in_window |= window.holds(write.at)
            if net in {"deleted", "cancelled"}:
                fields, is_recreated = {}, True
            # "The same write witnessed twice counts once": a second witness only adds.
            fields = {**write.fields, **fields} if net == "created" else {**fields, **write.fields}
            if net != "created":
                updates, decisive = [], write
            net = "created"
        elif write.action == "delete":
            net = "cancelled" if was_created_in_window else "deleted"
            decisive = write
        elif net not in {"deleted", "cancelled"}:
            fields = {**fields, **write.fields}
            updates.append(write)
            if net != "created":
                net, decisive = "updated", write
    return Entity(
        *key,
        writes=tuple(in_order),
        row=row,
        is_reused=is_reused,
        net=net,
        fields=fields,
        updates=tuple(updates),
        is_recreated=is_recreated,
        decisive=decisive,
    )
