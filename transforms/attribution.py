"""Whose write it was, and of which entity, where ids are issued twice."""

from collections.abc import Mapping, Sequence

import polars as pl

from transforms.catalogue import Catalogue
from transforms.window import Window

ENTITY = ("kind", "entity_id")


def known_rows(owners: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """The rows that have one of the evidence's ids, of whichever customer and all kinds.

    `owners` has for each kind a frame with at least `id`, `customer_id`, `created_at`; the result
    `kind`, `entity_id`, `customer_id`, `created_at`.
    """
    frames = [
        rows.select(
            pl.lit(kind).alias("kind"), pl.col("id").alias("entity_id"), "customer_id", "created_at"
        )
        for kind, rows in owners.items()
    ]
    return pl.concat(frames).collect()


def with_borrowed_ids(told: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Tell of each kind whose own id is a reference (an availability has its person's) as well.

    What is told (`kind` and whatever else) of the kind referred to holds for the kind that
    borrows the id: who owns it, and when it was given out again.
    """
    borrowed = [
        told.filter(pl.col("kind") == kind.refers_to["id"]).with_columns(kind=pl.lit(name))
        for name, kind in catalogue.kinds.items()
        if "id" in kind.refers_to
    ]
    return pl.concat([told, *borrowed])


def mark_reissued(writes: pl.DataFrame, rows: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Add `is_reissued` and `reissued_at`: the write's id was given out again after the write.

    The new site's sequence goes on from the snapshot, so a lost entity's id may go to someone
    else. A row created later than the write by more than the clocks may differ is another entity,
    of whichever customer. Where it is the same customer's, each write is told apart by its time;
    where it is another's, the customer already tells them apart. `is_of_former` is for who does
    not know the customer yet: the write is older than the newest row that has the id, whosever.

    `writes` has `customer_id`, `kind`, `entity_id`, `at` and `has_line`; `rows` is of
    `known_rows`, `with_borrowed_ids`.
    """
    own = rows.group_by("customer_id", *ENTITY).agg(
        own_created_at=pl.col("created_at").max(), has_own=pl.lit(value=True)
    )
    any_row = rows.group_by(ENTITY).agg(any_created_at=pl.col("created_at").max())
    reaches_to = pl.col("at") + window.tolerance(pl.col("has_line"))
    joined = (
        writes.select("customer_id", *ENTITY, "at", "has_line")
        .join(own, on=["customer_id", *ENTITY], how="left", maintain_order="left")
        .join(any_row, on=ENTITY, how="left", maintain_order="left")
    )
    by_own = pl.col("own_created_at") > reaches_to
    by_any = pl.col("any_created_at") > reaches_to
    reissued = (
        pl.when(pl.col("has_own"))
        .then(by_own)
        .when(pl.col("customer_id").is_null())
        .then(by_any)
        .otherwise(by_any.any().over("customer_id", *ENTITY))
        .fill_null(value=False)
    )
    created = pl.when(pl.col("has_own")).then("own_created_at").otherwise("any_created_at")
    marks = joined.select(
        is_reissued=reissued,
        reissued_at=pl.when(reissued).then(created),
        is_of_former=by_any.fill_null(value=False),
    )
    return writes.with_columns(marks.get_columns())


def attribute(
    writes: pl.DataFrame,
    told_by_events: pl.DataFrame,
    rows: pl.DataFrame,
    devices: pl.DataFrame,
    catalogue: Catalogue,
) -> pl.DataFrame:
    """Give each write without a customer the one that its entity, else its device, belongs to.

    `writes` has `customer_id`, `kind`, `entity_id`, `device_id`, `is_of_former` (lines and events;
    request ids have been compared). `told_by_events` has the same columns: the events of trusted
    sources; `rows` is of `known_rows`, `with_borrowed_ids`; `devices` has `device_id`,
    `customer_id` from the new database. Knowledge that names several customers decides nothing.
    """
    entity = [*ENTITY, "is_of_former"]
    said = ["customer_id", *entity]
    events = with_borrowed_ids(told_by_events.select(said), catalogue)
    present = rows.with_columns(is_of_former=pl.lit(value=False)).select(said)
    lines = with_borrowed_ids(writes.select(said), catalogue)
    unregistered = told_by_events.join(devices, on="device_id", how="anti")
    return (
        writes.pipe(_fill, [events, present], entity)
        # A route that names customer and entity tells as much, but to the letter it comes after.
        .pipe(_fill, [events, present, lines], entity)
        .pipe(_fill, [devices, unregistered], ["device_id"])
    )


def _fill(writes: pl.DataFrame, told: Sequence[pl.DataFrame], key: list[str]) -> pl.DataFrame:
    """Give writes without a customer the one that all that is told of their `key` names."""
    customers = pl.col("customer_id")
    unknown = writes.filter(customers.is_null()).select(key).unique()
    known = (
        pl.concat([one.select("customer_id", *key) for one in told])
        .drop_nulls()
        .join(unknown, on=key, how="semi")
        .group_by(key)
        .agg(several=customers.n_unique() > 1, known=customers.min())
        .filter(~pl.col("several"))
    )
    found = writes.select(key).join(known, on=key, how="left", maintain_order="left")
    return writes.with_columns(customer_id=pl.coalesce(customers, found.get_column("known")))
