"""What the ledger remembers: the meaning of every table and column, in this one place.

Every row belongs to a migration, so that several can share one ledger. Runs have numbers, from 1;
`first_run`, `changed_run` and the like hold such numbers. Times are UTC. What is personal is marked
with what a purge does to it.
"""

from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa


class UtcTime(sa.TypeDecorator[datetime]):
    """A point in time, always aware and in UTC; SQLite keeps it without the zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse a local time: nobody could tell later what it meant."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a time without a zone can't be kept")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(
        self,
        value: datetime | None,
        dialect: sa.Dialect,  # noqa: ARG002 - SQLAlchemy asks so
    ) -> datetime | None:
        """Give the time its zone again."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# PostgreSQL's texts can't hold a NUL, which a log may; there it is kept as the sign for it.
NUL: Final = "\0"
NUL_SHOWN: Final = "\N{SYMBOL FOR NULL}"


class AnyText(sa.TypeDecorator[str]):
    """A text that strangers may have made."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Keep what the engine can keep."""
        if value is None or dialect.name == "sqlite":
            return value
        return value.replace(NUL, NUL_SHOWN)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Give back what was given."""
        if value is None or dialect.name == "sqlite":
            return value
        return value.replace(NUL_SHOWN, NUL)


# What a purge does to a column: it is emptied, or its values become meaningless numbers, the same
# for the same customer, finding, file or person in all columns.
PURGE: Final = "purge"
EMPTIED: Final = {PURGE: "emptied"}
CUSTOMER: Final = {PURGE: "customer"}
FINDING: Final = {PURGE: "finding"}
FILE: Final = {PURGE: "file"}
PERSON: Final = {PURGE: "somebody"}

metadata: Final = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def _migration_id(*, refers: bool = True) -> sa.Column[str]:
    if not refers:
        return sa.Column("migration_id", sa.String, primary_key=True)
    return sa.Column(
        "migration_id", sa.String, sa.ForeignKey("migrations.migration_id"), primary_key=True
    )


def _of_notice() -> tuple[sa.Column[Any] | sa.ForeignKeyConstraint, ...]:
    """The columns that say which notice a row belongs to; they follow where it is renamed."""
    names = ("migration_id", "customer_id", "revision")
    return (
        sa.Column("migration_id", sa.String, primary_key=True),
        sa.Column("customer_id", AnyText, primary_key=True, info=CUSTOMER),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.ForeignKeyConstraint(
            names, [f"notices.{name}" for name in names], onupdate="CASCADE", ondelete="CASCADE"
        ),
    )


# A move of one database: `[migration] id`.
migrations: Final = sa.Table(
    "migrations",
    metadata,
    _migration_id(refers=False),
    sa.Column("first_opened_at", UtcTime, nullable=False),
    # When everything personal was taken out; nothing more is added then.
    sa.Column("purged_at", UtcTime),
    # Of all findings as they were last recorded: the same again means that nothing has changed.
    sa.Column("findings_digest", sa.String, info=EMPTIED),
)

# The one process that is at work on a migration; no row: nobody is.
locks: Final = sa.Table(
    "locks",
    metadata,
    _migration_id(),
    # What for: run, send, purge.
    sa.Column("purpose", sa.String, nullable=False),
    # Random: who holds the lock knows it, and nobody else has the same.
    sa.Column("token", sa.String, nullable=False),
    # The process: its host, what of the host it can see (its boot and its pid namespace), its
    # number, and when it started, as the number may be another process's later.
    sa.Column("host", sa.String, nullable=False),
    sa.Column("place", sa.String, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("process_start", sa.String, nullable=False),
    sa.Column("taken_at", UtcTime, nullable=False),
    # The last sign of life.
    sa.Column("beat_at", UtcTime, nullable=False),
)

runs: Final = sa.Table(
    "runs",
    metadata,
    _migration_id(),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    # The id that `run --json` prints.
    sa.Column("run_id", sa.String, nullable=False),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("ended_at", UtcTime),
    # running, done, failed.
    sa.Column("state", sa.String, nullable=False),
    # How it ended: a word such as NothingNew, Preliminary or Final; the error's name; Killed.
    sa.Column("result", sa.String),
    # What `run --json` counts; nothing personal.
    sa.Column("counts", sa.JSON),
    sa.Column("host", sa.String, nullable=False, info=EMPTIED),
    sa.Column("pid", sa.Integer, nullable=False),
    # Of the program.
    sa.Column("version", sa.String, nullable=False),
)

# A log or event file, as it was when it was last read.
source_files: Final = sa.Table(
    "source_files",
    metadata,
    _migration_id(),
    # The entry of the migration file, and the path relative to that file.
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("label", AnyText, primary_key=True, info=FILE),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("modified_ns", sa.BigInteger, nullable=False),
    # Of its content.
    sa.Column("fingerprint", AnyText, nullable=False, info=EMPTIED),
    # Of all that decides how it is read: format, routes and the like.
    sa.Column("reading_key", sa.String, nullable=False),
    # What was taken from it; the reading side alone knows what stands here.
    sa.Column("parts", AnyText, nullable=False, info=EMPTIED),
    sa.Column("first_run", sa.Integer, nullable=False),
    sa.Column("last_run", sa.Integer, nullable=False),
    # It was read once and is not there any more; what was taken from it is kept.
    sa.Column("is_gone", sa.Boolean, nullable=False),
)

# Every finding that ever was, as the last run judged it. There may be a million, so they refer to
# nothing, and only rows that change are written.
findings: Final = sa.Table(
    "findings",
    metadata,
    _migration_id(refers=False),
    sa.Column("finding_id", sa.String, primary_key=True, info=FINDING),
    sa.Column("customer_id", AnyText, nullable=False, info=CUSTOMER),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("verdict", sa.String, nullable=False),
    sa.Column("confidence", sa.String),
    sa.Column("reason", sa.String),
    # It stands in its customer's notice.
    sa.Column("asks", sa.Boolean, nullable=False),
    # The row of the new database that was the thing itself for the last run, or that it saw before
    # the customer deleted it.
    sa.Column("seen_row", AnyText, info=EMPTIED),
    # A name for what the evidence says.
    sa.Column("grounds", sa.String, info=EMPTIED),
    # Why it is off the list: repaired, withdrawn, deleted_since; null: it is not.
    sa.Column("closure", sa.String),
    sa.Column("first_run", sa.Integer, nullable=False),
    # The last run in which anything of the above became another.
    sa.Column("changed_run", sa.Integer, nullable=False),
    sa.Column("closed_run", sa.Integer),
    # The first run that no longer had it; null: the last run had it.
    sa.Column("gone_run", sa.Integer),
    sqlite_with_rowid=False,
)

# How a finding's verdict, reason or closure became another. The first verdict is no change.
finding_changes: Final = sa.Table(
    "finding_changes",
    metadata,
    _migration_id(refers=False),
    sa.Column("finding_id", sa.String, primary_key=True, info=FINDING),
    sa.Column("run", sa.Integer, primary_key=True, autoincrement=False),
    # Null: the evidence did not, or does not any more, show such a finding.
    sa.Column("verdict_before", sa.String),
    sa.Column("verdict_after", sa.String),
    sa.Column("reason_before", sa.String),
    sa.Column("reason_after", sa.String),
    sa.Column("closure_before", sa.String),
    sa.Column("closure_after", sa.String),
    sqlite_with_rowid=False,
)

# One message to one customer: revision 1, then supplements.
notices: Final = sa.Table(
    "notices",
    metadata,
    _migration_id(),
    sa.Column("customer_id", AnyText, primary_key=True, info=CUSTOMER),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    # See `notices.states`.
    sa.Column("state", sa.String, nullable=False),
    sa.Column("state_at", UtcTime, nullable=False),
    # Why it is in this state, where a person or a mail server said so.
    sa.Column("why", AnyText, info=EMPTIED),
    # Of the bytes of all its files. An approval holds for this content and recipient.
    sa.Column("content_hash", sa.String, nullable=False),
    # The address that it is made for; null: the customer has none that can be used.
    sa.Column("recipient", AnyText, info=EMPTIED),
    sa.Column("is_supplement", sa.Boolean, nullable=False),
    # It says that the list is final.
    sa.Column("is_final", sa.Boolean, nullable=False),
    sa.Column("created_run", sa.Integer, nullable=False),
    # The last run in which its content became another.
    sa.Column("changed_run", sa.Integer, nullable=False),
)

# What a notice lists, as it was when its content was made.
notice_items: Final = sa.Table(
    "notice_items",
    metadata,
    *_of_notice(),
    sa.Column("finding_id", sa.String, primary_key=True, info=FINDING),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("verdict", sa.String, nullable=False),
    sa.Column("reason", sa.String),
    sa.Column("grounds", sa.String, info=EMPTIED),
    # What it is, in words for the customer.
    sa.Column("what", AnyText, info=EMPTIED),
    # When it was written.
    sa.Column("at", UtcTime, info=EMPTIED),
)

# Every change of a notice's state or content: who, when, why.
notice_history: Final = sa.Table(
    "notice_history",
    metadata,
    *_of_notice(),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
    # A person's name, or the program itself.
    sa.Column("who", AnyText, nullable=False, info=PERSON),
    # What was done: see `notices.states`.
    sa.Column("action", sa.String, nullable=False),
    sa.Column("state_before", sa.String),
    sa.Column("state_after", sa.String, nullable=False),
    # In the words of a person or a mail server.
    sa.Column("why", AnyText, info=EMPTIED),
    sa.Column("content_hash", sa.String, nullable=False),
)

# Every attempt to hand a notice to the mail server.
deliveries: Final = sa.Table(
    "deliveries",
    metadata,
    *_of_notice(),
    sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("message_id", sa.String, info=EMPTIED),
    sa.Column("recipient", AnyText, info=EMPTIED),
    sa.Column("started_at", UtcTime, nullable=False),
    # Null with an attempt that nobody saw the end of.
    sa.Column("ended_at", UtcTime),
    # accepted, refused (for good), temporary, unknown (it may have been accepted).
    sa.Column("outcome", sa.String),
    # The server's words.
    sa.Column("answer", AnyText, info=EMPTIED),
)
