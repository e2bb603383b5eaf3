"""The apps' own routes, which name a device and no customer."""

from dataclasses import replace
from datetime import timedelta

from data_samples.cases.registry import case
from data_samples.model import OPEN_FILE, Device, Opinion, Tally, Thing
from data_samples.proxies import EDGE, PROXY_A, PROXY_B
from data_samples.scene import Scene
from data_samples.schema import (
    APP_REGISTRATION,
    AVAILABILITY,
    CREATE,
    FEEDBACK,
    ONLINE_SERVICE,
    PERSON,
    PROVISIONING,
    UPDATE,
)
from data_samples.timeline import LIVE, Zone


@case(FEEDBACK, AVAILABILITY, PROVISIONING)
def device_route_with_request_id(scene: Scene) -> None:
    """A phone of two customers wrote; the event with the same request id names the customer."""
    phone = _shared_phone(scene)
    thing = _written_by(scene, phone)
    write = scene.write(thing, _action(thing.kind.name), by_device=True)
    scene.line(write, EDGE)
    scene.event(write)
    scene.expect(thing, "lost" if thing.kind is FEEDBACK else "stale")


@case(AVAILABILITY, PROVISIONING)
def device_route_known_by_its_row(scene: Scene) -> None:
    """A phone of two customers wrote; the entity's row in the database says whose it is."""
    thing = _written_by(scene, _shared_phone(scene))
    scene.line(scene.write(thing, UPDATE, by_device=True))
    scene.expect(thing, "stale")


@case(FEEDBACK, lonely=True)
def device_route_known_by_time(scene: Scene) -> None:
    """A phone of two customers wrote, and only the time joins line and event: that is enough."""
    thing = scene.thing(device=_shared_phone(scene))
    write = scene.write(thing, by_device=True)
    scene.line(write, PROXY_B)
    scene.event(write, request_id=False)
    scene.expect(thing, "lost")


@case(FEEDBACK, lonely=True)
def device_route_known_by_registration(scene: Scene) -> None:
    """The phone's registration says whose the line is; of what, nothing says."""
    write = scene.write(scene.thing(), by_device=True)
    line = scene.line(write, scene.rng.choice((PROXY_B, EDGE)))
    scene.expect_line(line, final=Opinion("unidentified", "confirmed"))


@case(FEEDBACK, lonely=True)
def device_route_known_by_events(scene: Scene) -> None:
    """The phone's registration was lost itself, but trusted events know whose phone it is."""
    phone = scene.world.phone()
    person = scene.existing(PERSON)
    registration = scene.thing(APP_REGISTRATION, person=person, device=phone)
    registered = scene.write(registration, at=scene.moment(Zone.EARLY))
    scene.witnessed(registered)
    scene.expect(registration, "lost")
    write = scene.write(scene.thing(device=phone, person=person), by_device=True)
    line = scene.line(write, PROXY_B)
    scene.expect_line(line, final=Opinion("unidentified", "confirmed"))


@case(FEEDBACK, lonely=True)
def device_route_fields_decide(scene: Scene) -> None:
    """Two answers within seconds: the alarms in the route, not the times, say what belongs."""
    phone = scene.phone(scene.customer, None)
    first, second = scene.thing(device=phone), scene.thing(device=phone)
    early = scene.write(first, by_device=True)
    late = scene.write(second, at=early.at + timedelta(seconds=20), by_device=True)
    scene.line(early, PROXY_B)
    scene.line(late, PROXY_B)
    scene.event(early, request_id=False, clock=timedelta(seconds=19))
    scene.event(late, request_id=False, clock=timedelta(seconds=-19))
    scene.expect(first, "lost")
    scene.expect(second, "lost")


@case(FEEDBACK)
def device_route_unattributed(scene: Scene) -> None:
    """A phone of two customers, and one that nobody knows: nothing says whose lines these are."""
    for phone in (_shared_phone(scene), scene.world.phone()):
        scene.line(scene.write(scene.thing(device=phone), by_device=True), PROXY_B)
    unknown = scene.thing(PROVISIONING, device=scene.world.phone())
    scene.line(scene.write(unknown, UPDATE, by_device=True), EDGE)
    scene.count(Tally(unattributed_lines=3))


@case(FEEDBACK)
def device_route_with_location(scene: Scene) -> None:
    """The Location says what was written, the phone's registration by whose customer."""
    thing = scene.thing()
    scene.line(scene.write(thing, by_device=True), PROXY_A)
    scene.expect(thing, "lost")


@case(FEEDBACK)
def device_of_two_customers_by_events(scene: Scene) -> None:
    """Trusted events show an unregistered phone with two customers: that decides nothing."""
    phone = scene.world.phone()
    for owner in (scene.customer, scene.neighbour):
        thing = scene.thing(ONLINE_SERVICE, customer=owner, device=phone)
        scene.witnessed(scene.write(thing))
        scene.expect(thing, "lost")
    scene.line(scene.write(scene.thing(device=phone), by_device=True), PROXY_B)
    scene.count(Tally(unattributed_lines=1))


@case(FEEDBACK)
def untrusted_claim_on_a_device(scene: Scene) -> None:
    """An unauthenticated event says whose phone it is: not enough to attribute its lines."""
    phone = scene.world.phone()
    claim = scene.write(scene.thing(ONLINE_SERVICE, device=phone))
    scene.event(claim, request_id=False, file=OPEN_FILE)
    scene.line(scene.write(scene.thing(device=phone), by_device=True), PROXY_B)
    scene.count(Tally(unattributed_lines=1, unattributed_events=1))


@case(PROVISIONING)
def device_route_of_a_reused_id(scene: Scene) -> None:
    """Accepted by phones of two customers, before and after the id went from one to the other."""
    lost = scene.thing()
    scene.witnessed(scene.write(lost, at=scene.moment(Zone.EARLY)))
    phone = scene.phone(scene.customer, None)
    accepted = scene.write(
        replace(lost, device=phone), UPDATE, scene.moment(Zone.LATER), by_device=True
    )
    scene.line(accepted, PROXY_B)
    scene.expect(lost, "lost", reason="id_reused")
    other_phone = scene.phone(scene.neighbour, None)
    other = replace(scene.thing(customer=scene.neighbour), id=lost.id, device=other_phone)
    again = scene.write(other, UPDATE, scene.moment(Zone.AFTER_LIVE), by_device=True)
    scene.row(
        other,
        created=LIVE + timedelta(minutes=6),
        updated=scene.soon(again.at),
        values=again.fields,
    )
    scene.line(again, PROXY_B)
    scene.expect(other, "consistent")


def _shared_phone(scene: Scene) -> Device:
    phone = scene.phone(scene.customer, None)
    scene.register(phone, scene.neighbour)
    return phone


def _written_by(scene: Scene, phone: Device) -> Thing:
    made = scene.thing() if scene.kind is FEEDBACK else scene.existing()
    return replace(made, device=phone)


def _action(kind: str) -> str:
    return CREATE if kind == FEEDBACK.name else UPDATE
