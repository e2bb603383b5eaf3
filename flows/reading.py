"""All logs and events of a migration: which files there are, and what came out of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from flows.settings import AccessLog, ClientEvents, Settings
from flows.sources.access_logs import check_malformed, log_reader
from flows.sources.client_events import ClientEventsRead, all_events, event_reader
from flows.sources.finding import find_files, still_there
from flows.sources.kept import KeptFile, scan
from flows.sources.reading_keys import events_key, log_key
from flows.sources.taking import TakenFile, take
from flows.stock import Entry, Files, SourceFile, Stock, take_stock
from transforms.catalogue import Catalogue
from transforms.coverage import CoverageRule
from transforms.errors import SourceError
from transforms.schemas import QUARANTINE, SEEN, WRITES
from transforms.writes import LogSource

_SECTIONS = {AccessLog: "access_logs", ClientEvents: "client_events"}


@dataclass(frozen=True, kw_only=True)
class Logs:
    """What all log files hold: `writes` (`schemas.WRITES`), `quarantine`, and `seen` seconds.

    `seen` has those of the window and its margin, each once.
    """

    writes: pl.LazyFrame
    quarantine: pl.LazyFrame
    seen: pl.DataFrame
    files: Files

    @property
    def read(self) -> int:
        """Lines of all files."""
        return sum(file.lines_read for file in self.files.kept)

    @property
    def malformed(self) -> int:
        """Lines that could not be parsed."""
        return sum(file.lines_malformed for file in self.files.kept)

    @property
    def no_write(self) -> int:
        """Lines that show no write."""
        writes = sum(file.rows("writes") for file in self.files.kept)
        return self.read - self.malformed - writes


def log_stock(
    settings: Settings, catalogue: Catalogue, known: Sequence[KeptFile]
) -> Stock[AccessLog]:
    """Every access log that is there by now; raises SourceError if there is and was none at all."""
    files = _find(settings.base, settings.access_logs, known)
    keys = {entry.name: log_key(entry, catalogue) for entry in settings.access_logs}
    stock = take_stock(files, keys, known, _looking(settings.base, settings.access_logs))
    if settings.access_logs and not (files or stock.missing):
        patterns = ", ".join(path for entry in settings.access_logs for path in entry.paths)
        raise SourceError(
            f"No access log is there: nothing in {settings.base} fits {patterns}. Copy the logs "
            "there, or correct paths in the migration file."
        )
    return stock


def event_stock(
    settings: Settings, catalogue: Catalogue, known: Sequence[KeptFile]
) -> Stock[ClientEvents]:
    """Every file of client events that is there by now."""
    files = _find(settings.base, settings.client_events, known)
    keys = {entry.name: events_key(entry, catalogue) for entry in settings.client_events}
    return take_stock(files, keys, known, _looking(settings.base, settings.client_events))


def _find(
    base: Path, entries: Sequence[Entry], known: Sequence[KeptFile]
) -> list[SourceFile[Entry]]:
    return [
        SourceFile(entry=entry, found=found)
        for entry in entries
        for found in find_files(
            base,
            entry.paths,
            entry=f"{_SECTIONS[type(entry)]} {entry.name!r}",
            once_there={file.label for file in known if file.source == entry.name},
        )
    ]


def _looking(base: Path, entries: Sequence[Entry]) -> Callable[[KeptFile], bool]:
    patterns = {entry.name: entry.paths for entry in entries}
    return lambda file: still_there(base, file.label, patterns[file.source])


def read_log_file(
    file: SourceFile[AccessLog], known: Sequence[KeptFile], catalogue: Catalogue, folder: Path
) -> TakenFile:
    """What one log file holds, as far as `folder` has not got it yet."""
    return take(file.found, log_reader(file.entry, catalogue), known, folder)


def read_event_file(
    file: SourceFile[ClientEvents], known: Sequence[KeptFile], catalogue: Catalogue, folder: Path
) -> TakenFile:
    """What one file of events holds, as far as `folder` has not got it yet."""
    return take(file.found, event_reader(file.entry, catalogue), known, folder)


def put_logs_together(settings: Settings, files: Files, folder: Path) -> Logs:
    """All files as one; raises MalformedSourceError where a source is not what its format says."""
    for entry in settings.access_logs:
        own = [file for file in files.kept if file.source == entry.name]
        check_malformed(entry, own, folder)
    quarantine = scan(files.kept, "quarantine", QUARANTINE, folder)
    window = settings.window
    seen = scan(files.kept, "seen", SEEN, folder).filter(
        pl.col("second_at").is_between(window.read_from, window.read_to)
    )
    return Logs(
        writes=scan(files.kept, "writes", WRITES, folder),
        quarantine=pl.concat([quarantine, _broken(files)]),
        seen=seen.unique().sort(*SEEN).collect(),
        files=files,
    )


def put_events_together(settings: Settings, files: Files, folder: Path) -> ClientEventsRead:
    """All files as one, each event once."""
    trusted = [entry.name for entry in settings.client_events if entry.trusted]
    events = all_events(files.kept, folder, trusted)
    return replace(events, quarantine=pl.concat([events.quarantine, _broken(files)]))


def _broken(files: Files) -> pl.LazyFrame:
    """Where files break off, for the quarantine: what comes after is no line that was read."""
    rows = [
        (*file.place, problem.line, problem.reason, "")
        for file in files.kept
        for problem in file.taken.problems
    ]
    return pl.LazyFrame(rows, schema=QUARANTINE, orient="row")


def log_sources(settings: Settings) -> list[LogSource]:
    """What the core needs to know of each proxy."""
    return [
        LogSource(name=entry.name, role=entry.role, new_upstreams=entry.new_upstreams)
        for entry in settings.access_logs
    ]


def coverage_rules(settings: Settings) -> list[CoverageRule]:
    """How each proxy's silence is judged."""
    return [
        CoverageRule(
            source=entry.name,
            role=entry.role,
            gap=None if entry.gap == "auto" else entry.gap,
            accepted=tuple((gap.from_at, gap.to_at) for gap in entry.accepted_gaps),
        )
        for entry in settings.access_logs
    ]
