"""The reference API and database schema, as the simulator knows them.

Written from the specification, apart from the product's own catalogue: a second reading of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

CREATE, UPDATE, DELETE = "create", "update", "delete"


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """One kind of thing: its table, its place in the API, its event types.

    There is one object of each kind, so kinds compare by being it.
    """

    name: str
    table: str
    fields: tuple[str, ...]
    collection: str
    events: Mapping[str, str]
    prefix: str
    id_column: str = "id"

    def can(self, action: str) -> bool:
        """Whether the API knows this action for the kind."""
        return action in self.events


def _events(create: str | None, update: str, delete: str | None) -> dict[str, str]:
    named = {CREATE: create, UPDATE: update, DELETE: delete}
    return {action: name for action, name in named.items() if name is not None}


PERSON = Kind(
    "person",
    "persons",
    ("first_name", "last_name", "email", "mobile"),
    "persons",
    _events("person.created", "person.updated", "person.deleted"),
    "P",
)
PROVISIONING = Kind(
    "provisioning",
    "provisionings",
    ("person_id", "app", "state"),
    "provisionings",
    _events("provisioning.sent", "provisioning.accepted", "provisioning.revoked"),
    "V",
)
FEEDBACK = Kind(
    "feedback",
    "feedback",
    ("alarm_id", "person_id", "status"),
    "feedback",
    _events("feedback.given", "feedback.changed", None),
    "F",
)
ONLINE_SERVICE = Kind(
    "online_service",
    "online_services",
    ("name", "type"),
    "online-services",
    _events("online_service.created", "online_service.updated", "online_service.deleted"),
    "S",
)
AVAILABILITY_RULE = Kind(
    "availability_rule",
    "availability_rules",
    ("person_id", "name", "rule"),
    "availability-rules",
    _events("availability_rule.created", "availability_rule.updated", "availability_rule.deleted"),
    "R",
)
AVAILABILITY = Kind(
    "availability",
    "availability",
    ("state",),
    "availability",
    _events(None, "availability.changed", None),
    "P",
    "person_id",
)
RINGTONE_PROFILE = Kind(
    "ringtone_profile",
    "ringtone_profiles",
    ("device_id", "name"),
    "ringtone-profiles",
    _events("ringtone_profile.created", "ringtone_profile.updated", "ringtone_profile.deleted"),
    "T",
)
APP_REGISTRATION = Kind(
    "app_registration",
    "app_registrations",
    ("person_id", "device_id", "platform"),
    "app-registrations",
    _events("app.registered", "app.updated", "app.unregistered"),
    "G",
)

KINDS = (
    PERSON,
    PROVISIONING,
    FEEDBACK,
    ONLINE_SERVICE,
    AVAILABILITY_RULE,
    AVAILABILITY,
    RINGTONE_PROFILE,
    APP_REGISTRATION,
)
CREATABLE = tuple(kind for kind in KINDS if kind.can(CREATE))
DELETABLE = tuple(kind for kind in KINDS if kind.can(DELETE))
# Kinds whose things belong to a person and go with them.
PERSONAL = (PROVISIONING, AVAILABILITY_RULE, APP_REGISTRATION)

CUSTOMER_COLUMNS: tuple[str, ...] = ("id", "name", "contact_email", "locale", "timezone")
_METHODS = {CREATE: "POST", UPDATE: "PUT", DELETE: "DELETE"}


def columns(kind: Kind) -> tuple[str, ...]:
    """Name all columns of the kind's table."""
    created = () if kind is AVAILABILITY else ("created_at",)
    return (kind.id_column, "customer_id", *kind.fields, *created, "updated_at")


def request(
    kind: Kind, action: str, *, customer: str, entity: str, values: Mapping[str, str]
) -> tuple[str, str]:
    """Give method and path of a write by the customers' API."""
    base = f"/api/v1/customers/{quote(customer, safe='')}"
    if kind is AVAILABILITY:
        return "PUT", f"{base}/persons/{entity}/availability"
    if kind is FEEDBACK:
        base = f"{base}/alarms/{values['alarm_id']}"
    path = f"{base}/{kind.collection}"
    if action == CREATE:
        return "POST", path
    if kind is PROVISIONING and action == UPDATE:
        return "POST", f"{path}/{entity}/accept"
    return _METHODS[action], f"{path}/{entity}"


def device_request(
    kind: Kind, *, device: str, entity: str, values: Mapping[str, str]
) -> tuple[str, str]:
    """Give method and path of a write by the apps' API, which names a device and no customer."""
    base = f"/app/v1/devices/{device}"
    if kind is AVAILABILITY:
        return "PUT", f"{base}/persons/{entity}/availability"
    if kind is FEEDBACK:
        return "POST", f"{base}/alarms/{values['alarm_id']}/feedback"
    return "POST", f"{base}/provisionings/{entity}/accept"
