"""Updates: whether the row has them, lacks them, or was touched since."""

from dataclasses import replace
from datetime import timedelta

from data_samples import things
from data_samples.cases.registry import case
from data_samples.proxies import PROXY_A
from data_samples.scene import Scene
from data_samples.schema import (
    AVAILABILITY,
    AVAILABILITY_RULE,
    CREATABLE,
    KINDS,
    ONLINE_SERVICE,
    PERSON,
    PROVISIONING,
    UPDATE,
)
from data_samples.timeline import LIVE, Zone

_BUT_AVAILABILITY = tuple(kind for kind in KINDS if kind is not AVAILABILITY)


@case(*KINDS)
def stale(scene: Scene) -> None:
    """The row still holds the old values, untouched since before the snapshot."""
    thing = scene.existing()
    scene.witnessed(scene.write(thing, UPDATE))
    scene.expect(thing, "stale")


@case(*KINDS)
def stale_by_line_only(scene: Scene) -> None:
    """Nothing is known of the values, but the row is older than the write."""
    thing = scene.existing()
    scene.line(scene.write(thing, UPDATE))
    scene.expect(thing, "stale")


@case(*KINDS)
def stale_after_two_updates(scene: Scene) -> None:
    """Two updates of one entity; each event belongs to the line nearest to it."""
    thing = scene.existing()
    first = scene.write(thing, UPDATE)
    second = scene.write(thing, UPDATE, first.at + timedelta(seconds=90))
    for write in (second, first):
        scene.line(write, PROXY_A)
        scene.event(write, request_id=False)
    scene.expect(thing, "stale")


@case(PROVISIONING, AVAILABILITY)
def stale_by_device_route(scene: Scene) -> None:
    """The owner of the phone wrote by the app's own route."""
    person = scene.existing(PERSON)
    phone = scene.phone(scene.customer, person)
    thing = replace(scene.existing(person=person), device=phone)
    scene.witnessed(scene.write(thing, UPDATE, by_device=True))
    scene.expect(thing, "stale")


@case(*CREATABLE)
def stale_update_of_a_row_from_before(scene: Scene) -> None:
    """Created minutes before the snapshot and there; changed in the window and not there."""
    thing = scene.thing()
    created = scene.write(thing, at=scene.moment(Zone.BEFORE_SNAPSHOT))
    scene.witnessed(created)
    scene.came_over(created)
    scene.witnessed(scene.write(thing, UPDATE))
    scene.expect(thing, "stale")


@case(*KINDS)
def update_with_equal_fields(scene: Scene) -> None:
    """What was sent is what the row holds already."""
    # Accepting always says "accepted", so the row has to say it.
    accepted = {"state": "accepted"} if scene.kind is PROVISIONING else None
    thing = scene.thing(values=accepted)
    scene.row(thing, created=scene.world.long_ago())
    same = {name: thing.values[name] for name in things.changed(thing, scene.world)}
    write = scene.write(thing, UPDATE, fields=same)
    scene.line(write)
    scene.event(write)
    scene.expect(thing, "consistent")


@case(*KINDS)
def update_made_again_later(scene: Scene) -> None:
    """The customer has made the change again on the new site: equal in all that is known."""
    thing = scene.thing()
    write = scene.write(thing, UPDATE)
    created = scene.world.long_ago()
    scene.row(thing, created=created, updated=scene.world.afterwards(), values=write.fields)
    scene.line(write)
    scene.event(write)
    scene.expect(thing, "consistent")


@case(*_BUT_AVAILABILITY)
def update_normalised_by_server(scene: Scene) -> None:
    """The row says it otherwise, but was updated at that very moment: servers tidy up."""
    for zone in (Zone.BEFORE_SNAPSHOT, Zone.AFTER_LIVE):
        thing = scene.thing()
        write = scene.write(thing, UPDATE, scene.moment(zone))
        scene.row(
            thing,
            created=scene.world.long_ago(),
            updated=scene.soon(write.at),
            values=things.normalised(thing.kind, write.fields),
        )
        scene.line(write)
        scene.event(write)
        scene.expect(thing, "consistent")


@case(*KINDS)
def update_known_by_time_only(scene: Scene) -> None:
    """Nothing is known of the values, but the row was updated at that very moment."""
    thing = scene.thing()
    write = scene.write(thing, UPDATE, scene.moment(Zone.AFTER_LIVE))
    scene.row(thing, created=scene.world.long_ago(), updated=scene.soon(write.at))
    scene.line(write)
    scene.expect(thing, "consistent")


@case(*KINDS)
def update_changed_since(scene: Scene) -> None:
    """The row was touched on the new site, in this field or another: a human looks.

    An availability replaces the earlier one whole, so there it does not matter.
    """
    thing = scene.thing()
    scene.row(thing, created=scene.world.long_ago(), updated=scene.world.afterwards())
    write = scene.write(thing, UPDATE)
    scene.line(write)
    if scene.rng.random() < 0.7:
        scene.event(write)
    if thing.kind is AVAILABILITY:
        scene.expect(thing, "consistent")
    else:
        scene.expect(thing, "review", reason="changed_since")


@case(*KINDS)
def update_on_new_site_changed_since(scene: Scene) -> None:
    """Written on the new site and touched again there: nothing is lost."""
    thing = scene.thing()
    write = scene.write(thing, UPDATE, scene.moment(Zone.AFTER_LIVE))
    scene.row(thing, created=scene.world.long_ago(), updated=LIVE + timedelta(hours=5))
    scene.witnessed(write)
    scene.expect(thing, "consistent")


@case(*KINDS)
def update_of_missing(scene: Scene) -> None:
    """An update of something that is not there and of whose creation nothing is known."""
    thing = scene.thing()
    write = scene.write(thing, UPDATE)
    scene.line(write)
    if scene.rng.random() < 0.7:
        scene.event(write)
    scene.expect(thing, "review", reason="update_of_missing")


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def stale_before_snapshot(scene: Scene) -> None:
    """Changed minutes before the snapshot, and the row is older: the snapshot is, too."""
    thing = scene.existing()
    scene.witnessed(scene.write(thing, UPDATE, scene.moment(Zone.BEFORE_SNAPSHOT)))
    scene.expect(thing, "stale", reason="before_snapshot", also_verdicts=("lost",))


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def stale_after_live(scene: Scene) -> None:
    """Changed minutes after the move, and the row is older: something loses data now."""
    thing = scene.existing()
    scene.witnessed(scene.write(thing, UPDATE, scene.moment(Zone.AFTER_LIVE)))
    scene.expect(thing, "stale", reason="after_live", also_verdicts=("lost",))


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def update_at_the_edge_of_server_skew(scene: Scene) -> None:
    """Proxy and database differ by seconds, either way: the row's time is the write's."""
    for seconds in (-7, 7):
        thing = scene.thing()
        write = scene.write(thing, UPDATE, scene.moment(Zone.BEFORE_SNAPSHOT))
        updated = write.at + timedelta(seconds=seconds)
        scene.row(thing, created=scene.world.long_ago(), updated=updated)
        scene.line(write)
        scene.expect(thing, "consistent")


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def update_changed_before_snapshot(scene: Scene) -> None:
    """Touched again half a minute later, still before the copy: more than clocks differ by."""
    thing = scene.thing()
    write = scene.write(thing, UPDATE, scene.moment(Zone.BEFORE_SNAPSHOT))
    updated = write.at + timedelta(seconds=35)
    scene.row(thing, created=scene.world.long_ago(), updated=updated)
    scene.witnessed(write)
    scene.expect(thing, "review", reason="changed_since")


@case(*KINDS)
def updated_again_after_live(scene: Scene) -> None:
    """Changed in the window, and changed anew on the new site: what was sent last is there."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing, UPDATE))
    again = scene.write(thing, UPDATE, scene.moment(Zone.AFTER_LIVE))
    scene.row(
        thing,
        created=scene.world.long_ago(),
        updated=scene.soon(again.at),
        values=again.fields,
    )
    scene.witnessed(again)
    scene.expect(thing, "consistent")


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def update_after_an_older_change(scene: Scene) -> None:
    """The row was touched a minute before the write: more than clocks differ by, so it lacks it."""
    thing = scene.thing()
    write = scene.write(thing, UPDATE, scene.moment(Zone.BEFORE_SNAPSHOT))
    updated = write.at - timedelta(seconds=60)
    scene.row(thing, created=scene.world.long_ago(), updated=updated)
    scene.line(write)
    scene.expect(thing, "stale", reason="before_snapshot", also_verdicts=("lost",))


@case(PERSON)
def stale_over_an_empty_field(scene: Scene) -> None:
    """A number was entered where there was none, and there is none."""
    thing = scene.thing()
    scene.row(thing, created=scene.world.long_ago(), values={"mobile": None})
    scene.witnessed(scene.write(thing, UPDATE))
    scene.expect(thing, "stale")
