"""The main job, top to bottom: read the logs and events, ask the new database, judge, write."""

from pathlib import Path
from typing import Any

from prefect import flow, task, unmapped
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner

from flows.catalogue import load_catalogue
from flows.comparison import compare_with_database
from flows.folders import only_run, work_folder
from flows.outcome import Run, publish
from flows.reading import (
    broken_files,
    coverage_rules,
    find_event_files,
    find_log_files,
    log_sources,
    put_events_together,
    put_logs_together,
    read_event_file,
    read_log_file,
)
from flows.retrying import may_pass
from flows.settings import load_settings
from flows.summary import Stopwatch, Summary, summarise
from transforms.coverage import silences
from transforms.findings import find
from transforms.matching import match_by_request_id
from transforms.writes import settle_writes

# Files read at once. More would need more memory, and polars has threads of its own.
READERS = 2

# Results stay in this process: they hold personal data, and Prefect would store them.
_io: dict[str, Any] = {
    "cache_policy": NO_CACHE,
    "persist_result": False,
    "retries": 2,
    "retry_delay_seconds": [1, 10],
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": may_pass,
}
read_log = task(name="read access log", task_run_name="read {file}", **_io)(read_log_file)
read_events = task(name="read client events", task_run_name="read {file}", **_io)(read_event_file)
ask_database = task(name="ask the new database", **_io)(compare_with_database)
write_results = task(name="write notices and report", **_io)(publish)


@flow(
    name="reconcile",
    flow_run_name="reconcile-{migration_file}",
    # Its type says less than the decorator wants to know.
    task_runner=ThreadPoolTaskRunner(max_workers=READERS),  # type: ignore[arg-type]
    persist_result=False,
)
def reconcile(migration_file: str) -> Summary:
    """Find what was lost in the cutover window, and write findings, notices and a report.

    Args:
        migration_file: The migration.toml that describes the migration, as a path on the machine
            that runs this.
    """
    settings = load_settings(Path(migration_file))
    catalogue = load_catalogue(settings.catalogue_path)
    window, output = settings.window, settings.output_folder
    watch = Stopwatch()
    with only_run(output), work_folder(output) as work:
        with watch.stage("logs"):
            log_files = find_log_files(settings)
            extracts = read_log.map(log_files, *map(unmapped, (catalogue, settings, work))).result()
            logs = put_logs_together(settings, extracts)
        with watch.stage("events"):
            event_files = find_event_files(settings)
            told = read_events.map(event_files, unmapped(catalogue), unmapped(work)).result()
            events = put_events_together(settings, told)
        with watch.stage("database"):
            writes = settle_writes(logs.writes, window, log_sources(settings))
            matching = match_by_request_id(writes, events.events, window)
            compared = ask_database(settings, catalogue, matching)
        with watch.stage("verdicts"):
            silent = silences(logs.seen, coverage_rules(settings), window)
            found = find(
                compared.witnesses,
                compared.rows,
                catalogue=catalogue,
                window=window,
                silences=silent,
                country=settings.migration.country,
            )
        with watch.stage("notices"):
            run = Run(
                id=str(flow_run.id),
                settings=settings,
                catalogue=catalogue,
                logs=logs,
                events=events,
                broken_files=broken_files([*extracts, *told]),
                writes=writes,
                matching=matching,
                compared=compared,
                silences=silent,
                found=found,
            )
            published = write_results(run)
    return summarise(run, published, files_read=len(log_files) + len(event_files), watch=watch)
