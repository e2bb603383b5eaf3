"""What the runs found, and how it changed from run to run.

There may be a million findings, so they come and go as frames, and only those that changed are
written.
"""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import polars as pl
import sqlalchemy as sa

from flows.ledger.bulk import read_frame, write_frame
from flows.ledger.connection import Transaction
from flows.ledger.tables import finding_changes, findings, migrations
from transforms.errors import AmbiguousKeyError
from transforms.schemas import Schema

# What a run says of each finding; see `tables.findings`.
JUDGED: Final[Schema] = {
    "finding_id": pl.String(),
    "customer_id": pl.String(),
    "kind": pl.String(),
    "verdict": pl.String(),
    "confidence": pl.String(),
    "reason": pl.String(),
    "asks": pl.Boolean(),
    "seen_row": pl.String(),
    "grounds": pl.String(),
    "closure": pl.String(),
}
# What is remembered.
STORED: Final[Schema] = {
    **JUDGED,
    "first_run": pl.Int64(),
    "changed_run": pl.Int64(),
    "closed_run": pl.Int64(),
    "gone_run": pl.Int64(),
}
CHANGES: Final[Schema] = {
    "finding_id": pl.String(),
    "run": pl.Int64(),
    "verdict_before": pl.String(),
    "verdict_after": pl.String(),
    "reason_before": pl.String(),
    "reason_after": pl.String(),
    "closure_before": pl.String(),
    "closure_after": pl.String(),
}
_TOLD: Final = ("verdict", "reason", "closure")


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """How many findings became known, became others, or are not found any more."""

    new: int = 0
    changed: int = 0
    gone: int = 0


def record_findings(tx: Transaction, run: int, judged: pl.DataFrame) -> Recorded:
    """Remember what a run found, which is all that there is: `judged` has the columns of `JUDGED`.

    The same as the last run found, in the same order, is recognised without reading the rows that
    are remembered.
    """
    found = judged.select(pl.col(name).cast(dtype) for name, dtype in JUDGED.items())
    if found.get_column("finding_id").n_unique() != found.height:
        raise AmbiguousKeyError("A finding_id stands for more than one finding.")
    digest = _digest(found)
    mine = migrations.c.migration_id == tx.migration_id
    last = tx.connection.execute(sa.select(migrations.c.findings_digest).where(mine)).scalar()
    if digest == last:
        return Recorded()
    compared = _compare(stored_findings(tx), found, run)
    for table, rows in (
        (findings, pl.concat([compared.new, compared.changed, compared.gone])),
        (finding_changes, compared.changes),
    ):
        of_migration = rows.with_columns(migration_id=pl.lit(tx.migration_id))
        # In the order of the key, a table grows at its end.
        write_frame(tx.connection, table, of_migration.sort("finding_id"))
    tx.connection.execute(sa.update(migrations).where(mine).values(findings_digest=digest))
    return Recorded(
        new=compared.new.height, changed=compared.changed.height, gone=compared.gone.height
    )


def stored_findings(tx: Transaction) -> pl.DataFrame:
    """All findings that ever were, as they were last judged: `STORED`, by finding_id."""
    numbers = {**STORED, "asks": pl.Int64()}
    frame = read_frame(tx.connection, _of(tx, findings, STORED), numbers)
    return frame.cast({"asks": pl.Boolean})


def rows_seen(tx: Transaction) -> pl.DataFrame:
    """What the last run saw in the new database: `finding_id`, `seen_row`."""
    schema: Schema = {"finding_id": pl.String(), "seen_row": pl.String()}
    seen = _of(tx, findings, schema).where(findings.c.seen_row.is_not(None))
    return read_frame(tx.connection, seen, schema)


def stored_changes(tx: Transaction) -> pl.DataFrame:
    """How findings changed: `CHANGES`, by finding_id and run."""
    wanted = _of(tx, finding_changes, CHANGES).order_by(finding_changes.c.run)
    return read_frame(tx.connection, wanted, CHANGES)


def _digest(found: pl.DataFrame) -> str:
    buffer = BytesIO()
    found.write_ipc(buffer)
    return hashlib.blake2b(buffer.getbuffer(), digest_size=16).hexdigest()


def _of(tx: Transaction, table: sa.Table, schema: Schema) -> sa.Select[tuple[object, ...]]:
    columns = [
        sa.cast(table.c[name], sa.Integer) if dtype == pl.Boolean else table.c[name]
        for name, dtype in schema.items()
    ]
    mine = sa.select(*columns).where(table.c.migration_id == tx.migration_id)
    return mine.order_by(table.c.finding_id)


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """Rows to be written: of `STORED`, and of `CHANGES`."""

    new: pl.DataFrame
    changed: pl.DataFrame
    gone: pl.DataFrame
    changes: pl.DataFrame


def _compare(stored: pl.DataFrame, found: pl.DataFrame, run: int) -> _Compared:
    """Hold what is found now against what is remembered."""
    now = pl.lit(run, pl.Int64)
    never = pl.lit(None, pl.Int64)
    is_closed = pl.col("closure").is_not_null()
    new = found.join(stored, on="finding_id", how="anti").select(
        *JUDGED,
        first_run=now,
        changed_run=now,
        closed_run=pl.when(is_closed).then(now),
        gone_run=never,
    )
    both = found.join(stored, on="finding_id", suffix="_before").with_columns(
        verdict_before=pl.when(pl.col("gone_run").is_null()).then("verdict_before"),
    )
    differs = [pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in JUDGED][1:]
    changed = both.filter(pl.any_horizontal(*differs))
    gone = stored.join(found, on="finding_id", how="anti").filter(pl.col("gone_run").is_null())
    is_same_closure = pl.col("closure").eq_missing(pl.col("closure_before"))
    closed_run = pl.when(is_same_closure).then("closed_run").otherwise(now)
    as_gone = gone.select("finding_id", *(pl.col(name).alias(f"{name}_before") for name in _TOLD))
    return _Compared(
        new=new,
        changed=changed.select(
            *JUDGED,
            "first_run",
            changed_run=now,
            closed_run=pl.when(is_closed).then(closed_run),
            gone_run=never,
        ),
        gone=gone.with_columns(changed_run=now, gone_run=now),
        changes=_changes(pl.concat([changed, as_gone], how="diagonal"), now),
    )


def _changes(changed: pl.DataFrame, run: pl.Expr) -> pl.DataFrame:
    """Those rows that a reader of the history cares for; what is gone has no verdict any more."""
    told = changed.select(
        "finding_id",
        run.alias("run"),
        *(pl.col(f"{name}_before") for name in _TOLD),
        *(pl.col(name).alias(f"{name}_after") for name in _TOLD),
    )
    differs = [pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after")) for name in _TOLD]
    return told.filter(pl.any_horizontal(*differs)).select(list(CHANGES))
