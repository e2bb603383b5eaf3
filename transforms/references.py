"""What an entity refers to, and what became of it: a provisioning belongs to a person."""

import polars as pl

from transforms.catalogue import Kind
from transforms.schemas import TIME

# What later kinds need to know of the findings of the kinds that they refer to.
PARENTS = {
    "customer_id": pl.String(),
    "kind": pl.String(),
    "entity_id": pl.String(),
    "is_reissued": pl.Boolean(),
    "reissued_at": TIME,
    "action": pl.String(),
    "verdict": pl.String(),
    "matched_id": pl.String(),
}

# Under which id to look for what referred to something: its own, the one under which it was
# created again, or none, where the id is somebody else's now.
_PRESENT_ID = (
    pl.when((pl.col("verdict") == "restored") | pl.col("is_doubtful"))
    .then("matched_id")
    .when(~pl.col("is_reissued"))
    .then("entity_id")
)


def resolve(children: pl.DataFrame, parents: pl.DataFrame, of: str, kind: str) -> pl.DataFrame:
    """What the column `of` of `children` refers to, as the kind's entities were judged.

    `children` has `entity_key`, `customer_id` and `decisive_at`. The result has `entity_key`,
    `present_id` (under which the new database knows it, null where it does not), `is_gone`
    (cancelled or deleted in the window), `is_lost`, `is_doubtful` (what it became is not
    certain); no row where nothing was judged. Of two entities that had the id one after the
    other, it is the one that had it at the time.
    """
    boundary = pl.col("reissued_at").max().over("customer_id", "entity_id")
    judged = (
        parents.filter(pl.col("kind") == kind)
        .with_columns(boundary=boundary)
        .with_columns(
            is_doubtful=(pl.col("verdict") == "review") & pl.col("matched_id").is_not_null(),
            is_lost=pl.col("verdict") == "lost",
            is_gone=(pl.col("verdict") == "cancelled")
            | ((pl.col("action") == "deleted") & (pl.col("verdict") != "unconfirmed")),
        )
    )
    had_it_then = (
        pl.when("is_reissued")
        .then(pl.col("decisive_at") < pl.col("boundary"))
        .otherwise(pl.col("boundary").is_null() | (pl.col("decisive_at") >= pl.col("boundary")))
    )
    return (
        children.select("entity_key", "customer_id", "decisive_at", pl.col(of).alias("entity_id"))
        .join(judged, on=["customer_id", "entity_id"])
        .filter(had_it_then)
        .select("entity_key", "is_gone", "is_lost", "is_doubtful", present_id=_PRESENT_ID)
    )


def refer_own_id(entities: pl.DataFrame, parents: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    """Add `row_id`: where to look for the entity; elsewhere where its own id is a reference."""
    if "id" not in kind.refers_to:
        return entities.with_columns(row_id="entity_id")
    found = resolve(entities, parents, "entity_id", kind.refers_to["id"])
    moved = found.select("entity_key", "present_id", is_referred=pl.lit(value=True))
    return (
        entities.join(moved, on="entity_key", how="left", maintain_order="left")
        .with_columns(row_id=pl.when("is_referred").then("present_id").otherwise("entity_id"))
        .drop("present_id", "is_referred")
    )


def refer(entities: pl.DataFrame, parents: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    """Add what the entity's references have become.

    `entities` has `entity_key`, `values` and `current` (structs of the kind's fields). Adds
    `parent_is_gone`, `parent_is_lost`, `parent_is_doubtful`, and `present`: `values` with each
    reference under the id by which the new database knows it.
    """
    found = [
        resolve(
            entities.with_columns(
                referred=pl.col("entity_id")
                if field == "id"
                else pl.coalesce(_of("values", field), _of("current", field))
            ),
            parents,
            "referred",
            parent,
        ).with_columns(field=pl.lit(field))
        for field, parent in kind.refers_to.items()
    ]
    related = entities.with_columns(present="values")
    if not found:
        return related.with_columns(
            pl.lit(value=False).alias(f"parent_is_{what}") for what in ("gone", "lost", "doubtful")
        )
    all_found = pl.concat(found)
    flags = all_found.group_by("entity_key").agg(
        pl.col(f"is_{what}").any().alias(f"parent_is_{what}")
        for what in ("gone", "lost", "doubtful")
    )
    related = related.join(flags, on="entity_key", how="left", maintain_order="left").with_columns(
        pl.col("^parent_is_.*$").fill_null(value=False)
    )
    for field in kind.refers_to.keys() - {"id"}:
        moved = all_found.filter(pl.col("field") == field).select(
            "entity_key", "present_id", is_referred=pl.lit(value=True)
        )
        now = pl.when("is_referred").then("present_id").otherwise(_of("values", field))
        related = (
            related.join(moved, on="entity_key", how="left", maintain_order="left")
            .with_columns(pl.col("present").struct.with_fields(now.alias(field)))
            .drop("present_id", "is_referred")
        )
    return related


def _of(column: str, field: str) -> pl.Expr:
    return pl.col(column).struct.field(field)
