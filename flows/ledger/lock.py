"""One process at a time works on a migration: the others say who does, or wait.

The lock is a row, so that it also holds between hosts that share a ledger. Whoever finds it taken
by a process that is dead takes it over. Dead is: on this host, no process with that number and
time of start, or this process where it has done with it; elsewhere, no sign of life for `SILENCE`.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeAlias

import sqlalchemy as sa

from flows.folders import BusyError
from flows.ledger.connection import Ledger, Transaction
from flows.ledger.errors import LedgerError
from flows.ledger.process import Process, this_process
from flows.ledger.tables import locks
from flows.ledger.upserts import insert_new

Purpose: TypeAlias = Literal["run", "send", "purge"]

BEAT: Final = timedelta(seconds=15)
SILENCE: Final = timedelta(minutes=3)
_LOOK_AGAIN_SECONDS: Final = 0.5
# Tokens of locks that this process has done with, but could not let go of.
_LEFT: Final[set[str]] = set()
_DOES: Final = {
    "run": "A run is at work on",
    "send": "Notices are being sent for",
    "purge": "A purge is at work on",
}


@dataclass(frozen=True)
class Holder:
    """Who holds a migration, what for, and since when."""

    purpose: str
    process: Process
    taken_at: datetime
    beat_at: datetime
    token: str

    def says(self, migration_id: str) -> str:
        """Who it is, in a sentence."""
        does = _DOES.get(self.purpose, f"There is a {self.purpose} at work on")
        since = self.taken_at.strftime("%Y-%m-%d %H:%M:%S UTC")
        where = f"process {self.process.pid} on {self.process.host}"
        return f"{does} {migration_id} ({where}, since {since})."


def holder(tx: Transaction) -> Holder | None:
    """Who is at work on the migration; None where nobody is, or who was is dead."""
    found = _held_by(tx)
    return None if found is None or _is_dead(found, _now(tx)) else found


@contextmanager
def hold(
    ledger: Ledger,
    purpose: Purpose,
    *,
    wait: bool = False,
    on_wait: Callable[[str], None] | None = None,
) -> Iterator[Ledger]:
    """Work on the migration alone: within, use the ledger that this gives.

    Its transactions fail with LockLostError should the lock have been taken over. Where another
    process is at work, raises BusyError, which says who and since when; or, with `wait`, waits for
    its end and tells `on_wait` once for whom.
    """
    held = replace(ledger, token=_taken(ledger, purpose, wait=wait, on_wait=on_wait))
    is_over = threading.Event()
    beating = threading.Thread(target=_beat, args=(held, is_over), name="ledger-lock", daemon=True)
    beating.start()
    try:
        yield held
    finally:
        is_over.set()
        beating.join(timeout=1)
        _let_go(held)


def _taken(
    ledger: Ledger, purpose: Purpose, *, wait: bool, on_wait: Callable[[str], None] | None
) -> str:
    """Take the lock; its new token."""
    token = secrets.token_hex(16)
    waits_for: str | None = None
    while True:
        with ledger.begin() as tx:
            other = _take(tx, purpose, token)
        if other is None:
            return token
        if not wait:
            raise BusyError(
                f"{other.says(ledger.migration_id)} Wait for its end and start again, or start "
                "with --wait."
            )
        if on_wait is not None and waits_for != other.token:
            on_wait(f"{other.says(ledger.migration_id)} Waiting for its end …")
        waits_for = other.token
        time.sleep(_LOOK_AGAIN_SECONDS)


def _take(tx: Transaction, purpose: Purpose, token: str) -> Holder | None:
    """Take the lock if it is free or its holder is dead; else who holds it."""
    now = _now(tx)
    process = this_process()
    row = {
        "migration_id": tx.migration_id,
        "purpose": purpose,
        "token": token,
        "host": process.host,
        "place": process.place,
        "pid": process.pid,
        "process_start": process.start,
        "taken_at": now,
        "beat_at": now,
    }
    while not insert_new(tx.connection, locks, row):
        found = _held_by(tx)
        if found is None:  # let go of in this moment
            continue
        if not _is_dead(found, now):
            return found
        # Of two that find it dead, only one finds it as it was.
        as_found = (locks.c.token == found.token) & (locks.c.beat_at == found.beat_at)
        its = sa.update(locks).where(locks.c.migration_id == tx.migration_id, as_found)
        if tx.connection.execute(its.values(row)).rowcount == 1:
            return None
    return None


def _held_by(tx: Transaction) -> Holder | None:
    row = tx.connection.execute(
        sa.select(locks).where(locks.c.migration_id == tx.migration_id)
    ).first()
    if row is None:
        return None
    process = Process(row.host, row.place, row.pid, row.process_start)
    return Holder(row.purpose, process, row.taken_at, row.beat_at, row.token)


def _is_dead(found: Holder, now: datetime) -> bool:
    if found.process.is_here:
        return not found.process.is_alive or found.token in _LEFT
    return now - found.beat_at > SILENCE


def _now(tx: Transaction) -> datetime:
    """The time by one clock for all: hosts that share a ledger may differ by minutes."""
    if tx.connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    now: datetime = tx.connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return now.astimezone(UTC)


def _beat(held: Ledger, is_over: threading.Event) -> None:
    """Give a sign of life now and then, until the work is over or the lock is lost."""
    # Without the token: it would wait for the transaction of the work itself.
    free = replace(held, token=None)
    while not is_over.wait(BEAT.total_seconds()):
        # Where it fails, the next one may pass; the lock is not lost by one.
        with suppress(LedgerError), free.begin() as tx:
            alive = sa.update(locks).where(_is_ours(held)).values(beat_at=_now(tx))
            if tx.connection.execute(alive).rowcount == 0:
                return


def _let_go(held: Ledger) -> None:
    # On a full disk the row stays: this process knows that nobody is at work there any more, and
    # the others know it as soon as this one ends.
    _LEFT.add(held.token or "")
    with suppress(LedgerError):
        with replace(held, token=None).begin() as tx:
            tx.connection.execute(sa.delete(locks).where(_is_ours(held)))
        _LEFT.discard(held.token or "")


def _is_ours(held: Ledger) -> sa.ColumnElement[bool]:
    return sa.and_(locks.c.migration_id == held.migration_id, locks.c.token == held.token)
