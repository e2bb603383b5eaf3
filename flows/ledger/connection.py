"""Opening the ledger: up to date, and for one migration."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from pydantic import SecretStr

from flows.database_urls import locate, shown
from flows.ledger.engine import READS_ONLY, engine_for
from flows.ledger.errors import LedgerError, told
from flows.ledger.schema import bring_up_to_date
from flows.ledger.tables import locks, migrations
from flows.ledger.upserts import insert_new


class LockLostError(LedgerError):
    """What this process holds was taken from it, because it seemed to be dead."""


@dataclass(frozen=True)
class Transaction:
    """A transaction of one migration; `token` names the lock that it is under, if any."""

    connection: sa.Connection
    migration_id: str
    token: str | None = None


@dataclass(frozen=True)
class Ledger:
    """One migration's part of the ledger.

    With a `token` (`lock.hold` gives it) every transaction for writing first makes sure that the
    lock is still held: a process that slept so long that another one took over writes nothing more.
    """

    engine: sa.Engine
    migration_id: str
    name: str
    token: str | None = None

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Write: all of it or nothing, on the disk when the block ends.

        Raises LedgerError where that can't be.
        """
        with told(self.name), self.engine.begin() as connection:
            if self.token is not None:
                self._confirm(connection)
            yield Transaction(connection, self.migration_id, self.token)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Read: all reads within see the same moment, and wait for no writer."""
        options: dict[str, object] = {READS_ONLY: True}
        if self.engine.dialect.name == "postgresql":
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with (
            told(self.name),
            self.engine.execution_options(**options).connect() as connection,
            connection.begin(),
        ):
            yield Transaction(connection, self.migration_id, self.token)

    def _confirm(self, connection: sa.Connection) -> None:
        held = (
            sa.select(locks.c.token)
            .where(locks.c.migration_id == self.migration_id, locks.c.token == self.token)
            .with_for_update(read=True)
        )
        if connection.execute(held).first() is None:
            raise LockLostError(
                f"The migration {self.migration_id} was taken over by another process, as this one "
                "gave no sign of life for minutes. Nothing more was written; start again."
            )


@contextmanager
def open_ledger(url: SecretStr | str, *, base: Path, migration_id: str) -> Iterator[Ledger]:
    """Open the ledger for one migration; made, or brought to this version, where that is needed.

    `base` is the folder that a relative path of SQLite starts from. Raises LedgerError where it
    can't be reached, is newer than this program, or is no ledger; ConfigurationError where the URL
    is for none. No message holds the password.
    """
    text = url.get_secret_value() if isinstance(url, SecretStr) else url
    location = locate(text, base, key="ledger.url")
    name = shown(location)
    engine = engine_for(location)
    try:
        with told(name):
            bring_up_to_date(location, engine)
        ledger = Ledger(engine, migration_id, name)
        _know_migration(ledger)
        yield ledger
    finally:
        engine.dispose()


def _know_migration(ledger: Ledger) -> None:
    """Everything refers to the migration's row."""
    wanted = sa.select(migrations.c.migration_id).where(
        migrations.c.migration_id == ledger.migration_id
    )
    with ledger.reading() as tx:
        if tx.connection.execute(wanted).first() is not None:
            return
    with ledger.begin() as tx:
        row = {"migration_id": ledger.migration_id, "first_opened_at": datetime.now(UTC)}
        insert_new(tx.connection, migrations, row)
