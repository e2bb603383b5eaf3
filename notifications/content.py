"""A notice as data, worded for its reader; every format is a rendering of this.

What is in here is in the customer's language and time zone already, and harmless to show (see
`notifications.visible`). No wording is left to the formats, so that a sentence stands once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from transforms.balance import NoticeRowCounts
from transforms.catalogue import NetAction

State = Literal["preliminary", "final"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time for which a source's logs are missing; `is_accepted` where they are lost for good."""

    source: str
    from_at: datetime
    to_at: datetime
    is_accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Whether every source was seen for the whole window, and where not."""

    is_complete: bool
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationFacts:
    """What all notices of a migration say about it.

    `old_sources` are the names of the access logs in front of the old address; `country` (ISO
    3166) reads phone numbers that are written nationally.
    """

    id: str
    title: str
    snapshot_at: datetime
    live_at: datetime
    coverage: Coverage
    live_at_uncertainty: timedelta = timedelta(0)
    timezone: str = "UTC"
    country: str | None = None
    minimum_versions: Mapping[str, str] = field(default_factory=dict)
    old_sources: frozenset[str] = frozenset()
    contact: str | None = None
    sender_name: str | None = None
    sender_email: str | None = None
    default_locale: str = "de"


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Whom a notice is for. What is not known (None) falls back to the migration's own."""

    id: str
    name: str | None = None
    email: str | None = None
    locale: str | None = None
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One value as it was recorded beside the one that the new system holds now."""

    label: str
    recorded: str
    present: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing in a list. What a client created by trying again is one row of several findings.

    `importable` are the values as they were recorded, to the byte, for the product's own import;
    everything else is worded to be read.
    """

    finding_ids: tuple[str, ...]
    kind: str
    kind_label: str
    action: str
    verdict: str
    confidence: str
    at: datetime
    time: str
    what: str
    who: str
    details: tuple[tuple[str, str], ...]
    sides: tuple[Side, ...]
    steps: tuple[NetAction, ...]
    known: str
    note: str
    to_do: str
    fields: Mapping[str, str]
    importable: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FieldColumn:
    """A recovered field as a list's column; `is_reference` where it is the id of something.

    `values` are the labels of its values, where they have some.
    """

    name: str
    label: str
    is_reference: bool
    values: Mapping[str, str] = field(default_factory=dict)


Purpose = Literal["repeat", "record", "check", "delete", "done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A list of rows with one purpose; `kind` is None where kinds are mixed.

    `remarks` are sentences below the list: what is counted instead of listed, for one.
    """

    key: str
    purpose: Purpose
    kind: str | None
    heading: str
    sheet: str
    intro: str
    rows: tuple[Row, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One line of the checklist, with the key of the section that lists what it is about."""

    text: str
    note: str = ""
    section: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one of the two has to do."""

    heading: str
    intro: str = ""
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A headed text; `points` is a list after its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """What to do, in order, by the two who do it; `forward` is the text for the second."""

    heading: str
    administrator: Part
    phone_owners: Part | None
    forward: Prose | None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a supplement says anew, or takes back; `note` says why."""

    kind_label: str
    time: str
    what: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a supplement starts with: what has changed since the notice that was sent last."""

    heading: str
    paragraphs: tuple[str, ...]
    found_heading: str
    found: tuple[Change, ...]
    withdrawn_heading: str
    withdrawn: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFile:
    """A file for the product's own import. `left_out` names rows that can't stand in it."""

    name: str
    separator: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What stands outside of a letter: who writes, to whom, about what.

    `sender_email` and `recipient` are None where they are not known or can't be written to.
    """

    sender_name: str
    sender_email: str | None
    recipient: str | None
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """All that is said to one customer, in reading order.

    `words` are headings of columns and the like; `fields` are the recovered fields that lists have
    columns for, by kind.
    """

    language: str
    migration_id: str
    customer_id: str
    revision: int
    state: State
    title: str
    addressee: str
    reference: str
    envelope: Envelope
    changes: Changes | None
    happened: Prose
    completeness: Prose
    checklist: Checklist
    sections: tuple[Section, ...]
    advice: Prose | None
    personal_data: Prose | None
    contact: Prose
    contact_link: str | None
    imports: tuple[ImportFile, ...]
    words: Mapping[str, str]
    fields: Mapping[str, tuple[FieldColumn, ...]]
    counts: NoticeRowCounts

    @property
    def asking(self) -> tuple[Row, ...]:
        """Every row that asks for something, in reading order."""
        return tuple(
            row for section in self.sections if section.purpose != "done" for row in section.rows
        )
