"""What an entity refers to, and what became of it: a provisioning belongs to a person."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from transforms.catalogue import Kind
from transforms.window import Window

# What later kinds need to know of the findings of the kinds that they refer to.
PARENTS = {
    "customer_id": pl.String(),
    "kind": pl.String(),
    "entity_id": pl.String(),
    "is_reissued": pl.Boolean(),
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


@dataclass(frozen=True, kw_only=True)
class Referred:
    """What can be referred to: `parents` (`PARENTS`) as judged, and each kind's `rows`."""

    parents: pl.DataFrame
    rows: Mapping[str, pl.DataFrame]
    window: Window

    def resolve(self, children: pl.DataFrame, of: str, kind: str) -> pl.DataFrame:
        """What the column `of` of `children` refers to.

        `children` has `entity_key`, `customer_id`, `decisive_at`, `decisive_has_line`. The result
        has `entity_key`, `present_id` (under which the new database knows it, null where it does
        not), `is_gone` (cancelled or deleted in the window), `is_lost`, `is_doubtful` (what it
        became is not certain); no row where nothing speaks against the id itself.
        """
        rows = self.rows[kind].select("customer_id", "created_at", entity_id="id")
        has_new_owner = pl.col("created_at") > (
            pl.col("decisive_at") + self.window.tolerance(pl.col("decisive_has_line"))
        )
        asking = (
            children.select(
                *("entity_key", "customer_id", "decisive_at", "decisive_has_line"),
                pl.col(of).alias("entity_id"),
            )
            .join(rows, on=["customer_id", "entity_id"], how="left")
            # Null where the customer has no such row: then all of its evidence is of one entity.
            .with_columns(has_new_owner=has_new_owner)
        )
        judged = self._as_judged(asking, kind)
        return pl.concat([judged, _as_reissued(asking.join(judged, on="entity_key", how="anti"))])

    def _as_judged(self, asking: pl.DataFrame, kind: str) -> pl.DataFrame:
        """Of two entities that had the id one after the other, the one that had it at the time."""
        is_another = pl.col("is_reissued") | (pl.col("matched_id") != pl.col("entity_id"))
        is_another &= pl.col("matched_id").is_not_null()
        judged = self.parents.filter(pl.col("kind") == kind).with_columns(
            is_doubtful=(pl.col("verdict") == "review") & is_another,
            is_lost=pl.col("verdict") == "lost",
            is_gone=(pl.col("verdict") == "cancelled")
            | ((pl.col("action") == "deleted") & (pl.col("verdict") != "unconfirmed")),
        )
        had_it_then = pl.col("is_reissued") == pl.coalesce("has_new_owner", "is_reissued")
        return (
            asking.join(judged, on=["customer_id", "entity_id"])
            .filter(had_it_then)
            .select("entity_key", "is_gone", "is_lost", "is_doubtful", present_id=_PRESENT_ID)
        )


def _as_reissued(asking: pl.DataFrame) -> pl.DataFrame:
    """An id whose row is younger than the reference is somebody else's now."""
    return asking.filter("has_new_owner").select(
        "entity_key",
        *(pl.lit(value=False).alias(f"is_{what}") for what in ("gone", "lost", "doubtful")),
        present_id=pl.lit(None, pl.String()),
    )


def refer_own_id(entities: pl.DataFrame, referred: Referred, kind: Kind) -> pl.DataFrame:
    """Add `row_id`: where to look for the entity, and `is_moved_by_guess`.

    Not under an id that is somebody else's now. Where its own id is a reference, under the one
    that this has become; `is_moved_by_guess` where that is not certain.
    """
    own_id = pl.when(~pl.col("is_reissued")).then("entity_id")
    if "id" not in kind.refers_to:
        return entities.with_columns(row_id=own_id, is_moved_by_guess=pl.lit(value=False))
    found = referred.resolve(entities, "entity_id", kind.refers_to["id"])
    moved = found.select("entity_key", "present_id", is_moved_by_guess="is_doubtful")
    is_referred = pl.col("is_moved_by_guess").is_not_null()
    return (
        entities.join(moved, on="entity_key", how="left", maintain_order="left")
        .with_columns(row_id=pl.when(is_referred).then("present_id").otherwise(own_id))
        .with_columns(pl.col("is_moved_by_guess").fill_null(value=False))
        .drop("present_id")
    )


def refer(entities: pl.DataFrame, referred: Referred, kind: Kind) -> pl.DataFrame:
    """Add what the entity's references have become.

    `entities` has `entity_key`, `known`, `values` and `current` (structs of the kind's fields).
    Adds `parent_is_gone`, `parent_is_lost`, `parent_is_doubtful`, and `present`: `values` with
    each reference under the id by which the new database knows it, null where it does not.
    """
    found = [
        referred.resolve(
            entities.with_columns(referred=_reference(field)), "referred", parent
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


def _reference(field: str) -> pl.Expr:
    """Which id the entity refers to, as its evidence knows it or, failing that, its row."""
    if field == "id":
        return pl.col("entity_id")
    names = pl.col("known").list.eval(pl.element().struct.field("name"))
    is_known = names.list.contains(field).fill_null(value=False)
    return pl.when(is_known).then(_of("values", field)).otherwise(_of("current", field))


def _of(column: str, field: str) -> pl.Expr:
    return pl.col(column).struct.field(field)
