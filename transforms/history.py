"""What earlier runs knew: the new database lives on, and what customers do there is no loss.

A run compares old evidence with a database that has been in use for days. An entity that an
earlier run saw there and that is gone now was deleted by the customer since: it is not lost.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import orjson
import polars as pl

from transforms.asking import ASKING
from transforms.catalogue import Catalogue
from transforms.findings import Findings
from transforms.schemas import Schema

# What the ledger keeps of each finding of the run before. `seen_row` is the row of the new database
# that was the thing itself for that run; null where there was none.
EARLIER: Final[Schema] = {"finding_id": pl.String(), "seen_row": pl.String()}

DELETED_SINCE: Final = "deleted_since"


def with_grounds(findings: pl.DataFrame) -> pl.DataFrame:
    """Add `grounds` to FINDINGS: a name for what the evidence says was written.

    The same grounds and another verdict mean that the new database has changed, not the evidence.
    A further witness of the same write changes no grounds.
    """
    pairs = findings.select("action", "fields").iter_rows()
    names = [
        hashlib.blake2b(f"{action}\0{fields}".encode(), digest_size=8).hexdigest()
        for action, fields in pairs
    ]
    return findings.with_columns(pl.Series("grounds", names, dtype=pl.String()))


def with_history(
    found: Findings, earlier: pl.DataFrame, rows: Mapping[str, pl.DataFrame], catalogue: Catalogue
) -> Findings:
    """Close what the customer has deleted since an earlier run saw it in the new database.

    `earlier` is of EARLIER, `rows` has for each kind a frame of `row_schema`, as it is now. Such a
    finding becomes `consistent` with the reason `deleted_since`; what belongs to it is `cancelled`
    for the same reason, as nobody wants it back (records stay).

    Only where that very row is gone: late logs may show that a row which is still there was
    somebody else's all along, and then the thing is lost.
    """
    seen = earlier.drop_nulls("seen_row")
    if seen.is_empty():
        return found
    findings = found.findings.join(
        seen, on="finding_id", how="left", validate="1:1", maintain_order="left"
    )
    there = pl.concat(
        [
            frame.select("customer_id", kind=pl.lit(kind), seen_row="id")
            for kind, frame in rows.items()
        ]
        or [findings.select("customer_id", "kind", "seen_row").clear()]
    ).unique()
    gone = findings.drop_nulls("seen_row").join(
        there, on=["customer_id", "kind", "seen_row"], how="anti"
    )
    is_deleted = (
        pl.col("finding_id").is_in(gone.get_column("finding_id").implode())
        & pl.col("verdict").is_in(ASKING)
        & (pl.col("action") != "deleted")
    )
    closed = findings.with_columns(
        verdict=pl.when(is_deleted).then(pl.lit("consistent")).otherwise("verdict"),
        reason=pl.when(is_deleted).then(pl.lit(DELETED_SINCE)).otherwise("reason"),
    ).select(found.findings.columns)
    return replace(found, findings=_without_orphans(closed, catalogue))


def seen_rows(found: Findings, earlier: pl.DataFrame) -> pl.DataFrame:
    """Say for each finding what the next run is to know of it, as EARLIER.

    The row is the entity's own, or the one that the customer has certainly created again. What was
    seen before is forgotten, unless it is why the finding is closed: a later run may know better
    whose a row is.
    """
    own = found.held.filter("has_row").select("finding_id", own_row="row_id")
    return (
        found.findings.join(own, on="finding_id", how="left", validate="1:1")
        .join(earlier, on="finding_id", how="left", validate="1:1")
        .select(
            "finding_id",
            seen_row=pl.when(pl.col("reason") == DELETED_SINCE)
            .then("seen_row")
            .when(pl.col("verdict") == "restored")
            .then("matched_id")
            .otherwise("own_row"),
        )
    )


def _without_orphans(findings: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Cancel what would be missing but belongs to something that was deleted since."""
    gone = set(
        findings.filter(pl.col("reason") == DELETED_SINCE)
        .select("customer_id", "kind", "entity_id")
        .iter_rows()
    )
    if not gone:
        return findings
    missing = findings.filter(pl.col("verdict").is_in(("lost", "stale")))
    orphans = [
        row["finding_id"]
        for row in missing.iter_rows(named=True)
        if not catalogue.kinds[row["kind"]].record_only
        and any(
            (row["customer_id"], kind, value) in gone
            for kind, value in _referred(row, catalogue.kinds[row["kind"]].refers_to)
        )
    ]
    is_orphan = pl.col("finding_id").is_in(orphans)
    return findings.with_columns(
        verdict=pl.when(is_orphan).then(pl.lit("cancelled")).otherwise("verdict"),
        reason=pl.when(is_orphan).then(pl.lit(DELETED_SINCE)).otherwise("reason"),
    )


def _referred(
    row: Mapping[str, str | None], refers_to: Mapping[str, str]
) -> list[tuple[str, str | None]]:
    values = orjson.loads(row["current"] or b"{}") | orjson.loads(row["fields"] or b"{}")
    return [
        (kind, row["entity_id"] if field == "id" else values.get(field))
        for field, kind in refers_to.items()
    ]
