"""What the small migrations are about: few people, few names, so that they collide."""

from random import Random

Data = dict[str, str | None]

# How often each kind is written.
KINDS = {
    "person": 35,
    "provisioning": 18,
    "feedback": 12,
    "availability": 12,
    "online_service": 10,
    "app_registration": 5,
    "availability_rule": 4,
    "ringtone_profile": 4,
    "receipt": 6,
}
# An availability's id is its person's.
ID_LETTERS = {
    "person": "P",
    "provisioning": "V",
    "feedback": "F",
    "availability": "P",
    "online_service": "S",
    "app_registration": "R",
    "availability_rule": "L",
    "ringtone_profile": "K",
    "receipt": "Q",
}
# D1 and D4 are of one customer, D2 is of two, D3 of none that the database knows.
DEVICES_OF = {"A": ("D1", "D2", "D3"), "B": ("D2", "D4"), "C": ("D4", "D3")}
# By how many seconds a device's clock may be off.
DEVICE_CLOCKS = {"D1": (0, 3), "D2": (0, 240, 1200), "D3": (0, -420), "D4": (0, 299, -5400)}

MUELLER = {"email": "mueller@ff.example", "mobile": "+49 151 100"}
PEOPLE: tuple[Data, ...] = (
    {"first_name": "Jörg", "last_name": "Müller", **MUELLER},
    {"first_name": "Anna", "last_name": "Müller", **MUELLER},
    {"first_name": "Cem", "last_name": "Ay", "email": "cem@ff.example", "mobile": None},
    {"first_name": "Cem", "last_name": "Ay", "email": None, "mobile": "0151 200"},
)
VALUES = {
    "person_id": ("P1", "P2", "P3", "P4", "P5"),
    "app": ("aPager", "web"),
    "provisioning_id": ("V1", "V2", "V3", "V4", "V5"),
    "note": ("n", "m"),
    "state": ("sent", "accepted"),
    "alarm_id": ("A1", "A2"),
    "status": ("YES", "NO", "READ"),
    "name": ("one", "two"),
    "type": ("t",),
    "rule": ("always", "never"),
    "device_id": ("D1", "D2", "D3"),
    "platform": ("ios", "android"),
    "email": ("mueller@ff.example", "cem@ff.example", "new@ff.example", None),
    "mobile": ("+49 151 100", "+49 151 999", None),
}
FIELDS = {
    "provisioning": ("person_id", "app", "state"),
    "feedback": ("alarm_id", "person_id", "status"),
    "availability": ("state",),
    "online_service": ("name", "type"),
    "app_registration": ("person_id", "device_id", "platform"),
    "availability_rule": ("person_id", "name", "rule"),
    "ringtone_profile": ("device_id", "name"),
    "receipt": ("provisioning_id", "note"),
}


def data_of(rng: Random, kind: str) -> Data:
    """All fields of a new thing of this kind."""
    if kind == "person":
        return dict(rng.choice(PEOPLE))
    return {field: rng.choice(VALUES[field]) for field in FIELDS[kind]}


def changed(rng: Random, data: Data) -> Data:
    """One or two fields with values that may be new, or emptied."""
    names = [name for name in data if name in VALUES and name != "alarm_id"]
    chosen = rng.sample(names, k=min(len(names), rng.choice((1, 1, 2))))
    return {name: rng.choice(VALUES[name]) if rng.random() < 0.93 else None for name in chosen}


def take(rng: Random, data: Data) -> Data:
    """What an event tells of it: all, a part, or nothing."""
    share = rng.choice((1.0, 1.0, 1.0, 0.5, 0.0))
    return {name: value for name, value in data.items() if rng.random() < share}


def respelled(rng: Random, data: Data) -> Data:
    """As somebody types it again: the same, in another spelling, or with a difference."""
    if "last_name" not in data or rng.random() < 0.4:
        return data
    spelled = {**data, "last_name": (data["last_name"] or "").replace("ü", "ue").upper()}
    if rng.random() < 0.5:
        return spelled
    return {**spelled, "email": rng.choice(VALUES["email"])}
