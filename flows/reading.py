"""All logs and events of a migration: which files there are, and what came out of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from flows.progress import reading
from flows.settings import AccessLog, ClientEvents, Settings
from flows.sources.access_logs import LogExtract, check_malformed, extract_log
from flows.sources.client_events import (
    ClientEventsRead,
    EventExtract,
    all_events,
    extract_events,
)
from flows.sources.files import FoundFile, find_files
from transforms.catalogue import Catalogue
from transforms.client_events import event_types
from transforms.coverage import CoverageRule
from transforms.errors import SourceError
from transforms.schemas import QUARANTINE, SEEN, WRITES, Schema, empty
from transforms.writes import LogSource


@dataclass(frozen=True, kw_only=True)
class LogFile:
    """One file of one `[[access_logs]]` entry."""

    entry: AccessLog
    found: FoundFile

    def __str__(self) -> str:
        """What the operator sees."""
        return f"{self.entry.name}: {self.found.label}"


@dataclass(frozen=True, kw_only=True)
class EventFile:
    """One file of one `[[client_events]]` entry."""

    entry: ClientEvents
    found: FoundFile

    def __str__(self) -> str:
        """What the operator sees."""
        return f"{self.entry.name}: {self.found.label}"


@dataclass(frozen=True, kw_only=True)
class Logs:
    """What all log files hold: `writes` (`schemas.WRITES`), `quarantine`, and `seen` seconds."""

    writes: pl.LazyFrame
    quarantine: pl.LazyFrame
    seen: pl.DataFrame
    extracts: Sequence[LogExtract]

    @property
    def read(self) -> int:
        """Lines of all files."""
        return sum(each.lines_read for each in self.extracts)

    @property
    def malformed(self) -> int:
        """Lines that could not be parsed."""
        return sum(each.lines_malformed for each in self.extracts)

    @property
    def no_write(self) -> int:
        """Lines that show no write."""
        return sum(each.lines_no_write for each in self.extracts)


def find_log_files(settings: Settings) -> list[LogFile]:
    """Every access log that is there by now; raises SourceError if there is none at all."""
    files = [
        LogFile(entry=entry, found=found)
        for entry in settings.access_logs
        for found in find_files(settings.base, entry.paths, entry=f"access_logs {entry.name!r}")
    ]
    if settings.access_logs and not files:
        patterns = ", ".join(path for entry in settings.access_logs for path in entry.paths)
        raise SourceError(
            f"No access log is there: nothing in {settings.base} fits {patterns}. Copy the logs "
            "there, or correct paths in the migration file."
        )
    return files


def find_event_files(settings: Settings) -> list[EventFile]:
    """Every file of client events that is there by now."""
    return [
        EventFile(entry=entry, found=found)
        for entry in settings.client_events
        for found in find_files(settings.base, entry.paths, entry=f"client_events {entry.name!r}")
    ]


def read_log_file(
    file: LogFile, catalogue: Catalogue, settings: Settings, work: Path
) -> LogExtract:
    """What one log file holds; its writes go to a folder of their own in `work`."""
    with reading(file.found):
        return extract_log(
            file.found.path,
            label=file.found.label,
            entry=file.entry,
            catalogue=catalogue,
            window_from=settings.window.read_from,
            window_to=settings.window.read_to,
            into=work,
        )


def read_event_file(file: EventFile, catalogue: Catalogue, work: Path) -> EventExtract:
    """What one file of events holds."""
    with reading(file.found):
        return extract_events(
            file.found.path,
            label=file.found.label,
            source=file.entry.name,
            is_trusted=file.entry.trusted,
            types=event_types(catalogue),
            into=work / hashlib.blake2b(file.found.label.encode(), digest_size=16).hexdigest(),
        )


def put_logs_together(settings: Settings, extracts: Sequence[LogExtract]) -> Logs:
    """All files as one; raises MalformedSourceError where a source is not what its format says."""
    for entry in settings.access_logs:
        own = [each for each in extracts if each.source == entry.name]
        check_malformed(entry, own)
    return Logs(
        writes=_scan([each.writes_path for each in extracts], WRITES),
        quarantine=pl.concat(
            [_scan([each.quarantine_path for each in extracts], QUARANTINE), _broken(extracts)]
        ),
        seen=pl.concat([pl.DataFrame(schema=SEEN), *(each.seen for each in extracts)]),
        extracts=extracts,
    )


def put_events_together(settings: Settings, extracts: Sequence[EventExtract]) -> ClientEventsRead:
    """All files as one, each event once."""
    trusted = [entry.name for entry in settings.client_events if entry.trusted]
    events = all_events(extracts, trusted)
    return replace(events, quarantine=pl.concat([events.quarantine, _broken(extracts)]))


def broken_files(extracts: Sequence[LogExtract | EventExtract]) -> tuple[str, ...]:
    """The files that could be read only in part."""
    return tuple(each.file for each in extracts if each.problems)


def _broken(extracts: Sequence[LogExtract | EventExtract]) -> pl.LazyFrame:
    """Where files break off, for the quarantine: what comes after is no line that was read."""
    rows = [
        (each.source, each.file, problem.line, problem.reason, "")
        for each in extracts
        for problem in each.problems
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


def _scan(paths: Sequence[Path], schema: Schema) -> pl.LazyFrame:
    return pl.scan_parquet(list(paths), schema=schema) if paths else empty(schema)
