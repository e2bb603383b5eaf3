"""Deletes: what is back, what is wanted gone, and what was gone anyway."""

from datetime import timedelta

from data_samples.cases.registry import case
from data_samples.proxies import PROXY_A
from data_samples.scene import Scene
from data_samples.schema import (
    AVAILABILITY_RULE,
    DELETABLE,
    DELETE,
    ONLINE_SERVICE,
    PERSON,
    UPDATE,
)
from data_samples.timeline import Zone


@case(*DELETABLE)
def resurrected(scene: Scene) -> None:
    """Deleted in the window, and the row is back."""
    thing = scene.existing()
    scene.witnessed(scene.write(thing, DELETE))
    scene.expect(thing, "resurrected")


@case(*DELETABLE)
def resurrected_by_line_only(scene: Scene) -> None:
    """The line alone says what was deleted."""
    thing = scene.existing()
    scene.line(scene.write(thing, DELETE))
    scene.expect(thing, "resurrected")


@case(*DELETABLE)
def resurrected_and_touched(scene: Scene) -> None:
    """Someone has worked with the row since: perhaps it is wanted again."""
    thing = scene.thing()
    scene.row(thing, created=scene.world.long_ago(), updated=scene.world.afterwards())
    scene.witnessed(scene.write(thing, DELETE))
    scene.expect(thing, "review", also_reasons=("changed_since",))


@case(*DELETABLE)
def resurrected_after_update(scene: Scene) -> None:
    """First changed and then deleted: the delete is what counts."""
    thing = scene.existing()
    changed = scene.write(thing, UPDATE, scene.moment(Zone.EARLY))
    scene.witnessed(changed)
    scene.witnessed(scene.write(thing, DELETE, changed.at + timedelta(minutes=9)))
    scene.expect(thing, "resurrected")


@case(*DELETABLE)
def deleted_again(scene: Scene) -> None:
    """The customer has deleted it again on the new site already."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing, DELETE))
    scene.expect(thing, "consistent")


@case(*DELETABLE)
def deleted_before_snapshot(scene: Scene) -> None:
    """Deleted before the copy was made, and gone."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing, DELETE, scene.moment(Zone.BEFORE_SNAPSHOT)))
    scene.expect(thing, "consistent")


@case(*DELETABLE)
def deleted_after_live(scene: Scene) -> None:
    """Deleted on the new site, and gone."""
    thing = scene.thing()
    scene.line(scene.write(thing, DELETE, scene.moment(Zone.AFTER_LIVE)))
    scene.expect(thing, "consistent")


@case(*DELETABLE)
def cancelled(scene: Scene) -> None:
    """Created and deleted in the window: nobody wants it back."""
    thing = scene.thing()
    created = scene.write(thing)
    scene.witnessed(created)
    scene.witnessed(scene.write(thing, DELETE, created.at + timedelta(minutes=4)))
    scene.expect(thing, "cancelled")


@case(*DELETABLE)
def cancelled_by_lines_only(scene: Scene) -> None:
    """The create's Location and the delete's path name the same entity."""
    thing = scene.thing()
    created = scene.write(thing)
    scene.line(created, PROXY_A)
    scene.line(scene.write(thing, DELETE, created.at + timedelta(minutes=4)))
    scene.expect(thing, "cancelled")


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def deleted_and_created_again(scene: Scene) -> None:
    """Deleted and created again under its id and with its values: the old row says the same."""
    thing = scene.existing()
    deleted = scene.write(thing, DELETE)
    scene.witnessed(deleted)
    scene.witnessed(scene.write(thing, at=deleted.at + timedelta(minutes=5)))
    scene.expect(thing, "consistent")


@case(*DELETABLE)
def deleted_again_through_the_proxy(scene: Scene) -> None:
    """Deleted in the window, back, and deleted again on the new site."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing, DELETE))
    scene.line(scene.write(thing, DELETE, scene.moment(Zone.AFTER_LIVE)))
    scene.expect(thing, "consistent")
