"""Small, nasty migrations from a seed: few ids, few people, times on every edge.

First what was done (`Deed`s, in order of time), then what the new database has of it, then who
bore witness. Truth is bent here and there, as hostile or broken input would bend it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from tests.oracle.drawing import at
from tests.oracle.model import DEEP, Gap, Window, World
from tests.oracle.worlds_data import (
    DEVICES_OF,
    KINDS,
    changed,
    data_of,
)
from tests.oracle.worlds_deeds import SECOND, Deed, any_id, moment, owner_of
from tests.oracle.worlds_people import crew
from tests.oracle.worlds_rows import rows_of
from tests.oracle.worlds_witnesses import witnesses_of

# Worlds of one night have one window and one coverage, so that they can be judged together.
WORLDS_A_NIGHT = 25


def random_world(seed: int) -> World:
    """One migration, always the same for one seed."""
    night = Random(seed // WORLDS_A_NIGHT)
    window = Window(at("20:00"), at("23:18"), timedelta(minutes=night.choice((0, 0, 0, 10))))
    moments = _moments(night, window)
    gaps = tuple(_gaps(night, window, moments))
    rng = Random(f"world {seed}")
    customers = ("A", "B", "C")[: rng.choice((2, 2, 3))]
    done = [*_deeds(rng, window, moments, customers), *_newcomers(rng, moments, customers)]
    deeds = sorted(done, key=lambda deed: deed.at)
    rows = rows_of(rng, window, moments, customers, deeds)
    lines, events = witnesses_of(rng, window, deeds)
    return World(
        window=window,
        lines=tuple(lines),
        events=tuple(events),
        rows=tuple(sorted(rows, key=lambda row: (row.kind, row.id))),
        gaps=gaps,
        new_upstreams={"proxy-a": ("10.9.*",), "proxy-b": ("10.9.*", "new-?")},
        new_sources=frozenset({"proxy-new"}),
        catalogue=DEEP,
    )


def _moments(rng: Random, window: Window) -> list[datetime]:
    """The edges, and a few moments in between where much happens."""
    inside = int((window.live_at - window.snapshot_at) / SECOND)
    busy = [window.snapshot_at + rng.randrange(inside) * SECOND for _ in range(3)]
    edges = (
        window.snapshot_at,
        window.live_at,
        window.live_at - window.live_at_uncertainty,
        window.live_at + window.live_at_uncertainty,
        window.live_at + timedelta(minutes=12),
        window.live_at + window.margin - timedelta(minutes=6),
        window.live_at + window.margin,
    )
    return [*busy, *busy, *busy, *rng.sample(edges, k=3), window.snapshot_at - window.margin]


def _deeds(
    rng: Random, window: Window, moments: list[datetime], customers: tuple[str, ...]
) -> Iterator[Deed]:
    alive: list[Deed] = []
    for _ in range(rng.randint(3, 25)):
        deed = _deed(rng, window, moments, customers)
        if alive and rng.random() < 0.45:
            deed = _follow_up(rng, window, rng.choice(alive), moments)
        alive.append(deed)
        yield deed
        if deed.action == "create" and rng.random() < 0.12:
            retried_at = deed.at + rng.choice((0, 20, 60, 61)) * SECOND
            retry = replace(deed, at=retried_at, entity_id=any_id(rng, deed.kind))
            alive.append(retry)
            yield retry


def _newcomers(rng: Random, moments: list[datetime], customers: tuple[str, ...]) -> Iterator[Deed]:
    """Persons of one customer, put into the address book on the same evening, and lost."""
    if rng.random() < 0.35:
        return
    customer, somebody = rng.choice(customers), crew(rng)
    for number in range(rng.randint(3, 9)):
        deed = Deed(
            at=moment(rng, moments),
            customer_id=customer,
            kind="person",
            action="create",
            entity_id=f"P1{number}",
            data=somebody(),
            device_id=None,
            on_new_site=False,
            is_kept=False,
            is_newcomer=True,
        )
        yield deed
        if rng.random() < 0.1:
            yield replace(deed, at=deed.at + 20 * SECOND, entity_id=f"P2{number}")


def _deed(rng: Random, window: Window, moments: list[datetime], customers: tuple[str, ...]) -> Deed:
    kind = rng.choices(tuple(KINDS), tuple(KINDS.values()))[0]
    action = "update" if kind == "availability" else rng.choices(*ACTIONS)[0]
    if kind == "feedback" and action == "delete":
        action = "create"
    entity_id = any_id(rng, kind)
    customer = owner_of(rng, customers, entity_id)
    when = moment(rng, moments)
    return _placed(
        rng,
        window,
        Deed(
            at=when,
            customer_id=customer,
            kind=kind,
            action=action,
            entity_id=entity_id,
            data=data_of(rng, kind),
            device_id=rng.choice((None, *DEVICES_OF[customer])),
            on_new_site=False,
            is_kept=False,
        ),
    )


def _follow_up(rng: Random, window: Window, deed: Deed, moments: list[datetime]) -> Deed:
    """Something done to the same thing soon after, or at any time."""
    soon = deed.at + rng.choice((0, 1, 5, 30, 60, 301, 900)) * SECOND
    when = soon if rng.random() < 0.6 else moment(rng, moments)
    actions = {"availability": ("update",), "feedback": ("create", "update")}
    action = rng.choice(actions.get(deed.kind, ("create", "update", "update", "delete")))
    data = changed(rng, deed.data) if action == "update" else deed.data
    return _placed(rng, window, replace(deed, at=when, action=action, data=data))


ACTIONS = (("create", "update", "delete"), (5, 3, 2))


def _placed(rng: Random, window: Window, deed: Deed) -> Deed:
    """On which site it was done, and whether the new database has it."""
    reach = window.live_at_uncertainty
    is_late = deed.at >= window.live_at + reach or (
        deed.at >= window.live_at - reach and rng.random() < 0.5
    )
    on_new_site = is_late or rng.random() < 0.04
    is_kept = deed.at < window.snapshot_at or on_new_site
    if rng.random() < 0.12:
        is_kept = not is_kept
    return replace(deed, on_new_site=on_new_site, is_kept=is_kept)


def _gaps(rng: Random, window: Window, moments: list[datetime]) -> Iterator[Gap]:
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        begin = min(max(moment(rng, moments), window.snapshot_at), window.live_at - 200 * SECOND)
        end = min(begin + rng.choice((130, 300, 600)) * SECOND, window.live_at)
        source = rng.choice(("proxy-a", "proxy-b"))
        yield Gap(source, begin, end, accepted=rng.random() < 0.3)
