"""A migration from its files to its findings, without Prefect and without writing results.

The very steps of `flows.reconcile`, in their order; to start Prefect takes longer than all of them.
"""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.catalogue import load_catalogue
from flows.comparison import Compared, compare_with_database
from flows.ledger import open_ledger
from flows.reading import (
    Logs,
    coverage_rules,
    event_stock,
    log_sources,
    log_stock,
    put_events_together,
    put_logs_together,
    read_event_file,
    read_log_file,
)
from flows.settings import Settings, load_settings
from flows.shelf import open_shelf
from flows.sources.client_events import ClientEventsRead
from flows.sources.kept import KeptFile
from flows.sources.taking import TakenFile
from flows.stock import Files, Stock, settle, together
from transforms.coverage import silences
from transforms.findings import Findings, find
from transforms.matching import match_by_request_id
from transforms.writes import settle_writes


@dataclass(frozen=True, kw_only=True)
class Read:
    """All that the files hold."""

    logs: Logs
    events: ClientEventsRead
    files: Files


@dataclass(frozen=True, kw_only=True)
class Rerun:
    """A run over what earlier ones have kept, too."""

    read: Read
    found: Findings


def findings_of(migration_file: Path) -> Findings:
    """Read the logs and events, ask the new database, judge."""
    return _reconciled(migration_file)[0]


def compared_of(migration_file: Path) -> Compared:
    """Read the logs and events, ask the new database."""
    return _reconciled(migration_file)[1]


def run_again(migration_file: Path, *, verify: bool = False) -> Rerun:
    """As `findings_of`, but read only what no earlier run has kept, and keep it."""
    read = read_again(migration_file, verify=verify)
    return Rerun(read=read, found=_judged(load_settings(migration_file), read)[0])


def read_again(migration_file: Path, *, verify: bool = False) -> Read:
    """The reading of a run, up to what all files hold."""
    settings = load_settings(migration_file)
    with open_ledger(
        settings.ledger.url, base=settings.base, migration_id=settings.migration.id
    ) as ledger:
        shelf = open_shelf(ledger, settings.output_folder, run=1, verify=verify)
        read = _read(settings, shelf.known, shelf.folder, shelf.keep)
        shelf.tidy(read.files)
        return read


def _reconciled(migration_file: Path) -> tuple[Findings, Compared]:
    settings = load_settings(migration_file)
    with tempfile.TemporaryDirectory(prefix="in-process-") as folder:
        read = _read(settings, [], Path(folder), lambda stock, taken: settle(stock, list(taken)))
        return _judged(settings, read)


def _read(
    settings: Settings,
    known: Sequence[KeptFile],
    folder: Path,
    keep: Callable[[Stock[Any], Iterable[TakenFile]], Files],
) -> Read:
    catalogue = load_catalogue(settings.catalogue_path)
    logs = log_stock(settings, catalogue, known)
    log_files = keep(logs, (read_log_file(file, known, catalogue, folder) for file in logs.unread))
    told = event_stock(settings, catalogue, known)
    event_files = keep(
        told, (read_event_file(file, known, catalogue, folder) for file in told.unread)
    )
    return Read(
        logs=put_logs_together(settings, log_files, folder),
        events=put_events_together(settings, event_files, folder),
        files=together(log_files, event_files),
    )


def _judged(settings: Settings, read: Read) -> tuple[Findings, Compared]:
    catalogue, window = load_catalogue(settings.catalogue_path), settings.window
    writes = settle_writes(read.logs.writes, window, log_sources(settings))
    matching = match_by_request_id(writes, read.events.events, window)
    compared = compare_with_database(settings, catalogue, matching)
    found = find(
        compared.witnesses,
        compared.rows,
        catalogue=catalogue,
        window=window,
        silences=silences(read.logs.seen, coverage_rules(settings), window),
        country=settings.migration.country,
    )
    return found, compared
