"""Net effect: what all of an entity's writes in the window amount to."""

import polars as pl

from transforms.window import Window, moment

# An entity is of one customer and kind; an id that was given out again names two of them.
KEY = ["customer_id", "kind", "entity_id", "is_reissued"]


def net_effects(witnesses: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Fold each entity's writes, in order of time.

    A create makes it created; updates merge their fields, the later one wins; a delete makes it
    deleted, or cancelled where the window also created it; a create after a delete makes it
    created again.

    `witnesses` is of `explanations.explain_lines`, those with customer and entity only, and
    `is_covered` (the logs cover the moment). The result has one row for each of `KEY`:

    - `net` (created, updated, deleted, cancelled), `action` (created, updated, deleted),
      `is_recreated`;
    - `decisive_at`, `decisive_has_line`, `decisive_on_new`: of the write that the verdict is about;
    - `changed_at`, `changed_has_line`, `changed_on_new`: of the last update, null without one;
    - `changes`: the names of the fields that updates have set, and `knows_each_change`;
    - `first_at`, `last_at`, `lines`, `events`, `has_sure_line`, `reissued_at`, `is_covered` (all
      its moments), `is_explained` (a line of it);
    - `known`: a list of `schemas.FIELD`, one for each field, merged.
    """
    ordered = witnesses.sort(*KEY, "at", "witness_id").with_columns(
        deletes_to_come=(pl.col("action") == "delete").cum_sum(reverse=True).over(KEY),
        told=pl.col("fields").list.eval(
            pl.element().struct.field("name").filter(~pl.element().struct.field("from_path"))
        ),
    )
    return (
        ordered.group_by(KEY, maintain_order=True)
        .agg(*_history(window), *_last_state())
        .with_columns(net=_net())
        .with_columns(*_decisive())
        .join(_merged_fields(ordered), on=KEY, how="left", maintain_order="left")
        .drop("began_in_window", "last_create", "last_change", "last_delete", "any_delete")
    )


def _history(window: Window) -> list[pl.Expr]:
    """What all writes together say."""
    # What was created before the snapshot is in it: its deletion is not cancelled out.
    existence = pl.col("action") != "update"
    in_window = (pl.col("action") == "create") & (pl.col("at") >= moment(window.snapshot_at))
    return [
        in_window.filter(existence).first().alias("began_in_window"),
        (pl.col("action") == "delete").any().alias("any_delete"),
        _write(pl.col("action") == "delete").last().alias("last_delete"),
        pl.col("at").min().alias("first_at"),
        pl.col("at").max().alias("last_at"),
        pl.col("has_line").sum().cast(pl.Int64).alias("lines"),
        pl.col("event_id").is_not_null().sum().cast(pl.Int64).alias("events"),
        (pl.col("has_line") & pl.col("paired_by").ne_missing("left_over"))
        .any()
        .alias("has_sure_line"),
        pl.col("reissued_at").max(),
        pl.col("is_covered").all(),
        pl.col("is_explained").any(),
    ]


def _last_state() -> list[pl.Expr]:
    """What the writes after the last delete say."""
    last = pl.col("deletes_to_come") == 0
    is_update = pl.col("action") == "update"
    # Over a row from before, the second creation is a change as well.
    is_change = last & (is_update | (pl.col("action") == "delete").any())
    return [
        _write(last & (pl.col("action") == "create")).first().alias("last_create"),
        _write(last & is_update).last().alias("last_change"),
        (pl.col("told").filter(is_change).list.len() > 0).all().alias("knows_each_change"),
        pl.col("told").filter(is_change).explode().drop_nulls().unique().sort().alias("changes"),
    ]


def _write(where: pl.Expr) -> pl.Expr:
    return pl.struct("at", "has_line", "made_on_new").filter(where)


def _net() -> pl.Expr:
    """Created where the window's last state has a create; an update of what is gone is noise."""
    created = pl.col("last_create").is_not_null()
    return (
        pl.when(created)
        .then(pl.lit("created"))
        .when(~pl.col("any_delete"))
        .then(pl.lit("updated"))
        .when("began_in_window")
        .then(pl.lit("cancelled"))
        .otherwise(pl.lit("deleted"))
    )


def _decisive() -> list[pl.Expr]:
    """The write that the verdict is about, and the last one that changed what stayed."""
    create, change = pl.col("last_create"), pl.col("last_change")
    recreated = (pl.col("net") == "created") & pl.col("any_delete")
    is_updated = pl.col("net") == "updated"
    decisive = pl.coalesce(create, pl.when(is_updated).then(change), "last_delete")
    return [
        pl.col("net").replace({"cancelled": "deleted"}).alias("action"),
        recreated.alias("is_recreated"),
        *(decisive.struct.field(old).alias(f"decisive_{new}") for old, new in _PARTS.items()),
        *(change.struct.field(old).alias(f"changed_{new}") for old, new in _PARTS.items()),
    ]


_PARTS = {"at": "at", "has_line": "has_line", "made_on_new": "on_new"}


def _merged_fields(ordered: pl.DataFrame) -> pl.DataFrame:
    """`known`: each field's last value; of the last state only, where there is one.

    A field that stands only in paths addresses the entity and says nothing of what was changed.
    """
    has_last = (pl.col("deletes_to_come") == 0).any().over(KEY)
    return (
        ordered.filter(~has_last | (pl.col("deletes_to_come") == 0))
        .select(*KEY, "fields")
        .explode("fields")
        .drop_nulls("fields")
        .unnest("fields")
        .group_by(*KEY, "name", maintain_order=True)
        .agg(pl.col("value").last(), pl.col("from_path").all())
        .sort(*KEY, "name")
        .group_by(KEY, maintain_order=True)
        .agg(known=pl.struct("name", "value", "from_path"))
    )
