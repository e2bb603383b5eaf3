"""What earlier runs knew: the new database lives on, and what customers do there is no loss.

A run compares old evidence with a database that has been in use for days. An entity that an
earlier run saw there and that is gone now was deleted by the customer since; a change that an
earlier run saw there and that is gone now was overwritten since. Neither is to be repeated.
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

# What the ledger keeps of each finding of earlier runs. `grounds` names what the evidence said
# (see `with_grounds`); `is_present`: some run has seen the thing itself in the new database.
EARLIER: Final[Schema] = {
    "finding_id": pl.String(),
    "verdict": pl.String(),
    "grounds": pl.String(),
    "is_present": pl.Boolean(),
}

DELETED_SINCE: Final = "deleted_since"
CHANGED_SINCE: Final = "changed_since"


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


def is_present(found: Findings) -> pl.DataFrame:
    """Say for each finding whether the new database has the thing: `finding_id`, `is_present`.

    It has it as the entity's own row, or as one that the customer has certainly created again.
    """
    seen = found.held.select("finding_id", "has_row")
    return found.findings.join(seen, on="finding_id", how="left", validate="1:1").select(
        "finding_id",
        is_present=pl.col("has_row").fill_null(value=False) | (pl.col("verdict") == "restored"),
    )


def with_history(found: Findings, earlier: pl.DataFrame, catalogue: Catalogue) -> Findings:
    """Close what the customer has done since an earlier run saw the new database.

    `earlier` is of EARLIER. Such a finding becomes `consistent` with the reason `deleted_since` or
    `changed_since`; what belongs to something deleted since is `cancelled`, `deleted_since`, as
    nobody wants it back (records stay). Without an earlier run, nothing changes.
    """
    if earlier.is_empty():
        return found
    known = earlier.select(
        "finding_id",
        was_verdict="verdict",
        was_grounds="grounds",
        was_present="is_present",
    )
    findings = (
        with_grounds(found.findings)
        .join(is_present(found), on="finding_id", validate="1:1", maintain_order="left")
        .join(known, on="finding_id", how="left", validate="1:1", maintain_order="left")
    )
    asks = pl.col("verdict").is_in(ASKING) & (pl.col("action") != "deleted")
    is_deleted = asks & ~pl.col("is_present") & pl.col("was_present").fill_null(value=False)
    is_overwritten = (
        (pl.col("verdict") == "review")
        & (pl.col("reason") == CHANGED_SINCE)
        & (pl.col("was_verdict") == "consistent")
        & (pl.col("was_grounds") == pl.col("grounds"))
    ).fill_null(value=False)
    closed = findings.with_columns(
        verdict=pl.when(is_deleted | is_overwritten)
        .then(pl.lit("consistent"))
        .otherwise("verdict"),
        reason=pl.when(is_deleted).then(pl.lit(DELETED_SINCE)).otherwise("reason"),
    ).select(found.findings.columns)
    return replace(found, findings=_without_orphans(closed, catalogue))


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
