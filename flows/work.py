"""A run at work: alone on its migration, and in the ledger with its beginning and its end."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flows.folders import only_run
from flows.ledger import Ledger, LedgerError, open_ledger
from flows.ledger.lock import hold
from flows.ledger.runs import RunState, end_run, start_run
from flows.progress import say
from flows.settings import Settings


@dataclass(frozen=True)
class Work:
    """What a run works with: the ledger under its lock, and its own number."""

    ledger: Ledger
    number: int

    def done(self, result: str, counts: Mapping[str, Any]) -> None:
        """Record that all is written; `result` says in a word how it ended."""
        with self.ledger.begin() as tx:
            end_run(
                tx,
                self.number,
                state=RunState.DONE,
                result=result,
                counts=counts,
                at=datetime.now(UTC),
            )


@contextmanager
def at_work(settings: Settings, run_id: str, *, wait: bool = False) -> Iterator[Work]:
    """Hold the migration for a run, which the ledger knows of; what breaks it off is recorded.

    Raises BusyError where another process holds it; or waits, and says so to whoever listens.
    """
    migration_id = settings.migration.id
    with (
        open_ledger(settings.ledger.url, base=settings.base, migration_id=migration_id) as opened,
        hold(opened, "run", wait=wait, on_wait=say) as ledger,
        only_run(settings.output_folder),
    ):
        with ledger.begin() as tx:
            number = start_run(tx, run_id, at=datetime.now(UTC))
        try:
            yield Work(ledger, number)
        except BaseException as error:
            # If the ledger itself has failed, the next run finds that this one is dead.
            with suppress(LedgerError), ledger.begin() as tx:
                end_run(
                    tx,
                    number,
                    state=RunState.FAILED,
                    result=type(error).__name__.removesuffix("Error"),
                    at=datetime.now(UTC),
                )
            raise
