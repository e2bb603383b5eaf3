"""What the report is made of, as the run hands it over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from notifications.content import MigrationFacts
from notifications.envelope import usable_address
from notifications.states import DRAFT
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

    `verdicts` counts the findings that ask for something; `done` those that an earlier notice
    asked for and the new database shows as done. `persons_missing` counts the persons who are
    `lost`, as the notice lists them. `email` is what the address book holds.
    """

    customer_id: str
    name: str | None
    verdicts: Mapping[str, int]
    revision: int
    folder: str
    email: str | None
    persons_missing: int = 0
    state: str = DRAFT
    done: int = 0

    @property
    def has_address(self) -> bool:
        """Whether an e-mail could be sent."""
        return usable_address(self.email) is not None

    @property
    def open(self) -> int:
        """How many findings still ask for something."""
        return sum(self.verdicts.values())

    @property
    def asked(self) -> int:
        """How many findings ask for something, or did until it was done."""
        return self.done + self.open


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """All that the report shows.

    `made_at` and `run_id` say which run this is; `formats` are those of the notices. Frames:
    `findings` FINDINGS of all customers; `previous` the FINDINGS of the run before, if there was
    one; `evidence` and `unattributed` EVIDENCE; `seen` SEEN; `quarantine` QUARANTINE, of which
    samples are shown. `unknown_types` counts events by their unknown type.
    """

    facts: MigrationFacts
    catalogue: Catalogue
    run_id: str
    made_at: datetime
    formats: tuple[str, ...]
    lines: LineCounts
    events: EventCounts
    balance: Balance
    shown: NoticeRowCounts
    sources: tuple[SourceCounts, ...]
    worklist: tuple[WorklistEntry, ...]
    findings: pl.DataFrame
    evidence: pl.DataFrame
    seen: pl.DataFrame
    unattributed: pl.DataFrame
    quarantine: pl.DataFrame
    previous: pl.DataFrame | None = None
    unknown_types: Mapping[str, int] = field(default_factory=dict)
