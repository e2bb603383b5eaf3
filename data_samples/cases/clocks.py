"""Devices whose clocks are wrong, by minutes or by hours."""

from dataclasses import replace
from datetime import timedelta

from data_samples.cases.registry import case
from data_samples.model import Device, Tally
from data_samples.proxies import PROXY_B
from data_samples.scene import Scene
from data_samples.schema import (
    AVAILABILITY_RULE,
    CREATABLE,
    DELETE,
    ONLINE_SERVICE,
    PERSON,
    PROVISIONING,
    UPDATE,
)
from data_samples.timeline import Zone


@case(*CREATABLE, lonely=True)
def clock_wrong_and_left_over(scene: Scene) -> None:
    """The clock is off by more than the skew and nothing corrects it: left over, but a pair."""
    thing = scene.thing()
    # Far enough from the snapshot that the wrong time, too, lies in the window.
    write = scene.write(thing, at=scene.moment(Zone.EARLY) + timedelta(minutes=20))
    off = timedelta(minutes=scene.rng.choice((-17, -9, 9, 23)))
    scene.line(write, PROXY_B)
    # No device is named: another case's corrected clock must not serve here.
    scene.event(write, request_id=False, device=False, clock=off)
    scene.expect(thing, "lost", confidence="probable")


@case(PERSON, ONLINE_SERVICE, PROVISIONING, AVAILABILITY_RULE, lonely=True)
def clock_corrected(scene: Scene) -> None:
    """Three pairs by request id tell how wrong the clock is; then the time joins a fourth."""
    device = scene.world.phone(timedelta(minutes=scene.rng.choice((-19, -12, 11, 26))))
    start = scene.moment(Zone.EARLY) + timedelta(minutes=10)
    for index in range(3):
        thing = scene.thing(device=device)
        write = scene.write(thing, at=start + timedelta(minutes=index))
        scene.line(write, location=False)
        scene.event(write)
        scene.expect(thing, "lost")
    thing = scene.thing(device=device)
    write = scene.write(thing, at=start + timedelta(minutes=4, seconds=scene.rng.randrange(60)))
    scene.line(write, PROXY_B)
    scene.event(write, request_id=False)
    scene.expect(thing, "lost")


@case(PERSON, ONLINE_SERVICE)
def clock_hours_wrong(scene: Scene) -> None:
    """By its own clock the event lies outside the margin, by the corrected one in the window."""
    device = scene.world.phone(timedelta(hours=scene.rng.choice((-9, 7))))
    _known_clock(scene, device)


@case(ONLINE_SERVICE)
def clock_moves_event_outside(scene: Scene) -> None:
    """By its own clock the event lies in the window, by the corrected one hours before it."""
    device = scene.world.phone(timedelta(hours=3))
    _known_clock(scene, device)
    earlier = scene.write(scene.thing(device=device), at=scene.moment(Zone.EARLY))
    scene.event(replace(earlier, at=earlier.at - timedelta(hours=3)), request_id=False)
    scene.count(Tally(outside_events=1))


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE, lonely=True)
def closest_pairs_first(scene: Scene) -> None:
    """Two lines and two events without ids: the closest pair is one, the rest is the other."""
    early, late = scene.thing(), scene.thing()
    first = scene.write(early)
    second = scene.write(late, at=first.at + timedelta(seconds=100))
    scene.line(first, PROXY_B)
    scene.line(second, PROXY_B)
    # In the order of their times, the events would be taken for each other's.
    scene.event(first, request_id=False, device=False, clock=timedelta(seconds=200))
    scene.event(second, request_id=False, device=False, clock=timedelta(seconds=-10))
    scene.expect(early, "lost")
    scene.expect(late, "lost")


@case(PERSON, ONLINE_SERVICE)
def clock_decides_order_of_updates(scene: Scene) -> None:
    """By the phone's own clock its change came last; by the corrected one it came first."""
    phone = scene.world.phone(timedelta(minutes=26))
    _known_clock(scene, phone)
    thing = scene.thing()
    created = scene.write(thing, at=scene.moment(Zone.EARLY))
    scene.witnessed(created)
    by_phone = scene.write(replace(thing, device=phone), UPDATE, created.at + timedelta(minutes=2))
    scene.event(by_phone, request_id=False)
    scene.witnessed(scene.write(thing, UPDATE, created.at + timedelta(minutes=9)))
    scene.expect(thing, "lost")


@case(PERSON, ONLINE_SERVICE)
def clock_decides_order_of_delete(scene: Scene) -> None:
    """By the phone's own clock the delete came before the create; it came after it."""
    phone = scene.world.phone(timedelta(minutes=-21))
    _known_clock(scene, phone)
    thing = scene.thing()
    created = scene.write(thing, at=scene.moment(Zone.EARLY))
    scene.witnessed(created)
    deleted = scene.write(replace(thing, device=phone), DELETE, created.at + timedelta(minutes=6))
    scene.event(deleted, request_id=False)
    scene.expect(thing, "cancelled")


def _known_clock(scene: Scene, device: Device) -> None:
    for _ in range(3):
        thing = scene.thing(device=device)
        write = scene.write(thing)
        scene.line(write, location=False)
        scene.event(write)
        scene.expect(thing, "lost")
