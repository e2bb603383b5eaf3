"""An explanation as data; the terminal and the JSON object are renderings of this.

Values are as they were recorded: whoever shows them makes them harmless first.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

Values = Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A log line; `text` has its query values masked, None where the line was not kept."""

    at: datetime
    source: str
    file: str
    line: int
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A client's event. `at` is by the device's clock; its offset may not be known (None)."""

    at: datetime
    corrected_at: datetime | None
    clock_offset_s: float | None
    file: str
    line: int
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """By which rule a line and an event are one write, and how far apart in (corrected) time."""

    rule: str
    distance_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A time for which a source's logs are missing."""

    source: str
    from_at: datetime
    to_at: datetime
    is_accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One witnessed write. `silences` are those near it: without any, the logs cover it."""

    action: str
    at: datetime
    line: Line | None
    event: Event | None
    pairing: Pairing | None
    client_ip: str | None
    user_agent: str | None
    device_id: str | None
    request_id: str | None
    fields: Values
    silences: tuple[Silence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A field as the evidence has it beside the row's value.

    `compared_as` is what was held against the row: a reference may be known under another id by
    now. `agrees` is None where the evidence does not say; `is_changed` where an update set it.
    """

    field: str
    evidence: str | None
    compared_as: str | None
    row: str | None
    agrees: bool | None
    is_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the new database held; `is_own` is false for a row that it may have become."""

    row_id: str
    is_own: bool
    created_at: datetime | None
    updated_at: datetime | None
    sides: tuple[Side, ...]

    @property
    def differing(self) -> tuple[Side, ...]:
        """The fields in which row and evidence contradict each other."""
        return tuple(side for side in self.sides if side.agrees is False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A row that was compared; `outcome` is of `schemas.COMPARISONS`, `said` the same in words."""

    row_id: str
    created_at: datetime | None
    score: float | None
    outcome: str
    said: str
    agreement: Mapping[str, float | None]
    fields: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """Another finding of the customer that matters to this one.

    `relation`: `refers_to`, `same_id` (an id that was given out twice) or `same_row` (`matched_id`
    is a row with which this finding was compared as well).
    """

    relation: str
    finding_id: str
    kind: str
    entity_id: str | None
    action: str
    verdict: str
    matched_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why one finding got its verdict. Times are UTC; sentences are English, in `timezone`.

    `title` is what the entity is called (empty where nobody knows), `judged_at` the time of the
    write that the verdict is about, `reissued_at` when the row was created that has the entity's
    id now, if another has.
    """

    finding_id: str
    customer_id: str
    kind: str
    kind_label: str
    entity_id: str | None
    title: str
    action: str
    verdict: str
    confidence: str
    reason: str | None
    judged_at: datetime
    because: str
    evidence: tuple[Write, ...]
    reissued_at: datetime | None
    row: Row | None
    candidates: tuple[Candidate, ...]
    relatives: tuple[Relative, ...]
    would_change: tuple[str, ...]
    timezone: str

    def as_json(self) -> dict[str, Any]:
        """The object that `explain --json` prints, its times as datetimes."""
        return asdict(self)
