"""What has changed for a customer since the notice that was sent to them last."""

from typing import Final

import polars as pl

from transforms.history import DELETED_SINCE
from transforms.schemas import Schema

# Verdicts that say for certain that something is to be done.
SURE: Final = ("lost", "stale", "resurrected")

# What the notices that were sent last have listed, one row a finding.
SENT: Final[Schema] = {
    "customer_id": pl.String(),
    "finding_id": pl.String(),
    "verdict": pl.String(),
    "grounds": pl.String(),
}

# How the findings of those customers have changed since. `change` is `found` (asks for something
# that the customer was not told, or not so), `withdrawn` (the evidence now shows that it was not
# lost) or `done` (the customer has seen to it); `verdict` is the present one, null where the
# finding is gone. What asks for the same as before is in no row.
CHANGES: Final[Schema] = {
    "customer_id": pl.String(),
    "finding_id": pl.String(),
    "change": pl.String(),
    "verdict": pl.String(),
}


def changes_since_sent(
    sent: pl.DataFrame, findings: pl.DataFrame, listed: pl.DataFrame
) -> pl.DataFrame:
    """Compare what was sent (SENT) with what is known now, as CHANGES.

    `findings` has `customer_id`, `finding_id`, `verdict`, `reason` and `grounds` of all findings;
    `listed` (`finding_id`) names those that a notice lists now. Only customers who were sent
    something are compared.

    Another verdict on the same grounds means that the database has changed and not the evidence:
    the customer is at work there, and that alone is nothing to write to them about.
    """
    now = findings.select("customer_id", "finding_id", "verdict", "reason", "grounds").join(
        sent.select("customer_id").unique(), on="customer_id", how="semi"
    )
    told = sent.select("finding_id", sent_to="customer_id", was="verdict", was_grounds="grounds")
    both = now.join(told, on="finding_id", how="full", coalesce=True, validate="1:1")
    is_listed = pl.col("finding_id").is_in(listed.get_column("finding_id").implode())
    change = (
        pl.when(is_listed & ~_is_told())
        .then(pl.lit("found"))
        .when(~is_listed & pl.col("was").is_not_null())
        .then(pl.when(_is_done()).then(pl.lit("done")).otherwise(pl.lit("withdrawn")))
    )
    return (
        both.with_columns(customer_id=pl.coalesce("customer_id", "sent_to"), change=change)
        .drop_nulls("change")
        .select(*CHANGES)
        .sort("customer_id", "finding_id")
    )


def _is_told() -> pl.Expr:
    """The customer knows of it: as it is, or more surely than it is."""
    is_surer = ~pl.col("was").is_in(SURE) & pl.col("verdict").is_in(SURE)
    return ((pl.col("grounds") == pl.col("was_grounds")) & ~is_surer).fill_null(value=False)


def _is_done() -> pl.Expr:
    """The customer has seen to it in the new database."""
    is_same = pl.col("grounds") == pl.col("was_grounds")
    return (
        (pl.col("verdict") == "restored")
        | (pl.col("reason") == DELETED_SINCE)
        | ((pl.col("verdict") == "consistent") & is_same)
    ).fill_null(value=False)
