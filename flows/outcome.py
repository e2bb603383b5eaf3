"""The end of a run: everything checked, then written, then told in a few numbers."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

from flows.comparison import Compared
from flows.contacts import load_contacts, with_contacts
from flows.folders import write_whole
from flows.frames import write_frames
from flows.keeping import keep_grounds
from flows.ledger import Ledger
from flows.notices import NoticeChanges, Telling
from flows.reading import Logs
from flows.settings import Settings
from flows.sources.client_events import ClientEventsRead
from flows.stock import Files
from flows.telling import tell_customers, tell_nobody
from flows.worklist import worklist
from notifications.content import Coverage, Customer, Gap, MigrationFacts
from notifications.overview import overview
from notifications.report_data import ReportData, SourceCounts, WorklistEntry
from transforms.asking import ASKING
from transforms.balance import (
    Balance,
    EventCounts,
    LineCounts,
    NoticeRowCounts,
    WitnessCounts,
    balance,
)
from transforms.catalogue import Catalogue
from transforms.findings import Findings
from transforms.matching import Matching
from transforms.retries import notice_counts
from transforms.writes import Writes

# A dry run's findings and report, in the output folder.
DRY_RUN: Final = "dry-run"


@dataclass(frozen=True, kw_only=True)
class Run:
    """All that the steps of one run have returned. One that `is_dry` writes no notices."""

    id: str
    number: int
    settings: Settings
    catalogue: Catalogue
    logs: Logs
    events: ClientEventsRead
    files: Files
    writes: Writes
    matching: Matching
    compared: Compared
    silences: pl.DataFrame
    found: Findings
    is_dry: bool = False

    @property
    def output(self) -> Path:
        """Where findings and report go: those of a dry run beside all else."""
        folder = self.settings.output_folder
        return folder / DRY_RUN if self.is_dry else folder


@dataclass(frozen=True, kw_only=True)
class Published:
    """What was written, and the sums that were checked before."""

    notices: NoticeChanges
    customers: int
    lines: LineCounts
    events: EventCounts
    balance: Balance
    previous: pl.DataFrame | None
    worklist: tuple[WorklistEntry, ...]


def publish(run: Run, ledger: Ledger) -> Published:
    """Check the sums, then write notices, let the ledger know, and write frames and report.

    Nothing is written if a sum does not agree. A dry run tells nobody. `run.found` has been settled
    with what earlier runs knew. Notices are on the disk before the ledger knows them: killed in
    between, the next run writes the same again.
    """
    output, settings = run.output, run.settings
    facts = migration_facts(settings, run.silences)
    shown = shown_to_customers(run.found.findings, run.catalogue)
    lines, events, witnesses = _lines(run), _events(run), _witnesses(run)
    rows = _notice_rows(run, shown)
    agreed = balance(lines, events, witnesses, rows)
    agreed.check()
    previous = previous_findings(settings.output_folder)
    telling = Telling(
        found=run.found,
        rows=run.compared.rows,
        customers=affected_customers(settings, run.compared.customers),
        facts=facts,
        catalogue=run.catalogue,
        shown=shown,
    )
    if run.is_dry:
        told = tell_nobody(telling, ledger)
    else:
        told = tell_customers(telling, ledger, settings, run=run.number)
    quarantine = (
        pl.concat([run.logs.quarantine, run.events.quarantine])
        .sort("source", "file", "line", "reason")
        .collect()
    )
    listed = worklist(
        told.latest,
        run.found.findings,
        told.changes,
        telling.customers,
        run.catalogue,
        folder=os.path.relpath(settings.output_folder, output),
    )
    report = ReportData(
        facts=facts,
        catalogue=run.catalogue,
        run_id=run.id,
        made_at=datetime.now(UTC),
        lines=lines,
        events=events,
        balance=agreed,
        formats=run.settings.notices.formats,
        evidence=run.found.evidence,
        shown=rows,
        sources=_sources(run.logs),
        worklist=listed,
        findings=run.found.findings,
        seen=run.logs.seen,
        unattributed=run.found.unattributed,
        quarantine=quarantine,
        previous=previous,
        unknown_types=run.events.unknown_types,
    )
    documents = overview(report)
    write_frames(
        output,
        {
            "evidence": run.found.evidence,
            "unattributed": run.found.unattributed,
            "quarantine": quarantine,
        },
    )
    if not run.is_dry:
        keep_grounds(output, run.found, run.logs.files.kept, run.silences, settings.window)
    for name, content in documents.items():
        write_whole(output / name, content)
    # Last of all: what the next run compares itself with is there only when all else is.
    write_frames(output, {"findings": run.found.findings})
    return Published(
        notices=told.notices,
        customers=sum(counts.rows > 0 for counts in shown.values()),
        lines=lines,
        events=events,
        balance=agreed,
        previous=previous,
        worklist=listed,
    )


def migration_facts(settings: Settings, silences: pl.DataFrame) -> MigrationFacts:
    """What all notices say about the migration."""
    migration, notices = settings.migration, settings.notices
    gaps = tuple(
        Gap(source=source, from_at=begin, to_at=end, is_accepted=accepted)
        for source, begin, end, accepted in silences.iter_rows()
    )
    return MigrationFacts(
        id=migration.id,
        title=migration.title,
        snapshot_at=migration.snapshot_at,
        live_at=migration.live_at,
        live_at_uncertainty=migration.live_at_uncertainty,
        coverage=Coverage(is_complete=all(gap.is_accepted for gap in gaps), gaps=gaps),
        timezone=migration.timezone,
        country=migration.country,
        minimum_versions=migration.minimum_versions,
        old_sources=frozenset(log.name for log in settings.access_logs if log.role == "old"),
        contact=notices.contact,
        sender_name=notices.sender.name if notices.sender else None,
        sender_email=notices.sender.email if notices.sender else None,
        default_locale=notices.default_locale,
    )


def affected_customers(settings: Settings, customers: pl.DataFrame) -> dict[str, Customer]:
    """The customers that the database knows, the operator's own contacts laid over them."""
    known = customers.lazy()
    if settings.contacts_path:
        known = with_contacts(known, load_contacts(settings.contacts_path))
    columns = ("id", "name", "email", "locale", "timezone")
    return {
        row[0]: Customer(**dict(zip(columns, row, strict=True)))
        for row in known.select(columns).collect().iter_rows()
    }


def previous_findings(output: Path) -> pl.DataFrame | None:
    """What the run before has found, if there was one."""
    path = output / "findings.parquet"
    return pl.read_parquet(path) if path.exists() else None


def _lines(run: Run) -> LineCounts:
    return LineCounts(
        read=run.logs.read,
        malformed=run.logs.malformed,
        no_write=run.logs.no_write,
        outside=run.writes.outside.height,
        duplicate=run.writes.repeated,
        writes=run.writes.inside.height,
    )


def _events(run: Run) -> EventCounts:
    return EventCounts(
        read=run.events.read,
        malformed=run.events.malformed,
        unknown_type=sum(run.events.unknown_types.values()),
        outside=run.matching.outside,
        duplicate=run.events.duplicates,
        taken=run.matching.events.height,
    )


def _witnesses(run: Run) -> WitnessCounts:
    """Counted in the evidence as it is written, so that a row lost on the way shows."""
    paired = pl.col("paired_by").is_not_null()
    own = run.found.evidence.select(paired=2 * paired.sum(), alone=(~paired).sum()).row(
        0, named=True
    )
    return WitnessCounts(
        paired=own["paired"],
        alone=own["alone"],
        unattributed=run.found.unattributed.select(1 + paired).sum().item() or 0,
        in_findings=run.found.findings.select(pl.col("lines") + pl.col("events")).sum().item() or 0,
    )


def shown_to_customers(findings: pl.DataFrame, catalogue: Catalogue) -> dict[str, NoticeRowCounts]:
    """How each customer's findings are shown, by id; one without rows gets no notice."""
    return {
        row.pop("customer_id"): NoticeRowCounts(**row)
        for row in notice_counts(findings, catalogue).iter_rows(named=True)
    }


def _notice_rows(run: Run, shown: Mapping[str, NoticeRowCounts]) -> NoticeRowCounts:
    return NoticeRowCounts(
        asking=run.found.findings.filter(pl.col("verdict").is_in(ASKING)).height,
        rows=sum(counts.rows for counts in shown.values()),
        retries=sum(counts.retries for counts in shown.values()),
        acknowledgements=sum(counts.acknowledgements for counts in shown.values()),
    )


def _sources(logs: Logs) -> tuple[SourceCounts, ...]:
    names = sorted({each.source for each in logs.files.kept})
    return tuple(
        SourceCounts(
            name=name,
            lines=sum(each.lines_read for each in logs.files.kept if each.source == name),
            malformed=sum(each.lines_malformed for each in logs.files.kept if each.source == name),
        )
        for name in names
    )
