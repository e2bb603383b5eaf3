"""Whose write it was, and of which entity, where ids are issued twice."""

from collections.abc import Mapping

import polars as pl

from transforms.catalogue import Catalogue
from transforms.window import Window

ENTITY = ("kind", "entity_id")


def known_rows(rows_by_id: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """The rows that have one of the evidence's ids, of whichever customer and all kinds.

    `rows_by_id` has a frame of `schemas.row_schema` for each kind; the result `kind`, `entity_id`,
    `customer_id`, `created_at`.
    """
    frames = [
        rows.select(
            pl.lit(kind).alias("kind"), pl.col("id").alias("entity_id"), "customer_id", "created_at"
        )
        for kind, rows in rows_by_id.items()
    ]
    return pl.concat(frames).collect()


def mark_reissued(writes: pl.DataFrame, rows: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Add `is_reissued` and `reissued_at`: the write's id was given out again after the write.

    The new site's sequence goes on from the snapshot, so a lost entity's id may go to someone
    else. A row created later than the write by more than the clocks may differ is another entity,
    of whichever customer. Where it is the same customer's, each write is told apart by its time;
    where it is another's, the customer already tells them apart.

    `writes` has `customer_id`, `kind`, `entity_id`, `at` and `has_line`; `rows` is of
    `known_rows`.
    """
    own = rows.group_by("customer_id", *ENTITY).agg(
        own_created_at=pl.col("created_at").max(), has_own=pl.lit(value=True)
    )
    any_row = rows.group_by(ENTITY).agg(any_created_at=pl.col("created_at").max())
    reaches_to = pl.col("at") + window.tolerance(pl.col("has_line"))
    joined = writes.join(own, on=["customer_id", *ENTITY], how="left", maintain_order="left").join(
        any_row, on=ENTITY, how="left", maintain_order="left"
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
    return (
        joined.with_columns(is_reissued=reissued)
        .with_columns(reissued_at=pl.when("is_reissued").then(created))
        .drop("own_created_at", "any_created_at", "has_own")
    )


def attribute(
    writes: pl.DataFrame,
    told_by_events: pl.DataFrame,
    rows: pl.DataFrame,
    devices: pl.DataFrame,
    catalogue: Catalogue,
) -> pl.DataFrame:
    """Give each write without a customer the one that its entity, else its device, belongs to.

    `writes` has `customer_id`, `kind`, `entity_id`, `device_id`, `is_reissued` (lines and events;
    request ids have been compared). `told_by_events` has the same columns: the events of trusted
    sources; `rows` is of `known_rows`, `devices` has `device_id`, `customer_id` from the new
    database. Knowledge that names several customers decides nothing.
    """
    entity = [*ENTITY, "is_reissued"]
    present = rows.with_columns(is_reissued=pl.lit(value=False))
    # A route that names customer and entity tells as much as an event, so it comes last, not least.
    known_entities = [_only_customer(told, entity) for told in (told_by_events, present, writes)]
    attributed = writes
    for known in known_entities:
        attributed = _fill(attributed, known, entity)
    for known in known_entities:
        attributed = _fill_from_referred(attributed, known, catalogue)
    registered = _only_customer(devices, ["device_id"])
    unregistered = _only_customer(told_by_events, ["device_id"]).join(
        devices, on="device_id", how="anti"
    )
    return _fill(attributed, pl.concat([registered, unregistered]), ["device_id"])


def _only_customer(told: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """`key` and `known`: the customer, where all that is told names the same one."""
    customers = pl.col("customer_id")
    return (
        told.drop_nulls(["customer_id", *key])
        .group_by(key)
        .agg(several=customers.n_unique() > 1, known=customers.min())
        .filter(~pl.col("several"))
        .drop("several")
    )


def _fill(writes: pl.DataFrame, known: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    return (
        writes.join(known, on=key, how="left", maintain_order="left")
        .with_columns(customer_id=pl.coalesce("customer_id", "known"))
        .drop("known")
    )


def _fill_from_referred(
    writes: pl.DataFrame, known: pl.DataFrame, catalogue: Catalogue
) -> pl.DataFrame:
    """Where an entity's own id is a reference, who owns what it refers to owns it."""
    own_id = {
        name: kind.refers_to["id"]
        for name, kind in catalogue.kinds.items()
        if "id" in kind.refers_to
    }
    referred = pl.col("kind").replace_strict(own_id, default=None, return_dtype=pl.String())
    filled = _fill(
        writes.with_columns(kind=referred, own_kind="kind"), known, [*ENTITY, "is_reissued"]
    )
    return filled.with_columns(kind="own_kind").drop("own_kind")
