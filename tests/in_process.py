"""A migration from its files to its findings, or to its notices, without Prefect.

The very steps of `flows.reconcile`, in their order; to start Prefect takes longer than all of them.
"""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from flows.catalogue import load_catalogue
from flows.comparison import Compared, compare_with_database
from flows.judging import judge
from flows.ledger import open_ledger
from flows.nothing_new import nothing_new, remember
from flows.outcome import Run, publish
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
from flows.stock import Files, SourceFile, Stock, settle, together
from flows.summary import Stopwatch, Summary, summarise
from flows.work import at_work
from transforms.coverage import silences
from transforms.findings import Findings, find
from transforms.matching import match_by_request_id
from transforms.writes import settle_writes

Look = Callable[[Sequence[KeptFile]], Stock[Any]]
Reading = Callable[[Sequence[SourceFile[Any]]], Iterable[TakenFile]]


@dataclass(frozen=True, kw_only=True)
class Read:
    """All that the files hold."""

    logs: Logs
    events: ClientEventsRead
    files: Files

    def contents(self) -> dict[str, Any]:
        """All of it, in an order of its own, to be compared."""
        by = ["source", "file", "line"]
        frames = {
            "writes": self.logs.writes.collect().sort(by),
            "seen": self.logs.seen,
            "quarantine": pl.concat([self.logs.quarantine, self.events.quarantine])
            .collect()
            .sort([*by, "reason"]),
            "events": self.events.events.collect().sort(by),
        }
        events = self.events
        return {name: frame.to_dicts() for name, frame in frames.items()} | {
            "lines": (self.logs.read, self.logs.malformed, self.logs.no_write),
            "told": (events.read, events.malformed, events.duplicates, events.unknown_types),
            "broken": self.files.broken,
        }


@dataclass(frozen=True, kw_only=True)
class Rerun:
    """A run over what earlier ones have kept, too."""

    read: Read
    found: Findings


def findings_of(migration_file: Path) -> Findings:
    """Read the logs and events, ask the new database, judge."""
    return _reconciled(migration_file)[0]


def contents_of(migration_file: Path) -> dict[str, Any]:
    """Read all logs and events at once."""
    settings = load_settings(migration_file)
    with tempfile.TemporaryDirectory(prefix="in-process-") as folder:
        return _read(settings, [], Path(folder), _read_all).contents()


def compared_of(migration_file: Path) -> Compared:
    """Read the logs and events, ask the new database."""
    return _reconciled(migration_file)[1]


def run_again(migration_file: Path, *, verify: bool = False) -> Rerun:
    """As `findings_of`, but read only what no earlier run has kept, and keep it."""
    read = read_again(migration_file, verify=verify)
    return Rerun(read=read, found=_judged(load_settings(migration_file), read)[0])


def whole_run(migration_file: Path) -> Summary:
    """All that a run does, from the lock to what the ledger remembers of it."""
    settings = load_settings(migration_file)
    catalogue = load_catalogue(settings.catalogue_path)
    watch = Stopwatch()
    with at_work(settings, "in-process") as work:
        shelf = open_shelf(work.ledger, settings.output_folder, run=work.number, verify=False)
        read = _read(settings, shelf.known, shelf.folder, shelf.fill)
        shelf.tidy(read.files)
        how = {"run_id": "in-process", "watch": watch}
        if same := nothing_new(settings, catalogue, read.files, work.ledger, **how):
            work.done("NothingNew", same.counts)
            return same.summary
        writes = settle_writes(read.logs.writes, settings.window, log_sources(settings))
        matching = match_by_request_id(writes, read.events.events, settings.window)
        compared = compare_with_database(settings, catalogue, matching)
        silent = silences(read.logs.seen, coverage_rules(settings), settings.window)
        run = Run(
            id="in-process",
            number=work.number,
            settings=settings,
            catalogue=catalogue,
            logs=read.logs,
            events=read.events,
            files=read.files,
            writes=writes,
            matching=matching,
            compared=compared,
            silences=silent,
            found=judge(settings, catalogue, compared, silent, work.ledger),
        )
        summary = summarise(run, publish(run, work.ledger), watch=watch)
        work.done(summary.result, remember(run, summary, work.ledger))
        return summary


def read_again(migration_file: Path, *, verify: bool = False) -> Read:
    """The reading of a run, up to what all files hold."""
    settings = load_settings(migration_file)
    with open_ledger(
        settings.ledger.url, base=settings.base, migration_id=settings.migration.id
    ) as ledger:
        shelf = open_shelf(ledger, settings.output_folder, run=1, verify=verify)
        read = _read(settings, shelf.known, shelf.folder, shelf.fill)
        shelf.tidy(read.files)
        return read


def stock_of(migration_file: Path) -> Stock[Any]:
    """The access logs that are there, beside what earlier runs have kept."""
    settings = load_settings(migration_file)
    catalogue = load_catalogue(settings.catalogue_path)
    with open_ledger(
        settings.ledger.url, base=settings.base, migration_id=settings.migration.id
    ) as ledger:
        shelf = open_shelf(ledger, settings.output_folder, run=1, verify=False)
        return log_stock(settings, catalogue, shelf.known)


def _reconciled(migration_file: Path) -> tuple[Findings, Compared]:
    settings = load_settings(migration_file)
    with tempfile.TemporaryDirectory(prefix="in-process-") as folder:
        return _judged(settings, _read(settings, [], Path(folder), _read_all))


def _read_all(look: Look, read: Reading) -> Files:
    stock = look([])
    return settle(stock, list(read(stock.unread)))


def _read(
    settings: Settings,
    known: Sequence[KeptFile],
    folder: Path,
    fill: Callable[[Look, Reading], Files],
) -> Read:
    catalogue = load_catalogue(settings.catalogue_path)
    log_files = fill(
        partial(log_stock, settings, catalogue),
        lambda files: (read_log_file(file, known, catalogue, folder) for file in files),
    )
    event_files = fill(
        partial(event_stock, settings, catalogue),
        lambda files: (read_event_file(file, known, catalogue, folder) for file in files),
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
