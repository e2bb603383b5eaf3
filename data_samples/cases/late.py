"""What the late batch changes: a proxy's missing file, and phones that were offline."""

from dataclasses import replace
from datetime import timedelta

from data_samples import things
from data_samples.cases.registry import case
from data_samples.model import PHONES_FILE, Opinion
from data_samples.proxies import EDGE, PROXY_A, PROXY_B
from data_samples.scene import Scene
from data_samples.schema import (
    AVAILABILITY,
    AVAILABILITY_RULE,
    CREATABLE,
    DELETE,
    FEEDBACK,
    KINDS,
    ONLINE_SERVICE,
    PERSON,
    UPDATE,
)
from data_samples.timeline import LATE_FILE, LATE_GAP, Zone

_PROBABLY_LOST = Opinion("lost", "probable")
_LOST = Opinion("lost", "confirmed")
_UNIDENTIFIED = Opinion("unidentified", "confirmed")


@case(*CREATABLE, lonely=True)
def late_line_confirms(scene: Scene) -> None:
    """Only an event, in a gap, until the late log shows the line."""
    thing = scene.thing()
    write = scene.write(thing, at=scene.moment(Zone.LATE_GAP))
    scene.line(write, PROXY_B, late=True)
    scene.event(write)
    scene.expect(thing, "lost", first=_PROBABLY_LOST)


@case(*KINDS)
def late_line_confirms_update(scene: Scene) -> None:
    """An update in the gap, borne out by the late log."""
    thing = scene.existing()
    write = scene.write(thing, UPDATE, scene.moment(Zone.LATE_GAP))
    scene.line(write, PROXY_B, late=True)
    scene.event(write)
    scene.expect(thing, "stale", first=Opinion("stale", "probable"))


@case(*CREATABLE, lonely=True)
def late_log_shows_nothing(scene: Scene) -> None:
    """Taken at its word while the log was missing; now the log is there and does not show it."""
    thing = scene.thing()
    scene.event(scene.write(thing, at=scene.moment(Zone.LATE_GAP)))
    scene.expect(thing, "unconfirmed", first=_PROBABLY_LOST)


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE, lonely=True)
def late_line_unidentified(scene: Scene) -> None:
    """The late log shows a create of which nothing else is known."""
    line = scene.line(
        scene.write(scene.thing(), at=scene.moment(Zone.LATE_GAP)), PROXY_B, late=True
    )
    scene.expect_line(line, final=_UNIDENTIFIED, first=None)


@case(*KINDS)
def late_line_finds_update(scene: Scene) -> None:
    """The late log shows an update that nobody knew of."""
    thing = scene.existing()
    scene.line(scene.write(thing, UPDATE, scene.moment(Zone.LATE_GAP)), PROXY_B, late=True)
    scene.expect(thing, "stale", first=None)


@case(*CREATABLE, lonely=True)
def late_event_identifies(scene: Scene) -> None:
    """A line that says nothing of its entity, until a phone delivers its event."""
    thing = scene.thing()
    write = scene.write(thing)
    line = scene.line(write, EDGE)
    scene.event(write, late=True)
    scene.expect(thing, "lost", first=None)
    scene.expect_line(line, final=None, first=_UNIDENTIFIED)


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def late_event_cancels(scene: Scene) -> None:
    """Lost as it seemed; the late event says that it was deleted again: to be withdrawn."""
    thing = scene.thing()
    created = scene.write(thing)
    scene.witnessed(created)
    scene.event(scene.write(thing, DELETE, created.at + timedelta(minutes=3)), late=True)
    scene.expect(thing, "cancelled", first=_LOST)


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def late_event_updates(scene: Scene) -> None:
    """Lost before and after, but with other values."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing, at=scene.moment(Zone.EARLY)))
    scene.event(scene.write(thing, UPDATE, scene.moment(Zone.LATER)), late=True)
    scene.expect(thing, "lost")


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE, AVAILABILITY)
def late_event_shows_equal_fields(scene: Scene) -> None:
    """Stale while nothing was known of the values; the late event says the row's own."""
    thing = scene.existing()
    same = {name: thing.values[name] for name in things.changed(thing, scene.world)}
    write = scene.write(thing, UPDATE, fields=same)
    scene.line(write)
    scene.event(write, late=True)
    scene.expect(thing, "consistent", first=Opinion("stale", "confirmed"))


@case(ONLINE_SERVICE, FEEDBACK)
def late_event_only(scene: Scene) -> None:
    """Known by nothing but a late event, in covered time."""
    thing = scene.existing()
    scene.event(scene.write(thing, UPDATE), late=True)
    scene.expect(thing, "unconfirmed", first=None)


@case(PERSON, ONLINE_SERVICE, lonely=True)
def late_clock_correction(scene: Scene) -> None:
    """Left over with a wrong clock, until late events of the device tell how wrong it is."""
    device = scene.world.phone(timedelta(minutes=scene.rng.choice((-16, 14))))
    start = scene.moment(Zone.EARLY) + timedelta(minutes=15)
    for index in range(3):
        thing = scene.thing(device=device)
        write = scene.write(thing, at=start + timedelta(seconds=20 * index))
        scene.line(write, PROXY_A)
        scene.event(write, late=True)
        scene.expect(thing, "lost")
    thing = scene.thing(device=device)
    write = scene.write(thing, at=start + timedelta(minutes=1, seconds=30))
    scene.line(write, PROXY_B)
    scene.event(write, request_id=False)
    scene.expect(thing, "lost", first=_PROBABLY_LOST)


@case(PERSON, ONLINE_SERVICE)
def late_tail_of_growing_file(scene: Scene) -> None:
    """The file was still growing: what it shows of the new site comes with the late batch."""
    missing, there = scene.thing(), scene.thing()
    for thing in (missing, there):
        write = scene.write(thing, at=scene.moment(Zone.GROWN))
        scene.line(write, PROXY_A, late=True)
        if thing is there:
            scene.came_over(write)
    scene.expect(missing, "lost", reason="after_live", first=None)
    scene.expect(there, "consistent", first=None)


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def late_file_repeats_a_line(scene: Scene) -> None:
    """The late file begins before the gap and ends after it: what it repeats is no second write."""
    for start in (LATE_FILE.start, LATE_GAP.end):
        thing = scene.existing()
        moment = start + timedelta(seconds=scene.rng.randrange(20, 280))
        scene.line(scene.write(thing, UPDATE, moment), PROXY_B)
        scene.expect(thing, "stale")


@case(PERSON, ONLINE_SERVICE, lonely=True)
def late_file_repeats_a_nameless_line(scene: Scene) -> None:
    """The same for a line without any id: one request, one finding, in both batches."""
    moment = LATE_FILE.start + timedelta(seconds=scene.rng.randrange(20, 280))
    line = scene.line(scene.write(scene.thing(), at=moment), PROXY_B)
    scene.expect_line(line, final=_UNIDENTIFIED)


@case(PERSON, ONLINE_SERVICE)
def late_event_delivered_before(scene: Scene) -> None:
    """A phone delivers once more, late, what it had delivered on time."""
    thing = scene.thing()
    write = scene.write(thing)
    scene.line(write)
    event = scene.event(write, file=PHONES_FILE)
    scene.repeat(replace(event, late=True))
    scene.expect(thing, "lost")
