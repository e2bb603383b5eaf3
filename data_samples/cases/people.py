"""Persons who may have been created again, and persons who only look like it."""

from dataclasses import replace
from datetime import timedelta

from data_samples.cases.registry import case
from data_samples.names import mobile
from data_samples.proxies import NEW_SITE, PROXY_A
from data_samples.scene import Scene
from data_samples.schema import PERSON
from data_samples.timeline import LIVE, Zone


@case(PERSON)
def similar_typo(scene: Scene) -> None:
    """A typing error in the name: the same person to a human, so at least a human looks."""
    thing = scene.thing(values={"first_name": "Annemarie", "last_name": "Rautenstrauch"})
    scene.witnessed(scene.write(thing))
    matched = scene.row_on_new_site(thing, values={"last_name": "Rautenstruach"})
    scene.expect(thing, "review", matched=matched, also_verdicts=("restored",))


@case(PERSON)
def similar_new_phone(scene: Scene) -> None:
    """Created again with another phone number: name and e-mail address agree."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing))
    matched = scene.row_on_new_site(thing, values={"mobile": mobile(scene.rng)})
    scene.expect(thing, "review", matched=matched, also_verdicts=("restored",))


@case(PERSON)
def similar_name_and_phone_changed(scene: Scene) -> None:
    """A typing error in the name and another phone number: perhaps."""
    thing = scene.thing(values={"first_name": "Burghard", "last_name": "Hohenstein"})
    scene.witnessed(scene.write(thing))
    values = {"first_name": "Burkhart", "mobile": mobile(scene.rng)}
    matched = scene.row_on_new_site(thing, values=values)
    scene.expect(thing, "review", matched=matched, also_verdicts=("restored",))


@case(PERSON)
def relatives(scene: Scene) -> None:
    """Father and daughter share phone and e-mail address; only one was created again."""
    father = scene.thing(values={"first_name": "Gottfried"})
    shared = {name: father.values[name] for name in ("last_name", "email", "mobile")}
    daughter = scene.thing(values={**shared, "first_name": "Alexandra"})
    for person in (father, daughter):
        scene.witnessed(scene.write(person))
    scene.expect(father, "lost")
    scene.expect(daughter, "restored", matched=scene.row_on_new_site(daughter))


@case(PERSON)
def relatives_both_again(scene: Scene) -> None:
    """Mother and son share phone and e-mail address; both were created again, each as itself."""
    mother = scene.thing(values={"first_name": "Rosalinde"})
    shared = {name: mother.values[name] for name in ("last_name", "email", "mobile")}
    son = scene.thing(values={**shared, "first_name": "Maximilian"})
    for person in (mother, son):
        scene.witnessed(scene.write(person))
        scene.expect(person, "restored", matched=scene.row_on_new_site(person))


@case(PERSON)
def same_claim_on_one_row(scene: Scene) -> None:
    """Two entries of one name, phone and address, an hour apart, claim one row."""
    first = scene.thing()
    second = replace(first, id=scene.world.new_id("P"))
    scene.witnessed(scene.write(first, at=scene.moment(Zone.EARLY)))
    scene.witnessed(scene.write(second, at=scene.moment(Zone.LATER)))
    matched = scene.row_on_new_site(first)
    scene.expect(first, "review", matched=matched)
    scene.expect(second, "review", matched=matched)


@case(PERSON)
def twin_from_before(scene: Scene) -> None:
    """The same person had an entry long before the window already."""
    thing = scene.thing()
    before = replace(thing, id=scene.world.new_id("P"))
    scene.row(before, created=scene.world.long_ago())
    scene.witnessed(scene.write(thing))
    scene.expect(thing, "review", matched=before.id)


@case(PERSON)
def same_person_of_another_customer(scene: Scene) -> None:
    """Members of two brigades exist: the other customer's row restores nothing here."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing))
    others = replace(
        thing, customer=scene.neighbour.id, id=scene.world.new_id("P", on_new_site=True)
    )
    scene.row(others, created=scene.world.afterwards())
    scene.expect(thing, "lost")


@case(PERSON)
def same_email_of_another_customer(scene: Scene) -> None:
    """Another customer's older row with the same e-mail address is no twin."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing))
    others = scene.thing(customer=scene.neighbour, values={"email": thing.values["email"]})
    scene.row(others, created=scene.world.long_ago())
    scene.expect(thing, "lost")


@case(PERSON)
def created_again_about_live(scene: Scene) -> None:
    """Where the end is known only roughly, a row from about then is no proof."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing))
    created = LIVE + timedelta(minutes=2, seconds=scene.rng.randrange(60))
    matched = scene.row_on_new_site(thing, created=created)
    unsure = scene.settings.uncertainty_minutes > 3
    scene.expect(thing, "review" if unsure else "restored", matched=matched)


@case(PERSON)
def people_without_contacts(scene: Scene) -> None:
    """Nothing equals nothing: persons without address and number are not the same for that."""
    names = {}
    for _ in range(2):
        thing = scene.thing()
        names = {name: thing.values[name] for name in ("first_name", "last_name")}
        write = scene.write(thing)
        scene.line(write)
        scene.event(write, data=names)
        scene.expect(thing, "lost")
    scene.row_on_new_site(scene.thing(), values={"email": None, "mobile": None})


@case(PERSON)
def row_from_before_the_write(scene: Scene) -> None:
    """What was there when the write was made is not what was made because it got lost."""
    thing = scene.thing()
    there = replace(thing, id=scene.world.new_id("P", on_new_site=True))
    first = scene.write(there, at=LIVE + timedelta(minutes=8))
    scene.came_over(first)
    scene.line(first, PROXY_A)
    scene.witnessed(scene.write(thing, at=first.at + timedelta(minutes=6)))
    scene.expect(there, "consistent")
    scene.expect(thing, "lost", reason="after_live", also_verdicts=("review",))


@case(PERSON)
def row_named_about_live(scene: Scene) -> None:
    """Evidence from just before the end names the row: it was there, unless the end is unsure."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing, at=scene.moment(Zone.EARLY)))
    kept = replace(thing, id=scene.world.new_id("P"))
    write = scene.write(kept, at=LIVE - timedelta(minutes=3))
    scene.line(write, PROXY_A, upstream=NEW_SITE)
    scene.came_over(write)
    scene.expect(kept, "consistent")
    if scene.settings.uncertainty_minutes > 3:
        scene.expect(thing, "review", matched=kept.id)
    else:
        scene.expect(thing, "lost")
