"""Many small worlds as one large migration, so that the core judges them at once.

It is also how customers meet in a real night: nothing of one world may show in another.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tests.oracle.model import Fields, Value, World
from tests.oracle.worlds import WORLDS_A_NIGHT, random_world

# Fields that hold an id, beside those that refer to another kind.
DEVICE = "device_id"


def nights(seeds: range) -> Iterator[list[World]]:
    """The worlds of these seeds, a night's together, each with ids of its own."""
    by_night: dict[int, list[World]] = {}
    for seed in seeds:
        by_night.setdefault(seed // WORLDS_A_NIGHT, []).append(apart(random_world(seed), seed))
    yield from by_night.values()


def together(worlds: Sequence[World]) -> World:
    """One world of all; they are of one night."""
    return replace(
        worlds[0],
        lines=tuple(line for world in worlds for line in world.lines),
        events=tuple(event for world in worlds for event in world.events),
        rows=tuple(row for world in worlds for row in world.rows),
    )


def apart(world: World, seed: int) -> World:
    """The same world with every id marked by the seed."""

    def own(id_: str | None) -> str | None:
        return id_ if id_ in {None, "-"} else f"{seed}:{id_}"

    def fields(kind: str, given: Fields) -> Fields:
        ids = _ids(world, kind)
        return {
            name: Value(own(value.value), value.from_path) if name in ids else value
            for name, value in given.items()
        }

    return replace(
        world,
        lines=tuple(
            replace(
                line,
                customer_id=own(line.customer_id),
                entity_id=own(line.entity_id),
                device_id=own(line.device_id),
                request_id=own(line.request_id),
                digest=f"{seed}:{line.digest}",
                fields=fields(line.kind, line.fields),
            )
            for line in world.lines
        ),
        events=tuple(
            replace(
                event,
                customer_id=own(event.customer_id),
                entity_id=f"{seed}:{event.entity_id}",
                device_id=own(event.device_id),
                request_id=own(event.request_id),
                event_id=f"{seed}:{event.event_id}",
                fields=fields(event.kind, event.fields),
            )
            for event in world.events
        ),
        rows=tuple(
            replace(
                row,
                id=f"{seed}:{row.id}",
                customer_id=f"{seed}:{row.customer_id}",
                fields={
                    name: own(value) if name in _ids(world, row.kind) else value
                    for name, value in row.fields.items()
                },
            )
            for row in world.rows
        ),
    )


def _ids(world: World, kind: str) -> Iterable[str]:
    return {DEVICE, *world.catalogue.kinds[kind].refers_to}
