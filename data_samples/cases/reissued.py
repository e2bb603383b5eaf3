"""Ids issued twice: the new site counts on from the snapshot, so a lost id goes to another."""

from dataclasses import replace
from datetime import timedelta

from data_samples.cases.registry import case
from data_samples.proxies import PROXY_A
from data_samples.scene import Scene
from data_samples.schema import AVAILABILITY_RULE, CREATABLE, ONLINE_SERVICE, PERSON, UPDATE
from data_samples.timeline import Zone


@case(*CREATABLE)
def id_reused_by_another_customer(scene: Scene) -> None:
    """The lost entity's id went to a thing of another customer's."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing))
    others = replace(scene.thing(customer=scene.neighbour), id=thing.id)
    scene.row(others, created=scene.world.afterwards())
    scene.expect(thing, "lost", reason="id_reused")


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def id_reused_with_evidence(scene: Scene) -> None:
    """The other customer's thing has a line of its own: that is another entity."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing))
    others = replace(scene.thing(customer=scene.neighbour), id=thing.id)
    write = scene.write(others, at=scene.moment(Zone.AFTER_LIVE))
    scene.came_over(write)
    scene.line(write, PROXY_A)
    scene.expect(thing, "lost", reason="id_reused")
    scene.expect(others, "consistent")


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def id_reused_by_same_customer(scene: Scene) -> None:
    """The lost entity's id went to another thing of the same customer's."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing))
    scene.row(replace(scene.thing(), id=thing.id), created=scene.world.afterwards())
    scene.expect(thing, "lost", reason="id_reused")


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def id_reused_with_update(scene: Scene) -> None:
    """Both of the lost entity's writes are from before the other row: both are its own."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing, at=scene.moment(Zone.EARLY)))
    scene.witnessed(scene.write(thing, UPDATE, scene.moment(Zone.LATER)))
    others = replace(scene.thing(customer=scene.neighbour), id=thing.id)
    scene.row(others, created=scene.world.afterwards())
    scene.expect(thing, "lost", reason="id_reused")


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def id_reused_by_the_same_thing(scene: Scene) -> None:
    """By chance the thing that was created again by hand got the lost one's id."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing))
    scene.row(thing, created=scene.world.afterwards())
    scene.expect(thing, "restored", reason="id_reused", matched=thing.id, also_reasons=("",))


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def id_reused_by_same_customer_with_evidence(scene: Scene) -> None:
    """One id, one customer, two things: what is from the row's time on belongs to the row."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing))
    scene.expect(thing, "lost", reason="id_reused")
    second = replace(scene.thing(), id=thing.id)
    write = scene.write(second, at=scene.moment(Zone.AFTER_LIVE))
    # A proxy logs a request when it is done, the database has the row before that.
    scene.row(second, created=write.at - timedelta(seconds=3))
    line = scene.line(write, PROXY_A)
    scene.expect_row(second, line)


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def id_reused_before_snapshot(scene: Scene) -> None:
    """Missing though written before the snapshot, and its id is reused: the latter is said."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing, at=scene.moment(Zone.BEFORE_SNAPSHOT)))
    others = replace(scene.thing(customer=scene.neighbour), id=thing.id)
    scene.row(others, created=scene.world.afterwards())
    scene.expect(thing, "lost", reason="id_reused")
