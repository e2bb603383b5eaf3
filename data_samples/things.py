"""What the values of a thing of each kind look like, and how an update changes them."""

from collections.abc import Callable, Mapping

from data_samples.model import Customer, Device, Thing, Write
from data_samples.names import mobile
from data_samples.schema import (
    APP_REGISTRATION,
    AVAILABILITY,
    AVAILABILITY_RULE,
    CREATE,
    DELETE,
    FEEDBACK,
    ONLINE_SERVICE,
    PERSON,
    PROVISIONING,
    RINGTONE_PROFILE,
    Kind,
)
from data_samples.world import World

APPS = ("aPager PRO", "aPager PRO (privat)", "Fahrzeugtablet")
SERVICES = ("DIVERA", "GroupAlarm", "Telegram", "E-Mail-Gateway", "SMS-Gateway", "Webhook")
TYPES = tuple(name.lower() for name in SERVICES)
PLATFORMS = ("android", "ios", "harmony")
RULES = ("Nachtschicht", "Urlaub", "Wochenende", "Homeoffice", "Frühdienst", "Bereitschaft")
TONES = ("Vollalarm", "Probealarm", "Stiller Alarm", "Übung", "Löschzug", "First Responder")
ANSWERS = ("YES", "NO", "HERE", "ABSENT", "FREE")
STATES = ("AVAILABLE", "NOT_AVAILABLE", "LIMITED", "TEMPORARILY_UNAVAILABLE")


def needs_person(kind: Kind) -> bool:
    """Whether things of this kind belong to a person."""
    return kind not in {PERSON, ONLINE_SERVICE, RINGTONE_PROFILE}


def needs_phone(kind: Kind) -> bool:
    """Whether things of this kind are written from a phone."""
    return kind in {FEEDBACK, AVAILABILITY, RINGTONE_PROFILE}


def values_of(
    kind: Kind, world: World, customer: Customer, person: Thing | None, device: Device
) -> dict[str, str]:
    """Make up values that no other thing of the customer's has."""
    if kind is PERSON:
        return world.person(customer)
    if kind is APP_REGISTRATION:
        # A registration is about a phone that is not registered yet.
        phone = device if device.platform != "fe2" else world.phone()
        values = {"device_id": phone.id, "platform": phone.platform}
    elif kind is RINGTONE_PROFILE:
        name = f"{world.rng.choice(TONES)} {world.number(kind.name)}"
        return {"device_id": device.id, "name": name}
    else:
        values = _plain_values(kind, world)
    return {**values, "person_id": person.id} if "person_id" in kind.fields and person else values


def _plain_values(kind: Kind, world: World) -> dict[str, str]:
    rng, number = world.rng, world.number(kind.name)
    if kind is PROVISIONING:
        return {"app": rng.choice(APPS), "state": "sent"}
    if kind is FEEDBACK:
        return {"alarm_id": f"A-{world.token(5)}", "status": rng.choice(ANSWERS)}
    if kind is ONLINE_SERVICE:
        service = rng.choice(SERVICES)
        return {"name": f"{service} {number}", "type": service.lower()}
    if kind is AVAILABILITY_RULE:
        rule = f"MO-FR {rng.randrange(6, 12):02d}:00-{rng.randrange(13, 23)}:00"
        return {"name": f"{rng.choice(RULES)} {number}", "rule": rule}
    return {"state": rng.choice(STATES)}


def changed(thing: Thing, world: World) -> dict[str, str]:
    """Make up an update of the thing: another value than it has."""
    rng, values = world.rng, thing.values
    weekend = f"SA-SO {rng.randrange(5, 12):02d}:30-{rng.randrange(13, 23)}:30"
    changes: dict[str, tuple[str, Callable[[], str]]] = {
        PERSON.name: ("mobile", lambda: mobile(rng)),
        PROVISIONING.name: ("state", lambda: "accepted"),
        FEEDBACK.name: ("status", lambda: _other(world, ANSWERS, values["status"])),
        ONLINE_SERVICE.name: ("type", lambda: _other(world, TYPES, values["type"])),
        AVAILABILITY_RULE.name: ("rule", lambda: weekend),
        AVAILABILITY.name: ("state", lambda: _other(world, STATES, values["state"])),
        RINGTONE_PROFILE.name: ("name", lambda: f"{rng.choice(TONES)} {world.number('renamed')}n"),
        APP_REGISTRATION.name: ("platform", lambda: _other(world, PLATFORMS, values["platform"])),
    }
    field, make = changes[thing.kind.name]
    return {field: make()}


def normalised(kind: Kind, fields: Mapping[str, str]) -> dict[str, str]:
    """Spell an update's values as a server might that tidies what it is sent."""
    if kind is PERSON:
        return {name: value.replace(" ", "").replace("-", "") for name, value in fields.items()}
    return {name: f"{value.strip().upper()}." for name, value in fields.items()}


def status_of(write: Write) -> int:
    """Give a status with which an API may answer a write that succeeds."""
    if write.action == DELETE:
        return 204
    usual = (201, 201, 200, 202) if write.action == CREATE else (200, 200, 204)
    return usual[int(write.request_id[:4], 16) % len(usual)]


def _other(world: World, choices: tuple[str, ...], present: str) -> str:
    return world.rng.choice([choice for choice in choices if choice != present])
