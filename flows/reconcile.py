"""The main job, top to bottom: read the logs and events, ask the new database, judge, write."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from prefect import State, flow, task, unmapped
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture, as_completed
from prefect.runtime import flow_run
from prefect.states import Completed
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from flows.catalogue import load_catalogue
from flows.comparison import compare_with_database
from flows.discretion import discreet, ends_in_a_state
from flows.judging import judge
from flows.nothing_new import nothing_new, remember
from flows.outcome import Run, publish
from flows.reading import (
    coverage_rules,
    event_stock,
    log_sources,
    log_stock,
    put_events_together,
    put_logs_together,
    read_event_file,
    read_log_file,
)
from flows.retrying import may_pass
from flows.settings import load_settings
from flows.shelf import open_shelf
from flows.sources.taking import TakenFile
from flows.stock import together
from flows.summary import Stopwatch, Summary, summarise
from flows.work import at_work
from transforms.coverage import silences
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
read_log = task(name="read access log", task_run_name="read {file}", **_io)(discreet(read_log_file))
read_events = task(name="read client events", task_run_name="read {file}", **_io)(
    discreet(read_event_file)
)
ask_database = task(name="ask the new database", **_io)(discreet(compare_with_database))
write_results = task(name="write notices and report", **_io)(discreet(publish))


@flow(
    name="reconcile",
    flow_run_name="reconcile-{migration_file}",
    # Its type says less than the decorator wants to know.
    task_runner=ThreadPoolTaskRunner(max_workers=READERS),  # type: ignore[arg-type]
    persist_result=False,
)
@ends_in_a_state
def reconcile(migration_file: str, verify: bool = False, wait: bool = False) -> State[Summary]:
    """Find what was lost in the cutover window, and write findings, notices and a report.

    Args:
        migration_file: The migration.toml that describes the migration, as a path on the machine
            that runs this.
        verify: Read all log and event files anew, also those that earlier runs have read, and
            forget what was read from files that are not there any more.
        wait: Wait for the end of whatever else is at work on the migration, instead of failing.
    """
    settings = load_settings(Path(migration_file))
    catalogue = load_catalogue(settings.catalogue_path)
    watch, run_id = Stopwatch(), str(flow_run.id)
    with at_work(settings, run_id, wait=wait) as work:
        shelf = open_shelf(work.ledger, settings.output_folder, run=work.number, verify=verify)
        # Quoted, so that Prefect does not look for its own things in a thousand files at each task.
        how = unmapped(quote(shelf.known)), unmapped(quote(catalogue)), unmapped(shelf.folder)
        with watch.stage("logs"):
            log_files = shelf.fill(
                partial(log_stock, settings, catalogue),
                lambda files: results_of(read_log.map(files, *how)),
            )
        with watch.stage("events"):
            event_files = shelf.fill(
                partial(event_stock, settings, catalogue),
                lambda files: results_of(read_events.map(files, *how)),
            )
        files = together(log_files, event_files)
        shelf.tidy(files)
        same = nothing_new(settings, catalogue, files, work.ledger, run_id=run_id, watch=watch)
        if same:
            work.done("NothingNew", same.counts)
            return Completed(name="NothingNew", message="", data=same.summary)
        with watch.stage("database"):
            logs = put_logs_together(settings, log_files, shelf.folder)
            events = put_events_together(settings, event_files, shelf.folder)
            writes = settle_writes(logs.writes, settings.window, log_sources(settings))
            matching = match_by_request_id(writes, events.events, settings.window)
            compared = ask_database(settings, catalogue, matching)
        with watch.stage("verdicts"):
            silent = silences(logs.seen, coverage_rules(settings), settings.window)
            found = judge(settings, catalogue, compared, silent, work.ledger)
        with watch.stage("notices"):
            run = Run(
                id=run_id,
                number=work.number,
                settings=settings,
                catalogue=catalogue,
                logs=logs,
                events=events,
                files=files,
                writes=writes,
                matching=matching,
                compared=compared,
                silences=silent,
                found=found,
            )
            published = write_results(run, work.ledger)
        summary = summarise(run, published, watch=watch)
        work.done(summary.result, remember(run, summary, work.ledger))
    return Completed(name=summary.result, message="", data=summary)


def results_of(readings: Sequence[PrefectFuture[TakenFile]]) -> Iterator[TakenFile]:
    """What each file held, as soon as it is read."""
    for reading in as_completed(list(readings)):
        yield reading.result()
