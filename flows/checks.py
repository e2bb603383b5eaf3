"""Everything that a migration file names, tried out: is it there and right."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.catalogue import load_catalogue
from flows.comparison import new_database
from flows.contacts import load_contacts
from flows.database import open_snapshot
from flows.database.first_rows import first_rows
from flows.database.indexes import without_index
from flows.sending.connection import Patience, connect
from flows.settings import AccessLog, ClientEvents, Settings, Smtp
from flows.sniffing import in_short
from flows.sources.access_logs import compile_format
from flows.sources.client_events import first_events
from flows.sources.files import first_lines
from flows.sources.finding import find_files
from flows.sources.found import FoundFile
from transforms.catalogue import Catalogue
from transforms.client_events import Event, Parsed, Rejected, UnknownType, event_types
from transforms.errors import CutoverError, SourceError

_SAMPLES = 3
# Enough lines to tell a wrong format from some garbage at a file's beginning.
_TRIED_LINES = 200
_SMTP_SECONDS = 10


@dataclass(frozen=True)
class Check:
    """One thing looked at; `exit_code` is 0 where it is right."""

    what: str
    said: str
    samples: tuple[str, ...] = ()
    exit_code: int = 0


_Said = tuple[str, tuple[str, ...]]


def check_all(settings: Settings) -> Iterator[Check]:
    """Look at everything that the migration file names, each result as it comes."""
    yield Check("migration file", _window(settings))
    for log in settings.access_logs:
        yield _tried(f"access log {log.name}", partial(_access_log, settings, log))
    try:
        catalogue = load_catalogue(settings.catalogue_path)
    except CutoverError as error:
        yield Check("catalogue", str(error), exit_code=error.exit_code)
    else:
        yield Check("catalogue", f"{len(catalogue.kinds)} kinds: {', '.join(catalogue.kinds)}")
        yield from _check_with_catalogue(settings, catalogue)
    if settings.contacts_path:
        yield _tried("contacts", partial(_contacts, settings.contacts_path))
    yield _tried("output", partial(_output, settings.output_folder))
    if settings.smtp:
        yield _tried("SMTP", partial(_smtp, settings.smtp))


def _check_with_catalogue(settings: Settings, catalogue: Catalogue) -> Iterator[Check]:
    for events in settings.client_events:
        look = partial(_client_events, settings, events, catalogue)
        yield _tried(f"client events {events.name}", look)
    yield _tried("database", partial(_database, settings, catalogue))


def _tried(what: str, look: Callable[[], _Said]) -> Check:
    try:
        said, samples = look()
    except CutoverError as error:
        return Check(what, str(error), exit_code=error.exit_code)
    return Check(what, said, samples)


def _window(settings: Settings) -> str:
    zone = ZoneInfo(settings.migration.timezone)
    start, end = (
        at.astimezone(zone).isoformat(" ", "seconds")
        for at in (settings.window.snapshot_at, settings.window.live_at)
    )
    return f"{settings.migration.id}, from the snapshot at {start} to going live at {end}"


def _access_log(settings: Settings, log: AccessLog) -> _Said:
    files = _files(settings, log)
    log_format = compile_format(log)
    lines = first_lines(files, _TRIED_LINES)
    parsed = log_format.parse(lines)
    if parsed.malformed.height > log.max_malformed * max(lines.height, _TRIED_LINES):
        wrong = parsed.malformed.row(0, named=True)
        raise SourceError(
            f"{parsed.malformed.height} of the first {lines.height} lines are not as the format "
            f"says, first line {wrong['line']} ({wrong['reason']}): "
            f"{log_format.explain_mismatch(wrong['text'])}."
        )
    requests = parsed.requests.head(_SAMPLES).iter_rows(named=True)
    return _counted(files), tuple(map(in_short, requests))


def _client_events(settings: Settings, events: ClientEvents, catalogue: Catalogue) -> _Said:
    files = _files(settings, events)
    types = event_types(catalogue)
    for file in files:
        tried = first_events(file, types, _TRIED_LINES)
        known = [each for each in tried if isinstance(each, Event)]
        if known:
            return _counted(files), tuple(_event(each) for each in known[:_SAMPLES])
        if tried:
            raise SourceError(
                f"{file.label}: none of the first {len(tried)} events is one of the catalogue's: "
                f"{', '.join(sorted({_why_not(each) for each in tried})[:_SAMPLES])}."
            )
    raise SourceError("all files are empty, so the format can't be tried.")


def _event(event: Event) -> str:
    at = datetime.fromtimestamp(event.at / 1_000_000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}Z {event.action} {event.kind} {event.entity_id}"


def _why_not(parsed: Parsed) -> str:
    if isinstance(parsed, UnknownType):
        return f"unknown type {parsed.type}"
    return parsed.reason if isinstance(parsed, Rejected) else ""


def _files(settings: Settings, source: AccessLog | ClientEvents) -> list[FoundFile]:
    files = find_files(settings.base, source.paths, entry=source.name)
    if not files:
        raise SourceError(
            f"no file fits {', '.join(source.paths)} (looked for in {settings.base}); "
            "correct paths, or deliver the files."
        )
    return files


def _counted(files: Sequence[FoundFile]) -> str:
    size = sum(file.status().size for file in files)
    return f"{len(files)} {'file' if len(files) == 1 else 'files'}, {size / 1_000_000:.1f} MB"


def _database(settings: Settings, catalogue: Catalogue) -> _Said:
    with open_snapshot(new_database(settings), catalogue) as snapshot:
        said = f"read only, {len(snapshot.tables)} tables with all columns that are named"
        rows = first_rows(snapshot, ZoneInfo(settings.migration.timezone))
        return said, (*without_index(snapshot), *rows)


def _contacts(path: Path) -> _Said:
    return f"{load_contacts(path).height} customers", ()


def _output(folder: Path) -> _Said:
    nearest = next(above for above in (folder, *folder.parents) if above.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise SourceError(f"{folder} can't be written: {nearest} is no folder that may be written.")
    return f"{folder} can be written", ()


def _smtp(smtp: Smtp) -> _Said:
    """Connect and log in as sending would, and send nothing."""
    with connect(smtp, Patience(_SMTP_SECONDS, _SMTP_SECONDS)):
        return f"{smtp.host}:{smtp.port} answers", ()
