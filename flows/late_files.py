"""Whether there is something for a run to do, told without opening any file."""

from flows.catalogue import load_catalogue
from flows.ledger import open_ledger
from flows.ledger.runs import DRY_RUN, RunState, all_runs
from flows.ledger.source_files import known_files
from flows.reading import event_stock, log_stock
from flows.settings import Settings
from flows.shelf import recalled


def why_to_run(settings: Settings) -> str:
    """Say why a run is due; "" where it is not.

    Files are looked at by size and time alone; where the time alone has changed, the run finds
    that nothing is new. What a run has read that did not come to its end is known, but judged by
    nobody yet.
    """
    catalogue = load_catalogue(settings.catalogue_path)
    with (
        open_ledger(
            settings.ledger.url, base=settings.base, migration_id=settings.migration.id
        ) as ledger,
        ledger.reading() as tx,
    ):
        known = [recalled(row) for row in known_files(tx)]
        runs = [run for run in all_runs(tx) if run.result != DRY_RUN]
    stocks = log_stock(settings, catalogue, known), event_stock(settings, catalogue, known)
    if late := sum(len(stock.unread) for stock in stocks):
        return f"{late} files are new or have grown."
    if runs and runs[-1].state is not RunState.DONE:
        return f"Run {runs[-1].number} did not come to its end."
    return ""
