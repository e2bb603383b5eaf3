"""What is specific to one product whose data was lost, as data.

A vendor writes a catalogue and no code: which requests and events create, update and delete which
kind of thing, where the new database keeps it, by what it is recognised when somebody has created
it again, and what a customer has to do when it is gone.
"""

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

Action = Literal["create", "update", "delete"]
FieldType = Literal["text", "number", "boolean", "json", "time"]
NetAction = Literal["created", "updated", "deleted"]
Texts = dict[str, str]

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
SUBJECT_PLACEHOLDERS = frozenset({"customer_id", "entity_id", "device_id"})


def _as_tuple(value: object) -> object:
    """Let one value stand for a list of one, as TOML authors write it."""
    return (value,) if isinstance(value, str | int) else value


def _one_column(value: object) -> object:
    if isinstance(value, list | tuple):
        raise ValueError(  # noqa: TRY004  (pydantic wants ValueError)
            "names several columns, and an id is one; let a view of the database put them together "
            "as events and paths spell them (such as alarm_id || '/' || person_id), and name that"
        )
    return value


def _table_name(value: str) -> str:
    parts = value.split(".")
    if len(parts) > len(("schema", "table")) or not all(map(str.strip, parts)):
        raise ValueError(
            'is no table; write its name such as "persons", or with its schema such as '
            '"public.persons" (of MariaDB and MySQL, the database)'
        )
    return value


def _zone_name(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("is no IANA time zone such as Europe/Berlin or UTC") from None
    return value


Strings = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
Id = Annotated[str, BeforeValidator(_one_column)]
Table = Annotated[str, AfterValidator(_table_name)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Route(_Model):
    """One endpoint that writes, and what a request to it means."""

    action: Action
    method: Strings
    path: str = Field(pattern=r"^/")
    status: Annotated[
        tuple[Annotated[int, Field(ge=100, le=599)], ...], BeforeValidator(_as_tuple)
    ] = Field(default=(), validation_alias=AliasChoices("status", "statuses"))
    query: dict[str, str] = {}
    sets: dict[str, str | None] = {}

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names in braces, from left to right."""
        return tuple(PLACEHOLDER.findall(self.path))


class EventType(_Model):
    """What a CloudEvent type means; `"person.created" = "create"` is the short form."""

    action: Action
    sets: dict[str, str | None] = {}

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        return {"action": value} if isinstance(value, str) else value


class Columns(_Model):
    """The columns that every kind has, under the names that the table gives them."""

    id: Id
    customer_id: str = "customer_id"
    created_at: str | None = None
    updated_at: str | None = None
    # Set in rows that are there no more (a time, or a flag): for the product they do not exist.
    deleted_at: str | None = None


class Identity(_Model):
    """By what an entity is recognised when it was created again under another id.

    Either `exact` fields, or what persons are known by: `email`, `phone` and `name`.
    """

    exact: tuple[str, ...] = ()
    email: str | None = None
    phone: str | None = None
    name: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields that take part."""
        single = (field for field in (self.email, self.phone) if field)
        return (*self.exact, *self.name, *single)

    @property
    def is_personal(self) -> bool:
        """Whether persons are compared, with tolerance, instead of exact fields."""
        return not self.exact and bool(self.fields)


class ExportColumn(_Model):
    """One column of an import file whose value is a field, written the importer's way."""

    field: str
    phone_prefix: str | None = None


class Export(_Model):
    """A file for the product's own import: which column holds what.

    A column is a field's name, a text with `{field}` in it, a table for phone numbers, or ""
    for one that stays empty.
    """

    file: str = Field(pattern=r"^[A-Za-z0-9._-]+$")
    separator: str = Field(default=";", min_length=1, max_length=1)
    columns: dict[str, str | ExportColumn]


class Kind(_Model):
    """One kind of thing that customers write."""

    label: Texts
    label_plural: Texts = {}
    table: Table
    columns: Columns
    fields: tuple[str, ...]
    # What a field's values are where texts that differ may mean the same (12.5 and 12.50).
    types: dict[str, FieldType] = {}
    routes: tuple[Route, ...] = ()
    events: dict[str, EventType] = {}
    identity: Identity = Identity()
    refers_to: dict[str, str] = {}
    twins: Literal["review"] | None = None
    last_wins: bool = False
    # Can't be written again (the moment is over): listed for the customer's records only.
    record_only: bool = False
    # Field values that a machine sent: counted in a notice, not listed.
    acknowledgements: dict[str, tuple[str, ...]] = {}
    # How one of it is called in a list: fields in braces.
    title: str = ""
    field_labels: dict[str, Texts] = {}
    # What a field's values are called where they are no words of the customer's.
    value_labels: dict[str, dict[str, Texts]] = {}
    # What is to be done by whom, by what happened to it.
    to_do: dict[NetAction, Texts] = {}
    done_by: Literal["administrator", "phone_owner"] = "administrator"
    export: Export | None = None

    @model_validator(mode="after")
    def _names_only_its_fields(self) -> Self:
        known = set(self.fields)
        refers = set(self.refers_to) - {"id"}
        places = {
            "identity": set(self.identity.fields),
            "refers_to": refers,
            "acknowledgements": set(self.acknowledgements),
            "title": set(PLACEHOLDER.findall(self.title)),
            "field_labels": set(self.field_labels),
            "value_labels": set(self.value_labels),
            "types": set(self.types),
        }
        for place, names in places.items():
            if unknown := sorted(names - known):
                raise ValueError(
                    f"{place} names {', '.join(unknown)}, which fields does not list "
                    f"({', '.join(self.fields)})"
                )
        return self

    @property
    def path_fields(self) -> tuple[str, ...]:
        """The fields that routes carry in their paths (`{alarm_id}`), in the order of fields."""
        named = {name for route in self.routes for name in route.placeholders}
        return tuple(field for field in self.fields if field in named)


class CustomersTable(_Model):
    """Where the new database keeps the customers themselves."""

    table: Table
    columns: dict[Literal["id", "name", "email", "locale", "timezone"], str]

    @model_validator(mode="after")
    def _has_an_id(self) -> Self:
        if "id" not in self.columns:
            raise ValueError('columns lacks "id"')
        return self


class DevicesTable(_Model):
    """Where the new database says which customer a device belongs to."""

    table: Table
    device_id: str
    customer_id: str = "customer_id"
    deleted_at: str | None = None


class Catalogue(_Model):
    """All kinds of one product."""

    # Of times that the new database keeps without a zone.
    time_zone: Annotated[str, AfterValidator(_zone_name)] = "UTC"
    customers: CustomersTable
    devices: DevicesTable | None = None
    kinds: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Kind] = Field(min_length=1)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        for name, kind in self.kinds.items():
            for field, referred in kind.refers_to.items():
                if referred not in self.kinds:
                    raise ValueError(
                        f"kinds.{name}.refers_to.{field} names the kind {referred!r}, "
                        f"which is none of {', '.join(self.kinds)}"
                    )
        seen: dict[str, str] = {}
        for name, kind in self.kinds.items():
            for event_type in kind.events:
                if event_type in seen:
                    raise ValueError(
                        f"the event type {event_type!r} stands in kinds.{seen[event_type]} "
                        f"and in kinds.{name}; one type has one meaning"
                    )
                seen[event_type] = name
        try:
            tuple(self.in_order_of_reference())
        except CycleError as error:
            circle = " → ".join(error.args[1])
            raise ValueError(f"refers_to goes round in a circle: {circle}") from None
        return self

    def in_order_of_reference(self) -> Iterator[str]:
        """The kinds' names, each after the kinds that it refers to."""
        graph = {
            name: sorted(set(kind.refers_to.values()) - {name}) for name, kind in self.kinds.items()
        }
        yield from TopologicalSorter(graph).static_order()

    @property
    def zone(self) -> ZoneInfo:
        """The zone of times that have none."""
        return ZoneInfo(self.time_zone)

    @property
    def event_types(self) -> dict[str, tuple[str, EventType]]:
        """Every known event type with its kind and meaning."""
        return {
            event_type: (name, meaning)
            for name, kind in self.kinds.items()
            for event_type, meaning in kind.events.items()
        }
