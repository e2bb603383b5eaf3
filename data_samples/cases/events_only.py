"""Writes that no line bears out: what they mean depends on whether the logs cover the moment."""

from dataclasses import replace
from datetime import timedelta

from data_samples.cases.registry import case
from data_samples.proxies import PROXY_A
from data_samples.scene import Scene
from data_samples.schema import (
    AVAILABILITY_RULE,
    CREATABLE,
    DELETABLE,
    DELETE,
    KINDS,
    ONLINE_SERVICE,
    PERSON,
    PROVISIONING,
    UPDATE,
)
from data_samples.timeline import MARGIN, SNAPSHOT, Zone


@case(*CREATABLE, lonely=True)
def event_only_create(scene: Scene) -> None:
    """The logs cover the moment and show nothing: unconfirmed."""
    thing = scene.thing()
    scene.event(scene.write(thing))
    scene.expect(thing, "unconfirmed")


@case(*KINDS)
def event_only_update(scene: Scene) -> None:
    """An update that no log shows although they cover the moment, and that is not in the row."""
    thing = scene.existing()
    scene.event(scene.write(thing, UPDATE))
    scene.expect(thing, "unconfirmed")


@case(*DELETABLE)
def event_only_delete(scene: Scene) -> None:
    """A delete that no log shows although they cover the moment; the row is there."""
    thing = scene.existing()
    scene.event(scene.write(thing, DELETE))
    scene.expect(thing, "unconfirmed")


@case(*CREATABLE, lonely=True)
def gap_create(scene: Scene) -> None:
    """In the accepted gap the event is taken at its word."""
    thing = scene.thing()
    scene.event(scene.write(thing, at=scene.moment(Zone.ACCEPTED_GAP)))
    scene.expect(thing, "lost")


@case(*KINDS)
def gap_update(scene: Scene) -> None:
    """In the accepted gap the event is taken at its word; the row is older."""
    thing = scene.existing()
    scene.event(scene.write(thing, UPDATE, scene.moment(Zone.ACCEPTED_GAP)))
    scene.expect(thing, "stale")


@case(*DELETABLE)
def gap_delete(scene: Scene) -> None:
    """In the accepted gap the event is taken at its word; the row is back."""
    thing = scene.existing()
    scene.event(scene.write(thing, DELETE, scene.moment(Zone.ACCEPTED_GAP)))
    scene.expect(thing, "resurrected")


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE, lonely=True)
def gap_create_restored(scene: Scene) -> None:
    """Known only from an event in the accepted gap, and created again by hand."""
    thing = scene.thing()
    scene.event(scene.write(thing, at=scene.moment(Zone.ACCEPTED_GAP)))
    scene.expect(thing, "restored", matched=scene.row_on_new_site(thing))


@case(PERSON, ONLINE_SERVICE)
def gap_update_changed_since(scene: Scene) -> None:
    """In the accepted gap; the row was touched on the next day, perhaps in another field."""
    thing = scene.thing()
    scene.row(thing, created=scene.world.long_ago(), updated=scene.world.afterwards())
    scene.event(scene.write(thing, UPDATE, scene.moment(Zone.ACCEPTED_GAP)))
    scene.expect(thing, "review", reason="changed_since")


@case(PERSON, ONLINE_SERVICE)
def gap_beside_a_line(scene: Scene) -> None:
    """The create has a line, the update lies in the gap: one line makes the loss confirmed."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing, at=scene.moment(Zone.EARLY)))
    scene.event(scene.write(thing, UPDATE, scene.moment(Zone.ACCEPTED_GAP)))
    scene.expect(thing, "lost")


@case(*CREATABLE, lonely=True)
def event_only_in_database(scene: Scene) -> None:
    """Only an event, but the row is there: nothing is wrong."""
    thing = scene.thing()
    write = scene.write(thing, at=scene.moment(Zone.AFTER_LIVE))
    scene.came_over(write)
    scene.event(write)
    scene.expect(thing, "consistent")


@case(PERSON, ONLINE_SERVICE, PROVISIONING, lonely=True)
def event_of_failed_request(scene: Scene) -> None:
    """The app recorded what the server refused: the line is no write, so nothing bears it out."""
    thing = scene.thing()
    write = scene.write(thing)
    scene.line(write, status=scene.rng.choice((409, 500, 504)), location=False)
    scene.event(write)
    scene.expect(thing, "unconfirmed")


@case(*DELETABLE, lonely=True)
def event_only_cancelled(scene: Scene) -> None:
    """Created and deleted again is cancelled, whoever witnessed it."""
    thing = scene.thing()
    created = scene.write(thing)
    scene.event(created)
    scene.event(scene.write(thing, DELETE, created.at + timedelta(minutes=3)))
    scene.expect(thing, "cancelled")


@case(PERSON, ONLINE_SERVICE)
def line_created_event_deleted(scene: Scene) -> None:
    """A line shows the create, only an event the delete: cancelled all the same."""
    thing = scene.thing()
    created = scene.write(thing)
    scene.line(created, PROXY_A)
    scene.event(scene.write(thing, DELETE, created.at + timedelta(minutes=3)))
    scene.expect(thing, "cancelled")


@case(PERSON, ONLINE_SERVICE, lonely=True)
def event_only_row_within_clock_skew(scene: Scene) -> None:
    """Only a client's clock gives the time, and a row minutes later may well be the one."""
    thing = scene.thing(device=scene.world.phone())
    write = scene.write(thing, at=scene.moment(Zone.AFTER_LIVE))
    scene.row(thing, created=write.at + timedelta(minutes=3))
    scene.event(write, request_id=False)
    scene.expect(thing, "consistent")


@case(PERSON, ONLINE_SERVICE, lonely=True)
def gap_id_reused(scene: Scene) -> None:
    """Known only from an event in the accepted gap, and its id is another customer's now."""
    thing = scene.thing()
    scene.event(scene.write(thing, at=scene.moment(Zone.ACCEPTED_GAP)))
    others = replace(scene.thing(customer=scene.neighbour), id=thing.id)
    scene.row(others, created=scene.world.afterwards())
    scene.expect(thing, "lost", reason="id_reused")


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE, lonely=True)
def near_gap_create(scene: Scene) -> None:
    """Minutes beside the accepted gap: by a clock that may be off it lies in it."""
    for zone in (Zone.BEFORE_ACCEPTED_GAP, Zone.AFTER_ACCEPTED_GAP):
        thing = scene.thing()
        scene.event(scene.write(thing, at=scene.moment(zone)))
        scene.expect(thing, "lost")


@case(PERSON, ONLINE_SERVICE)
def event_at_the_margins_edge(scene: Scene) -> None:
    """Just outside the margin by a clock that nothing corrects: it may lie inside."""
    thing = scene.thing(device=scene.world.phone())
    write = scene.write(thing, DELETE, SNAPSHOT - MARGIN - timedelta(minutes=3))
    scene.event(write, request_id=False)
    scene.expect(thing, "consistent")
