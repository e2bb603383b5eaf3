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
    Field,
    model_validator,
)

from transforms.endpoints import PLACEHOLDER, SUBJECT_PLACEHOLDERS, Action, Route
from transforms.formulas import BEGINS_A_FORMULA
from transforms.tables import Columns, CustomersTable, CustomerVia, DevicesTable, Part, Rows

__all__ = [
    "PLACEHOLDER",
    "SUBJECT_PLACEHOLDERS",
    "Action",
    "Catalogue",
    "Columns",
    "CustomerVia",
    "CustomersTable",
    "DevicesTable",
    "EventType",
    "Export",
    "ExportColumn",
    "FieldType",
    "Identity",
    "Kind",
    "NetAction",
    "Route",
    "Texts",
]

FieldType = Literal["text", "number", "boolean", "json", "time"]
NetAction = Literal["created", "updated", "deleted"]
Texts = dict[str, str]

_NO_DIGIT = re.compile(r"[^0-9]")
# What a pack holds besides the files for imports.
_OF_THE_PACK = re.compile(r"(notice|reprovisioning)\.", re.IGNORECASE)


def _zone_name(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("is no IANA time zone such as Europe/Berlin or UTC") from None
    return value


def _no_formula(value: str) -> str:
    """Refuse a prefix that would make a formula of each number, and so leave each one out."""
    if BEGINS_A_FORMULA.match(value):
        digits = _NO_DIGIT.sub("", value).lstrip("0")
        raise ValueError(
            "begins with a character that starts a formula in a spreadsheet, so that every row "
            f'with such a number would be left out; write "00{digits or 49}"'
        )
    return value


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"names {twice[0]} twice; name each once")
    return names


def _import_file(value: str) -> str:
    if _OF_THE_PACK.match(value):
        raise ValueError(
            "is a name of the notice's own files; write another such as persons-import.csv"
        )
    return value


class EventType(Part):
    """What a CloudEvent type means; `"person.created" = "create"` is the short form."""

    action: Action
    sets: dict[str, str | None] = {}

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        return {"action": value} if isinstance(value, str) else value


class Identity(Part):
    """By what an entity is recognised when it was created again under another id.

    Either `exact` fields, or what persons are known by: `email`, `phone` and `name`.
    """

    exact: Annotated[tuple[str, ...], AfterValidator(_each_once)] = ()
    email: str | None = None
    phone: str | None = None
    name: Annotated[tuple[str, ...], AfterValidator(_each_once)] = ()

    @model_validator(mode="after")
    def _is_of_one_way(self) -> Self:
        if self.exact and (self.email or self.phone or self.name):
            raise ValueError("names exact beside email, phone or name; things have one of the two")
        return self

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields that take part."""
        single = (field for field in (self.email, self.phone) if field)
        return (*self.exact, *self.name, *single)

    @property
    def is_personal(self) -> bool:
        """Whether persons are compared, with tolerance, instead of exact fields."""
        return not self.exact and bool(self.fields)


class ExportColumn(Part):
    """One column of an import file whose value is a field, written the importer's way."""

    field: str
    phone_prefix: Annotated[str, AfterValidator(_no_formula)] | None = None


class Export(Part):
    """A file for the product's own import: which column holds what.

    A column is a field's name, a text with `{field}` in it, a table for phone numbers, or ""
    for one that stays empty.
    """

    file: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*$"), AfterValidator(_import_file)
    ]
    separator: str = Field(default=";", pattern=r'^[^"\r\n]$', description='one character, no "')
    columns: dict[str, str | ExportColumn]

    @property
    def fields(self) -> Iterator[str]:
        """All fields that its columns hold."""
        for column in self.columns.values():
            if isinstance(column, ExportColumn):
                yield column.field
            elif column:
                yield from PLACEHOLDER.findall(column) or [column]


class Kind(Rows):
    """One kind of thing that customers write."""

    label: Texts
    label_plural: Texts = {}
    fields: Annotated[tuple[str, ...], AfterValidator(_each_once)]
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
        told = known.union(*(({*route.placeholders, *route.sets}) for route in self.routes))
        if self.export and (unknown := sorted(set(self.export.fields) - told)):
            raise ValueError(
                f"export names {', '.join(unknown)}, which is no field ({', '.join(self.fields)}); "
                'write a field\'s name, a text with fields in braces, or ""'
            )
        return self

    @property
    def path_fields(self) -> tuple[str, ...]:
        """The fields that routes carry in their paths (`{alarm_id}`), in the order of fields."""
        named = {name for route in self.routes for name in route.placeholders}
        return tuple(field for field in self.fields if field in named)


class Catalogue(Part):
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
        files = [kind.export.file.lower() for kind in self.kinds.values() if kind.export]
        if twice := sorted({file for file in files if files.count(file) > 1}):
            raise ValueError(f"several kinds export to {twice[0]!r}; give each a file of its own")
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
