"""A migration from its files to its findings, without Prefect and without writing results.

The very steps of `flows.reconcile`, in their order; to start Prefect takes longer than all of them.
"""

import tempfile
from pathlib import Path

from flows.catalogue import load_catalogue
from flows.comparison import Compared, compare_with_database
from flows.reading import (
    coverage_rules,
    find_event_files,
    find_log_files,
    log_sources,
    put_events_together,
    put_logs_together,
    read_event_file,
    read_log_file,
)
from flows.settings import load_settings
from transforms.coverage import silences
from transforms.findings import Findings, find
from transforms.matching import match_by_request_id
from transforms.writes import settle_writes


def findings_of(migration_file: Path) -> Findings:
    """Read the logs and events, ask the new database, judge."""
    return _reconciled(migration_file)[0]


def compared_of(migration_file: Path) -> Compared:
    """Read the logs and events, ask the new database."""
    return _reconciled(migration_file)[1]


def _reconciled(migration_file: Path) -> tuple[Findings, Compared]:
    settings = load_settings(migration_file)
    catalogue = load_catalogue(settings.catalogue_path)
    window = settings.window
    with tempfile.TemporaryDirectory(prefix="in-process-") as folder:
        work = Path(folder)
        log_files, event_files = find_log_files(settings), find_event_files(settings)
        logs = put_logs_together(
            settings, [read_log_file(file, catalogue, settings, work) for file in log_files]
        )
        events = put_events_together(
            settings, [read_event_file(file, catalogue, work) for file in event_files]
        )
        writes = settle_writes(logs.writes, window, log_sources(settings))
        matching = match_by_request_id(writes, events.events, window)
        compared = compare_with_database(settings, catalogue, matching)
        found = find(
            compared.witnesses,
            compared.rows,
            catalogue=catalogue,
            window=window,
            silences=silences(logs.seen, coverage_rules(settings), window),
            country=settings.migration.country,
        )
        return found, compared
