"""What a run kept of one finding, read from frames."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import orjson
import polars as pl

from notifications.explanation.content import Values
from transforms.catalogue import Kind
from transforms.schemas import FINDINGS, HELD
from transforms.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One row of `schemas.FINDINGS`, as far as it matters here, with its JSON read."""

    finding_id: str
    customer_id: str
    kind: str
    entity_id: str | None
    action: str
    verdict: str
    confidence: str
    reason: str | None
    last_at: datetime
    lines: int
    events: int
    fields: Values
    current: Values
    matched_id: str | None
    match_score: float | None

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """Read a row of FINDINGS."""
        known = {name: row[name] for name in FINDINGS if name in cls.__dataclass_fields__}
        return cls(**known | {name: values(row[name]) for name in ("fields", "current")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One row of `schemas.HELD`, with its JSON read."""

    net: str
    judged_at: datetime
    judged_has_line: bool
    judged_on_new: bool
    is_covered: bool
    is_explained: bool
    is_recreated: bool
    changes: tuple[str, ...]
    is_equal: bool
    row_id: str | None
    has_row: bool
    row_created_at: datetime | None
    row_updated_at: datetime | None
    matched_created_at: datetime | None
    matched_updated_at: datetime | None
    reissued_at: datetime | None
    is_moved_by_guess: bool
    update_of_missing: bool
    changed_since: bool
    parent_is_gone: bool
    parent_is_lost: bool
    parent_is_doubtful: bool
    present: Values

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """Read a row of HELD."""
        known = {name: row[name] for name in HELD if name != "finding_id"}
        changes = tuple(row["changes"] or ())
        return cls(**known | {"changes": changes, "present": values(row["present"])})


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """All that one verdict rests on.

    `findings` (FINDINGS) are all of the customer, `evidence` (EVIDENCE), `held` (HELD; no row where
    the entity is unknown) and `comparisons` (COMPARISONS) the finding's own; `lines` (LINES) are
    those of its evidence, `silences` (GAPS) those of the whole window.
    """

    finding_id: str
    findings: pl.DataFrame
    evidence: pl.DataFrame
    held: pl.DataFrame
    lines: pl.DataFrame
    comparisons: pl.DataFrame
    silences: pl.DataFrame
    window: Window
    kind: Kind
    timezone: str


def values(text: str | None) -> Values:
    """A frame's JSON object of values; empty where there is none."""
    known: Values = orjson.loads(text or b"{}")
    return known
