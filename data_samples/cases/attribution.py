"""Whose a write is, where a witness does not say it or is not to be believed."""

from dataclasses import replace

from data_samples.cases.registry import case
from data_samples.model import FE2_FILE, OPEN_FILE, Tally
from data_samples.proxies import EDGE, PROXY_A
from data_samples.scene import Scene
from data_samples.schema import (
    AVAILABILITY,
    AVAILABILITY_RULE,
    CREATABLE,
    FEEDBACK,
    ONLINE_SERVICE,
    PERSON,
    UPDATE,
)
from data_samples.timeline import Zone


@case(PERSON, FEEDBACK, ONLINE_SERVICE)
def event_without_customer(scene: Scene) -> None:
    """The event does not name its customer, but the line with its request id does."""
    thing = scene.thing()
    write = scene.write(thing)
    scene.line(write, EDGE)
    scene.event(write, customer=False, device=False)
    scene.expect(thing, "lost")


@case(*CREATABLE)
def event_unattributed(scene: Scene) -> None:
    """Neither customer nor device, or a device nobody knows: it is in nobody's notice."""
    write = scene.write(scene.thing())
    scene.event(write, request_id=False, customer=False, device=False)
    scene.count(Tally(unattributed_events=1))


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def untrusted_event_alone(scene: Scene) -> None:
    """An unauthenticated event claims a customer: the claim counts for nothing."""
    thing = scene.thing(device=scene.world.phone())
    scene.event(scene.write(thing), request_id=False, file=OPEN_FILE)
    scene.count(Tally(unattributed_events=1))


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def untrusted_event_with_line(scene: Scene) -> None:
    """An unauthenticated event, its claim even wrong, shares a line's request id or entity."""
    for proxy, request_id in ((EDGE, True), (PROXY_A, False)):
        thing = scene.thing(device=scene.world.phone())
        write = scene.write(thing)
        scene.line(write, proxy)
        claimed = scene.neighbour.id if request_id else ""
        scene.event(write, request_id=request_id, customer=claimed, file=OPEN_FILE)
        scene.expect(thing, "lost")


@case(PERSON, ONLINE_SERVICE)
def untrusted_claim_on_a_known_row(scene: Scene) -> None:
    """An unauthenticated event claims another customer's row for itself: the row's owner counts."""
    thing = replace(scene.existing(), device=scene.world.phone())
    write = scene.write(thing, UPDATE)
    scene.event(write, request_id=False, customer=scene.neighbour.id, file=OPEN_FILE)
    scene.expect(thing, "unconfirmed")


@case(PERSON, ONLINE_SERVICE)
def request_id_before_device(scene: Scene) -> None:
    """The event's device is another customer's; the line with its request id counts."""
    phone = scene.phone(scene.neighbour, None)
    thing = scene.thing(device=phone)
    write = scene.write(thing)
    scene.line(write, EDGE)
    scene.event(write, customer=False)
    scene.expect(thing, "lost")


@case(PERSON, ONLINE_SERVICE, AVAILABILITY)
def entity_before_device(scene: Scene) -> None:
    """The event's device is another customer's; the owner of the row that it is about counts."""
    thing = replace(scene.existing(), device=scene.phone(scene.neighbour, None))
    write = scene.write(thing, UPDATE, scene.moment(Zone.ACCEPTED_GAP))
    scene.event(write, request_id=False, customer=False)
    scene.expect(thing, "stale")


@case(PERSON, ONLINE_SERVICE)
def entity_known_by_another_event(scene: Scene) -> None:
    """The later event names neither customer nor device; the earlier one of its entity does."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing, at=scene.moment(Zone.EARLY)))
    update = scene.write(thing, UPDATE, scene.moment(Zone.LATER))
    scene.event(update, request_id=False, customer=False, device=False)
    scene.expect(thing, "lost")


@case(PERSON)
def customer_not_in_database(scene: Scene) -> None:
    """The route names a customer whom the new database does not know: lost all the same."""
    number = scene.world.number("unknown customer")
    thing = replace(scene.thing(device=scene.world.phone()), customer=f"99{number:04d}")
    scene.witnessed(scene.write(thing))
    scene.expect(thing, "lost")


@case(PERSON, ONLINE_SERVICE)
def dash_is_no_request_id(scene: Scene) -> None:
    """Many a line and an event carry "-" or nothing for a request id: that joins none of them."""
    for spelled in ("-", ""):
        thing = scene.thing()
        write = scene.write(thing)
        scene.line(write, PROXY_A, request_id=False)
        scene.event(write, request_id=spelled)
        scene.expect(thing, "lost")


@case(PERSON, ONLINE_SERVICE)
def same_event_id_of_two_sources(scene: Scene) -> None:
    """Two devices count their events alike: the same id of another source is another event."""
    known = None
    for phone in (scene.world.phone(), scene.world.phone()):
        thing = scene.thing(device=phone)
        write = scene.write(thing)
        scene.line(write, location=False)
        event = scene.event(write, file=FE2_FILE)
        known = known or event.id
        scene.swap_event(event, replace(event, id=known))
        scene.expect(thing, "lost")
