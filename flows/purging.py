"""Everything personal of a migration removed: from the ledger, and from the output folder."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from flows.folders import only_run
from flows.ledger import Transaction, open_ledger
from flows.ledger.lock import hold
from flows.ledger.purging import Personal, count_personal, purge
from flows.ledger.runs import all_runs
from flows.ledger.tables import runs
from flows.settings import Settings

# The figures for a breach notification hold nothing personal, and have to be kept for years.
KEPT: Final = frozenset({"incident.json", "incident.html", ".lock"})
# Of a run's summary, what only counts. Names of files may name somebody.
_COUNTED: Final = ("lines", "events", "gaps", "findings", "customers", "notices", "unattributed")


@dataclass(frozen=True, kw_only=True)
class Removal:
    """What a purge removes."""

    personal: Personal
    files: int
    folder: Path


def what_goes(settings: Settings) -> Removal:
    """Count what a purge would remove; nothing is changed."""
    with (
        open_ledger(
            settings.ledger.url, base=settings.base, migration_id=settings.migration.id
        ) as ledger,
        ledger.reading() as tx,
    ):
        personal = count_personal(tx)
    files = sum(path.is_file() for each in _going(settings) for path in (each, *each.rglob("*")))
    return Removal(personal=personal, files=files, folder=settings.output_folder)


def purge_migration(settings: Settings) -> None:
    """Remove it, alone on the migration; broken off, the same again does the rest.

    Raises BusyError where a run or a sending is at work.
    """
    migration_id = settings.migration.id
    with (
        open_ledger(settings.ledger.url, base=settings.base, migration_id=migration_id) as opened,
        hold(opened, "purge") as ledger,
        only_run(settings.output_folder),
    ):
        with ledger.begin() as tx:
            _keep_counts_only(tx)
        purge(ledger, at=datetime.now(UTC))
        for path in _going(settings):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _going(settings: Settings) -> Iterator[Path]:
    folder = settings.output_folder
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if path.name not in KEPT)


def _keep_counts_only(tx: Transaction) -> None:
    for run in all_runs(tx):
        mine = sa.and_(runs.c.migration_id == tx.migration_id, runs.c.number == run.number)
        counts = {"summary": _counted(run.counts)} if run.counts else None
        tx.connection.execute(sa.update(runs).where(mine).values(counts=counts))


def _counted(counts: Mapping[str, Any]) -> dict[str, Any]:
    summary = counts.get("summary", {})
    return {name: summary[name] for name in _COUNTED if name in summary}
