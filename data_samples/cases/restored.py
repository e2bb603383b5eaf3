"""Created again by hand on the new site, certainly."""

from dataclasses import replace
from datetime import timedelta

from data_samples.cases.registry import case
from data_samples.model import Opinion, Thing
from data_samples.names import respellings
from data_samples.proxies import NEW_SITE, PROXY_A
from data_samples.scene import Scene
from data_samples.schema import (
    APP_REGISTRATION,
    AVAILABILITY,
    AVAILABILITY_RULE,
    CREATABLE,
    FEEDBACK,
    ONLINE_SERVICE,
    PERSON,
    PERSONAL,
    PROVISIONING,
    RINGTONE_PROFILE,
    UPDATE,
)
from data_samples.timeline import Zone

_AGAIN = tuple(kind for kind in CREATABLE if kind is not FEEDBACK)


@case(*_AGAIN)
def restored_verbatim(scene: Scene) -> None:
    """Created again with the same values."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing))
    scene.expect(thing, "restored", matched=scene.row_on_new_site(thing))


@case(PERSON)
def restored_in_other_spelling(scene: Scene) -> None:
    """Umlauts, case, titles, order of the names, ways to write a phone number: the same person."""
    for spelling in respellings(scene.thing().values, scene.rng):
        thing = scene.thing()
        values = respellings(thing.values, scene.rng)[spelling]
        scene.witnessed(scene.write(thing))
        scene.expect(thing, "restored", matched=scene.row_on_new_site(thing, values=values))


@case(PERSON)
def restored_with_umlauts_spelled_back(scene: Scene) -> None:
    """Recorded without umlauts, created again with them."""
    thing = scene.thing(values={"first_name": "Juergen", "last_name": "Moessner-Strauss"})
    scene.witnessed(scene.write(thing))
    values = {"first_name": "Jürgen", "last_name": "Mößner-Strauß"}
    scene.expect(thing, "restored", matched=scene.row_on_new_site(thing, values=values))


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def restored_retry(scene: Scene) -> None:
    """What a retry created twice claims the one row together."""
    thing = scene.thing()
    twin = replace(thing, id=scene.world.new_id(thing.kind.prefix))
    first = scene.write(thing)
    scene.witnessed(first)
    scene.witnessed(scene.write(twin, at=first.at + timedelta(seconds=scene.rng.randrange(3, 40))))
    matched = scene.row_on_new_site(thing)
    scene.expect(thing, "restored", matched=matched)
    scene.expect(twin, "restored", matched=matched)


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def restored_through_the_proxy(scene: Scene) -> None:
    """Creating it again left a line of its own: evidence from after the end of the move."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing))
    again = replace(thing, id=scene.world.new_id(thing.kind.prefix, on_new_site=True))
    write = scene.write(again, at=scene.moment(Zone.AFTER_LIVE))
    scene.came_over(write)
    scene.line(write, PROXY_A)
    scene.expect(thing, "restored", matched=again.id)
    scene.expect(again, "consistent")


@case(PERSON, ONLINE_SERVICE)
def restored_after_update(scene: Scene) -> None:
    """Created, changed, lost, and created again with the changed values."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing, at=scene.moment(Zone.EARLY)))
    update = scene.write(thing, UPDATE, scene.moment(Zone.LATER))
    scene.witnessed(update)
    matched = scene.row_on_new_site(thing, values=update.fields)
    scene.expect(thing, "restored", matched=matched)


@case(PROVISIONING)
def restored_and_accepted(scene: Scene) -> None:
    """Sent again, and accepted again: the state is no part of the identity."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing))
    matched = scene.row_on_new_site(thing, values={"state": "accepted"})
    scene.expect(thing, "restored", matched=matched)


@case(RINGTONE_PROFILE, APP_REGISTRATION)
def not_restored_by_another_device(scene: Scene) -> None:
    """Another phone's row is no substitute."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing))
    scene.row_on_new_site(thing, values={"device_id": scene.world.phone().id})
    scene.expect(thing, "lost")


@case(PERSON)
def restored_with_what_belongs_to_it(scene: Scene) -> None:
    """A person created again under a new id; what refers to it is compared under that id."""
    person = _lost_person(scene)
    matched = scene.row_on_new_site(person)
    scene.expect(person, "restored", matched=matched)
    for kind in PERSONAL:
        child = scene.thing(kind, person=person)
        scene.witnessed(scene.write(child, at=scene.moment(Zone.LATER)))
        found = scene.row_on_new_site(child, values={"person_id": matched})
        scene.expect(child, "restored", matched=found)
    feedback = scene.thing(FEEDBACK, person=person)
    scene.witnessed(scene.write(feedback, at=scene.moment(Zone.LATER)))
    scene.expect(feedback, "lost")


@case(PERSON)
def restored_with_availability(scene: Scene) -> None:
    """An availability's id is the person's: the state is there, under the new id."""
    person = _lost_person(scene)
    matched = scene.row_on_new_site(person)
    scene.expect(person, "restored", matched=matched)
    state = scene.thing(AVAILABILITY, person=person)
    write = scene.write(state, UPDATE, scene.moment(Zone.LATER))
    scene.witnessed(write)
    set_again = replace(state, id=matched)
    scene.row(set_again, created=scene.world.afterwards(), values=write.fields)
    scene.expect(state, "consistent", also_verdicts=("restored",))


@case(PERSON)
def restored_without_what_belongs_to_it(scene: Scene) -> None:
    """The person was created again, the rest was not: that is still lost."""
    person = _lost_person(scene)
    scene.expect(person, "restored", matched=scene.row_on_new_site(person))
    for kind in PERSONAL:
        child = scene.thing(kind, person=person)
        scene.witnessed(scene.write(child, at=scene.moment(Zone.LATER)))
        scene.expect(child, "lost")


@case(PERSON)
def restored_once_the_late_event_names_it(scene: Scene) -> None:
    """Known by its id alone it is lost; the late event says who it is, and that it is there."""
    person = scene.thing()
    write = scene.write(person)
    scene.line(write, PROXY_A)
    scene.event(write, late=True)
    scene.expect(
        person,
        "restored",
        matched=scene.row_on_new_site(person),
        first=Opinion("lost", "confirmed"),
    )


@case(PERSON)
def lost_beside_rows_of_others(scene: Scene) -> None:
    """Known by its id alone: it can't be compared with the rows made after the move."""
    scene.row_on_new_site(scene.thing())
    person = scene.thing()
    scene.line(scene.write(person), PROXY_A)
    scene.expect(person, "lost")


@case(PERSON, ONLINE_SERVICE)
def restored_after_live(scene: Scene) -> None:
    """Lost on the new site, and created again there."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing, at=scene.moment(Zone.AFTER_LIVE)))
    matched = scene.row_on_new_site(thing)
    scene.expect(thing, "restored", reason="after_live", matched=matched, also_reasons=("",))


@case(PERSON)
def not_restored_by_a_row_with_a_past(scene: Scene) -> None:
    """A row that evidence from before the end of the move names was not made by hand after it."""
    thing = _lost_person(scene)
    kept = replace(thing, id=scene.world.new_id("P"))
    write = scene.write(kept, at=scene.moment(Zone.LATER))
    scene.line(write, PROXY_A, upstream=NEW_SITE)
    scene.came_over(write)
    scene.expect(thing, "lost")
    scene.expect(kept, "consistent")


@case(PERSON)
def restored_but_update_of_missing(scene: Scene) -> None:
    """The person is there again; of what is only known to have been changed nobody knows."""
    person = _lost_person(scene)
    scene.expect(person, "restored", matched=scene.row_on_new_site(person))
    for kind in PERSONAL:
        child = scene.thing(kind, person=person)
        write = scene.write(child, UPDATE, scene.moment(Zone.LATER))
        scene.line(write)
        scene.event(write, data={**write.fields, "person_id": person.id})
        scene.expect(child, "review", reason="update_of_missing")


def _lost_person(scene: Scene) -> Thing:
    person = scene.thing(PERSON)
    scene.witnessed(scene.write(person, at=scene.moment(Zone.EARLY)))
    return person
