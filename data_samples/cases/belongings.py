"""What belongs to a person: it shares the person's fate, or nobody wants it back."""

from dataclasses import replace
from datetime import timedelta

from data_samples.cases.registry import case
from data_samples.scene import Scene
from data_samples.schema import (
    AVAILABILITY,
    AVAILABILITY_RULE,
    DELETE,
    FEEDBACK,
    PERSON,
    PERSONAL,
    UPDATE,
)
from data_samples.timeline import Zone


@case(PERSON)
def lost_with_what_belongs_to_it(scene: Scene) -> None:
    """Everything of a lost person is lost, an availability of unknown creation too."""
    person = scene.thing()
    scene.witnessed(scene.write(person, at=scene.moment(Zone.EARLY)))
    scene.expect(person, "lost")
    for kind in (*PERSONAL, FEEDBACK):
        child = scene.thing(kind, person=person)
        created = scene.write(child, at=scene.moment(Zone.LATER))
        scene.witnessed(created)
        if kind is not FEEDBACK:
            scene.witnessed(scene.write(child, UPDATE, created.at + timedelta(seconds=50)))
        scene.expect(child, "lost")
    state = scene.thing(AVAILABILITY, person=person)
    scene.witnessed(scene.write(state, UPDATE, scene.moment(Zone.LATER)))
    scene.expect(state, "lost", reason="update_of_missing", also_reasons=("",))


@case(PERSON)
def update_of_missing_belongs_to_lost(scene: Scene) -> None:
    """Only the update of something is known, but whose it is: a lost person's."""
    person = scene.thing()
    scene.witnessed(scene.write(person, at=scene.moment(Zone.EARLY)))
    scene.expect(person, "lost")
    for kind in PERSONAL:
        child = scene.thing(kind, person=person)
        write = scene.write(child, UPDATE, scene.moment(Zone.LATER))
        scene.line(write)
        scene.event(write, data={**write.fields, "person_id": person.id})
        scene.expect(child, "lost", reason="update_of_missing", also_reasons=("",))


@case(PERSON)
def belongs_to_deleted(scene: Scene) -> None:
    """The person was deleted in the window: nobody wants back what belonged to it."""
    person = scene.existing()
    rule = scene.existing(AVAILABILITY_RULE, person=person)
    state = scene.existing(AVAILABILITY, person=person)
    for thing in (rule, state):
        scene.witnessed(scene.write(thing, UPDATE, scene.moment(Zone.EARLY)))
        scene.expect(thing, "cancelled", reason="parent_gone")
    for kind in PERSONAL:
        child = scene.thing(kind, person=person)
        scene.witnessed(scene.write(child, at=scene.moment(Zone.EARLY)))
        scene.expect(child, "cancelled", reason="parent_gone")
    feedback = scene.thing(FEEDBACK, person=person)
    scene.witnessed(scene.write(feedback, at=scene.moment(Zone.EARLY)))
    scene.expect(feedback, "lost")
    scene.witnessed(scene.write(person, DELETE, scene.moment(Zone.LATER)))
    scene.expect(person, "resurrected")


@case(PERSON)
def belongs_to_deleted_again(scene: Scene) -> None:
    """The person is gone for good: deleted in the window and not in the new database."""
    person = scene.thing()
    for kind in PERSONAL:
        child = scene.thing(kind, person=person)
        scene.witnessed(scene.write(child, at=scene.moment(Zone.EARLY)))
        scene.expect(child, "cancelled", reason="parent_gone")
    scene.witnessed(scene.write(person, DELETE, scene.moment(Zone.LATER)))
    scene.expect(person, "consistent")


@case(PERSON)
def belongs_to_cancelled(scene: Scene) -> None:
    """The person was created and deleted in the window, and so was all that belonged to it."""
    person = scene.thing()
    start = scene.moment(Zone.EARLY)
    scene.witnessed(scene.write(person, at=start))
    for kind in PERSONAL:
        child = scene.thing(kind, person=person)
        scene.witnessed(scene.write(child, at=start + timedelta(minutes=1)))
        scene.expect(child, "cancelled", reason="parent_gone")
    feedback = scene.thing(FEEDBACK, person=person)
    scene.witnessed(scene.write(feedback, at=start + timedelta(minutes=2)))
    scene.expect(feedback, "lost")
    scene.witnessed(scene.write(person, DELETE, start + timedelta(minutes=5)))
    scene.expect(person, "cancelled")


@case(PERSON)
def belongs_to_deleted_for_more_reasons(scene: Scene) -> None:
    """Reused ids and an old snapshot, too, would explain it; that nobody wants it comes first."""
    person = scene.existing()
    early = scene.thing(AVAILABILITY_RULE, person=person)
    scene.witnessed(scene.write(early, at=scene.moment(Zone.BEFORE_SNAPSHOT)))
    reused = scene.thing(AVAILABILITY_RULE, person=person)
    scene.witnessed(scene.write(reused, at=scene.moment(Zone.EARLY)))
    others = replace(scene.thing(AVAILABILITY_RULE, customer=scene.neighbour), id=reused.id)
    scene.row(others, created=scene.world.afterwards())
    for child in (early, reused):
        scene.expect(child, "cancelled", reason="parent_gone")
    scene.witnessed(scene.write(person, DELETE, scene.moment(Zone.LATER)))
    scene.expect(person, "resurrected")
