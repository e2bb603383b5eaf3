"""The new database: read only, in one consistent snapshot, and only what evidence asks for."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import sqlalchemy as sa

from flows.database.engine import reading
from flows.database.relations import relations_of
from flows.database.replicas import refuse_stale
from flows.database.snapshot import FirstRow, Snapshot
from flows.database.tables import check_tables
from flows.database.wanted import CUSTOMERS, DEVICE_CUSTOMERS, OWNERS
from flows.database_urls import locate, shown
from flows.passing import is_passing
from transforms.catalogue import Catalogue
from transforms.errors import DatabaseError

__all__ = [
    "CUSTOMERS",
    "DEVICE_CUSTOMERS",
    "OWNERS",
    "FirstRow",
    "Snapshot",
    "Source",
    "open_snapshot",
    "read_snapshot",
]

# Enough for a server that starts anew after a crash.
_WAITS: Final = (1.0, 4.0, 15.0)

Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the new database is, and how it is read.

    `base` is the folder that a relative path of SQLite starts from. A replica that is not yet at
    `live_at` is refused. After a lost connection each of `waits` (in seconds) is one more try.
    """

    url: str
    base: Path
    live_at: datetime
    statement_timeout: timedelta = timedelta(minutes=10)
    waits: Sequence[float] = _WAITS


def read_snapshot(
    source: Source, catalogue: Catalogue, ask: Callable[[Snapshot], Answer]
) -> Answer:
    """What `ask` reads, all of it from one snapshot.

    Where the connection is lost on the way, everything is read anew in a new snapshot: what an
    earlier one has said is forgotten with it. Raises as `open_snapshot` does.
    """
    for number, wait in enumerate((*source.waits, None), start=1):
        try:
            with open_snapshot(source, catalogue) as snapshot:
                return ask(snapshot)
        except DatabaseError as error:
            # A server that can't be reached is worth to wait for only where it has been there.
            was_lost = is_passing(error) or (number > 1 and _is_unreachable(error))
            if not was_lost:
                raise
            if wait is None:
                raise DatabaseError(
                    f"{error} The connection was lost {number} times while reading; nothing that "
                    "was read counts. Run again when the database can be reached steadily."
                ) from error.__cause__
            time.sleep(wait)
    raise AssertionError


def _is_unreachable(error: DatabaseError) -> bool:
    """Whether there was no connection to say anything on."""
    cause = error.__cause__
    return isinstance(cause, sa.exc.OperationalError) and cause.statement is None


@contextmanager
def open_snapshot(source: Source, catalogue: Catalogue) -> Iterator[Snapshot]:
    """Open the database for reading; all reads within see the same moment.

    Raises DatabaseError in one paragraph where the database can't be reached or read, is a replica
    that lags behind, and where it lacks tables or columns that the catalogue names (all of them at
    once); ConfigurationError where no driver fits the URL.
    """
    location = locate(source.url, source.base)
    name = shown(location)
    look = partial(refuse_stale, database=name, live_at=source.live_at)
    with reading(location, timeout=source.statement_timeout, before=look) as connection:
        tables = check_tables(connection, catalogue, name)
        relations = relations_of(connection, catalogue, tables, name)
        yield Snapshot(connection, catalogue, tables, relations)
