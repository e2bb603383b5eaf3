"""The main job, top to bottom: read the logs and events, ask the new database, judge, write."""

from pathlib import Path
from typing import Any, Final

from prefect import State, flow, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.states import Completed

from flows.artifacts import introduce, show, show_nothing_new, with_progress
from flows.catalogue import load_catalogue
from flows.comparison import compare_with_database
from flows.discretion import as_raised, discreet, ends_in_a_state
from flows.forms import OtherWindow, checked_sources, with_window
from flows.judging import judge
from flows.ledger.runs import DRY_RUN
from flows.nothing_new import nothing_new, remember
from flows.operator_view import headline
from flows.outcome import Run, publish
from flows.pools import READING, reader, started
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
from flows.runner import Runner
from flows.settings import load_settings
from flows.shelf import open_shelf
from flows.stock import look_only_in, together
from flows.summary import Stopwatch, Summary, summarise
from flows.work import at_work
from transforms.coverage import silences
from transforms.matching import match_by_request_id
from transforms.writes import settle_writes

# Results stay in this process: they hold personal data, and Prefect would store them.
_io: dict[str, Any] = {
    "cache_policy": NO_CACHE,
    "persist_result": False,
    "retries": 2,
    "retry_delay_seconds": [1, 10],
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": may_pass,
}
read_log = task(name="read access log", task_run_name="read {file}", tags=[READING], **_io)(
    discreet(read_log_file)
)
read_events = task(name="read client events", task_run_name="read {file}", tags=[READING], **_io)(
    discreet(read_event_file)
)
# It tries again by itself, in a new snapshot.
ask_database = task(name="ask the new database", **{**_io, "retries": 0})(
    discreet(compare_with_database)
)
write_results = task(name="write notices and report", **_io)(discreet(publish))


# What the form shows at first.
NO_OTHER_WINDOW: Final = OtherWindow()
ALL_SOURCES: Final[list[str]] = []


@flow(name="reconcile", persist_result=False)
@ends_in_a_state
def reconcile(
    migration_file: str,
    *,
    window: OtherWindow = NO_OTHER_WINDOW,
    sources: list[str] = ALL_SOURCES,
    dry_run: bool = False,
    runner: Runner = Runner.LOCAL,
    dask_address: str = "",
    verify: bool = False,
    wait: bool = False,
) -> State[Summary]:
    """Find what was lost in the cutover window, and write findings, notices and a report.

    Args:
        migration_file: The migration.toml that describes the migration, as a path on the machine
            that runs this.
        window: Other times of the cutover window than those in the file, for this run only.
        sources: Look for new logs and events of these only; what is known of the others still
            counts. None chosen: all of them.
        dry_run: Write findings and report, into the folder dry-run, but no notices.
        runner: Where files are read: in this process, or by the workers of a Dask cluster.
        dask_address: The cluster's scheduler, such as tcp://10.0.0.5:8786; empty for one on this
            machine.
        verify: Read all log and event files anew, also those that earlier runs have read, and
            forget what was read from files that are not there any more.
        wait: Wait for the end of whatever else is at work on the migration, instead of failing.
    """
    settings = with_window(load_settings(Path(migration_file)), window)
    chosen = checked_sources(settings, sources)
    catalogue = load_catalogue(settings.catalogue_path)
    watch, run_id = Stopwatch(), str(flow_run.id)
    with (
        at_work(settings, run_id, wait=wait) as work,
        as_raised(),
        started(runner, dask_address) as pool,
    ):
        introduce(settings, work.number)
        shelf = open_shelf(work.ledger, settings.output_folder, run=work.number, verify=verify)
        how = {"known": shelf.known, "catalogue": catalogue, "folder": shelf.folder}
        with watch.stage("logs"):
            log_files = shelf.fill(
                lambda known: look_only_in(chosen, log_stock(settings, catalogue, known)),
                with_progress("Access logs", reader(pool, read_log, **how)),
            )
        with watch.stage("events"):
            event_files = shelf.fill(
                lambda known: look_only_in(chosen, event_stock(settings, catalogue, known)),
                with_progress("Client events", reader(pool, read_events, **how)),
            )
        files = together(log_files, event_files)
        shelf.tidy(files)
        same = nothing_new(settings, catalogue, files, work.ledger, run_id=run_id, watch=watch)
        if same and not dry_run:
            show_nothing_new(same.summary)
            work.done("NothingNew", same.counts)
            return ended("NothingNew", same.summary)
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
                is_dry=dry_run,
            )
            published = write_results(run, work.ledger)
        summary = summarise(run, published, watch=watch)
        show(run, published, summary)
        if dry_run:
            work.done(DRY_RUN, {})
            return ended(DRY_RUN, summary)
        work.done(summary.result, remember(run, summary, work.ledger))
    return ended(summary.result, summary)


def ended(name: str, summary: Summary) -> State[Summary]:
    """Give the state that the run ends in: how, and the sentence that matters most."""
    return Completed(name=name, message=headline(summary), data=summary)
