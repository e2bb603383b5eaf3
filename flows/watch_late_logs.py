"""The flow `watch-late-logs`: a run as soon as there is something to read, and only then."""

from pathlib import Path

from prefect import State, flow
from prefect.states import Completed, Failed

from flows.discretion import ends_in_a_state
from flows.late_files import why_to_run
from flows.reconcile import reconcile
from flows.settings import load_settings


@flow(name="watch-late-logs", persist_result=False)
@ends_in_a_state
def watch_late_logs(migration_file: str) -> State[None]:
    """Look for new or grown log and event files, and run `reconcile` where there are any.

    Also where the last run did not come to its end. Where a run or a sending is at work already, it
    is left to that one, or to the next look.

    Args:
        migration_file: The migration.toml that describes the migration, as a path on the machine
            that runs this.
    """
    why = why_to_run(load_settings(Path(migration_file)))
    if not why:
        return Completed(name="NothingNew", message="No file is new or has grown.")
    run = reconcile(migration_file, return_state=True)
    message = f"{why} {run.message or ''}".strip()
    # Not its fault, and no reason to wake anybody: the next look is minutes away.
    if run.is_completed() or run.name == "Busy":
        return Completed(name=run.name, message=message)
    return Failed(name=run.name, message=message)
