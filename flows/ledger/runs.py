"""The runs of a migration: numbered, with how they ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib import metadata
from typing import Any, Final

import sqlalchemy as sa

from flows.ledger.connection import Transaction
from flows.ledger.errors import LedgerError
from flows.ledger.process import this_process
from flows.ledger.tables import migrations, runs
from transforms.errors import CutoverError

# How a run ended that wrote nothing which a later one could go on from.
DRY_RUN: Final = "DryRun"
KILLED: Final = "Killed"


class PurgedError(CutoverError):
    """Nothing is known any more of who was told what."""


class RunState(StrEnum):
    """How far a run is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class LedgerRun:
    """A run; `result` is a word that says how it ended, `counts` has nothing personal."""

    number: int
    run_id: str
    started_at: datetime
    ended_at: datetime | None
    state: RunState
    result: str | None
    counts: Mapping[str, Any] | None
    host: str
    pid: int
    version: str


def start_run(tx: Transaction, run_id: str, *, at: datetime) -> int:
    """Begin a run under the migration's lock; its number, from 1.

    A run that is still said to be running was killed, as it would hold the lock. Raises PurgedError
    where the migration was purged.
    """
    _check_not_purged(tx)
    mine = runs.c.migration_id == tx.migration_id
    tx.connection.execute(
        sa.update(runs)
        .where(mine, runs.c.state == RunState.RUNNING)
        .values(state=RunState.FAILED, result=KILLED, ended_at=at)
    )
    last: int | None = tx.connection.execute(
        sa.select(sa.func.max(runs.c.number)).where(mine)
    ).scalar()
    number = (last or 0) + 1
    process = this_process()
    row = {
        "migration_id": tx.migration_id,
        "number": number,
        "run_id": run_id,
        "started_at": at,
        "state": RunState.RUNNING,
        "host": process.host,
        "pid": process.pid,
        "version": metadata.version("cutover-recon"),
    }
    tx.connection.execute(sa.insert(runs).values(row))
    return number


def _check_not_purged(tx: Transaction) -> None:
    wanted = sa.select(migrations.c.purged_at).where(migrations.c.migration_id == tx.migration_id)
    purged_at = tx.connection.execute(wanted).scalar()
    if purged_at is not None:
        raise PurgedError(
            f"The migration {tx.migration_id} was purged on {purged_at:%Y-%m-%d}: who was told "
            "what is not known any more, and nobody may be written to twice. To begin anew, give "
            "it another id in [migration]."
        )


def end_run(
    tx: Transaction,
    number: int,
    *,
    state: RunState,
    result: str,
    at: datetime,
    counts: Mapping[str, Any] | None = None,
) -> None:
    """Say how a run has ended. Raises LedgerError where it is not running any more."""
    ended = (
        sa.update(runs)
        .where(
            runs.c.migration_id == tx.migration_id,
            runs.c.number == number,
            runs.c.state == RunState.RUNNING,
        )
        .values(state=state, result=result, ended_at=at, counts=counts)
    )
    if tx.connection.execute(ended).rowcount != 1:
        raise LedgerError(
            f"Run {number} of {tx.migration_id} is not running any more: another process has taken "
            "it for dead. Start again."
        )


def all_runs(tx: Transaction) -> list[LedgerRun]:
    """Every run of the migration, the first one first."""
    columns = [column for column in runs.c if column.name != "migration_id"]
    wanted = sa.select(*columns).where(runs.c.migration_id == tx.migration_id)
    rows = tx.connection.execute(wanted.order_by(runs.c.number)).mappings()
    return [LedgerRun(**{**row, "state": RunState(row["state"])}) for row in rows]


def last_done(tx: Transaction) -> LedgerRun | None:
    """The last run that came to its end, and was no dry one; None where none has."""
    done = [run for run in all_runs(tx) if run.state is RunState.DONE and run.result != DRY_RUN]
    return done[-1] if done else None
