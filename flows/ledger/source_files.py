"""The source files that were read, so that a rerun reads only what is new or has grown."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from flows.ledger.connection import Transaction
from flows.ledger.tables import source_files
from flows.ledger.upserts import put_rows


@dataclass(frozen=True, kw_only=True)
class KnownFile:
    """A file as it was last read, and what was taken from it; see `tables.source_files`.

    `parts` is text (JSON) that the ledger hands back as it got it.
    """

    source: str
    label: str
    size_bytes: int
    modified_ns: int
    fingerprint: str
    reading_key: str
    parts: str
    first_run: int
    last_run: int
    is_gone: bool = False


def known_files(tx: Transaction) -> list[KnownFile]:
    """Every file that is remembered, by source and label."""
    columns = [column for column in source_files.c if column.name != "migration_id"]
    wanted = sa.select(*columns).where(source_files.c.migration_id == tx.migration_id)
    rows = tx.connection.execute(wanted.order_by(source_files.c.source, source_files.c.label))
    return [KnownFile(**row) for row in rows.mappings()]


def remember_files(tx: Transaction, files: Sequence[KnownFile]) -> None:
    """Remember files, in place of what was known of those with the same source and label."""
    rows = [{"migration_id": tx.migration_id, **asdict(file)} for file in files]
    put_rows(tx.connection, source_files, rows)


def forget_files(tx: Transaction, files: Iterable[tuple[str, str]]) -> None:
    """Forget files, each named by source and label."""
    named = [{"of_source": source, "of_label": label} for source, label in files]
    if not named:
        return
    tx.connection.execute(
        sa.delete(source_files).where(
            source_files.c.migration_id == tx.migration_id,
            source_files.c.source == sa.bindparam("of_source"),
            source_files.c.label == sa.bindparam("of_label"),
        ),
        named,
    )
