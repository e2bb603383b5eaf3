"""What the report is made of, as the run hands it over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from notifications.content import MigrationFacts
from transforms.balance import Balance, EventCounts, LineCounts, NoticeRowCounts
from transforms.catalogue import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCounts:
    """How much of one log source could not be read."""

    name: str
    lines: int
    malformed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorklistEntry:
    """One customer with a notice. `folder` is relative to the report.

    `verdicts` counts the findings that ask for something; `email` is None where no e-mail could be
    sent.
    """

    customer_id: str
    name: str | None
    verdicts: Mapping[str, int]
    revision: int
    folder: str
    email: str | None

    @property
    def has_address(self) -> bool:
        """Whether an e-mail could be sent."""
        return bool(self.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """All that the report shows.

    `made_at` and `run_id` say which run this is. Frames: `findings` FINDINGS of all customers;
    `previous` the FINDINGS of the run before, if there was one; `seen` SEEN; `unattributed`
    EVIDENCE; `quarantine` QUARANTINE, of which some rows are shown. `unknown_types` counts events
    by their unknown type; `evidence` is the number of witnessed writes.
    """

    facts: MigrationFacts
    catalogue: Catalogue
    run_id: str
    made_at: datetime
    lines: LineCounts
    events: EventCounts
    balance: Balance
    evidence: int
    shown: NoticeRowCounts
    sources: tuple[SourceCounts, ...]
    worklist: tuple[WorklistEntry, ...]
    findings: pl.DataFrame
    seen: pl.DataFrame
    unattributed: pl.DataFrame
    quarantine: pl.DataFrame
    previous: pl.DataFrame | None = None
    unknown_types: Mapping[str, int] = field(default_factory=dict)
