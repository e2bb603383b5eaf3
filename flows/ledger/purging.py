"""Taking everything personal of a migration out of the ledger; counts and the audit trail stay.

What is marked in `tables` is emptied, or becomes meaningless numbers that are the same in all
tables: it can still be counted what was found, and who was told what and when. Then the database's
files are written anew, as what was deleted can be read in them otherwise. Backups are not reached.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from flows.ledger.connection import Ledger, Transaction
from flows.ledger.errors import LedgerError, told
from flows.ledger.notices.contents import PROGRAM
from flows.ledger.tables import PURGE, metadata, migrations

# What becomes a number, by the word before the number.
_NUMBERED: Final = ("customer", "finding", "file", "somebody")
_NUMBERS: Final = sa.Table(
    "numbers",
    sa.MetaData(),
    sa.Column("old", sa.String, primary_key=True),
    sa.Column("new", sa.String, nullable=False),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True, kw_only=True)
class Personal:
    """How much of a migration is personal."""

    customers: int
    findings: int
    files: int
    people: int


def count_personal(tx: Transaction) -> Personal:
    """Count what a purge would make unrecognisable."""
    customers, findings, files, people = (
        tx.connection.execute(
            sa.select(sa.func.count()).select_from(_values(tx, word).subquery())
        ).scalar_one()
        for word in _NUMBERED
    )
    return Personal(customers=customers, findings=findings, files=files, people=people)


def purged_at(tx: Transaction) -> datetime | None:
    """When the migration was purged, if it was."""
    wanted = sa.select(migrations.c.purged_at).where(migrations.c.migration_id == tx.migration_id)
    return tx.connection.execute(wanted).scalar()


def purge(ledger: Ledger, *, at: datetime) -> None:
    """Purge the migration under its lock; to be done again where it was broken off.

    All rows change together or none does. Raises LedgerError where the files can't be written anew
    because another program reads them all the time.
    """
    with ledger.begin() as tx:
        if purged_at(tx) is None:
            for word in _NUMBERED:
                _number(tx, word)
            for table in metadata.sorted_tables:
                _empty(tx, table)
            mine = migrations.c.migration_id == tx.migration_id
            tx.connection.execute(sa.update(migrations).where(mine).values(purged_at=at))
    with told(ledger.name):
        _write_anew(ledger)


def _columns(word: str) -> list[sa.Column[Any]]:
    """The columns with such values; those that refer to another one follow it by themselves."""
    return [
        column
        for table in metadata.sorted_tables
        for column in table.c
        if column.info.get(PURGE) == word and not column.foreign_keys
    ]


def _values(tx: Transaction, word: str) -> sa.CompoundSelect[tuple[Any]]:
    """What stands in these columns, each once; the program itself is nobody."""
    nobody = [PROGRAM] if word == "somebody" else []
    return sa.union(
        *(
            sa.select(column.label("old"))
            .where(column.table.c.migration_id == tx.migration_id, column.not_in(nobody))
            .distinct()
            for column in _columns(word)
        )
    )


def _number(tx: Transaction, word: str) -> None:
    """Give each value a number, in no order that says anything."""
    values = _values(tx, word).subquery()
    label = word
    while _any_begins_with(tx, values, f"{label} "):
        # Somebody is really called so, and would be taken for another one.
        label = f"purged {label}"
    number = sa.cast(sa.func.row_number().over(order_by=sa.func.random()), sa.String)
    _NUMBERS.create(tx.connection)
    tx.connection.execute(
        sa.insert(_NUMBERS).from_select(
            ["old", "new"], sa.select(values.c.old, sa.literal(f"{label} ") + number)
        )
    )
    for column in _columns(word):
        new = sa.select(_NUMBERS.c.new).where(_NUMBERS.c.old == column).scalar_subquery()
        its = column.table.c.migration_id == tx.migration_id
        is_somebody = column.in_(sa.select(_NUMBERS.c.old))
        tx.connection.execute(sa.update(column.table).where(its, is_somebody).values({column: new}))
    _NUMBERS.drop(tx.connection)


def _any_begins_with(tx: Transaction, values: sa.Subquery, start: str) -> bool:
    wanted = sa.select(values.c.old).where(values.c.old.startswith(start)).limit(1)
    return tx.connection.execute(wanted).first() is not None


def _empty(tx: Transaction, table: sa.Table) -> None:
    emptied = {
        column: None if column.nullable else ""
        for column in table.c
        if column.info.get(PURGE) == "emptied"
    }
    if emptied:
        mine = table.c.migration_id == tx.migration_id
        tx.connection.execute(sa.update(table).where(mine).values(emptied))


def _write_anew(ledger: Ledger) -> None:
    if ledger.engine.dialect.name == "sqlite":
        _write_file_anew(ledger)
        return
    # It can't be part of a transaction.
    engine = ledger.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            # What it knows of common values is renewed as well.
            connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {table.name}")


def _write_file_anew(ledger: Ledger) -> None:
    connection = ledger.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy, *_ = cursor.fetchone() or (1,)
        cursor.close()
    finally:
        connection.close()
    if is_busy:
        raise LedgerError(
            f"The ledger {ledger.name} is being read all the time, so the old content could not be "
            "removed from its files. Start the purge again when nothing else uses it."
        )
