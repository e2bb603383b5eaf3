"""Lines that show a create but not of what: a row of the new database may tell."""

from collections.abc import Mapping

import polars as pl

from transforms.catalogue import Catalogue
from transforms.closest import Fit, closest_pairs
from transforms.fields import field_value
from transforms.window import Window


def explain_lines(
    witnesses: pl.DataFrame,
    rows: Mapping[str, pl.DataFrame],
    window: Window,
    catalogue: Catalogue,
) -> pl.DataFrame:
    """Give a line without an id the row that it must have made.

    That is a row of the same customer and kind, created within `server_skew` of the line, that
    nothing else explains; one row explains one line, closest pairs first. Only creates make rows:
    a nameless change or deletion stays one. Returns `witnesses` (of
    `matching.match_with_database`) with those `entity_id` filled, and `is_explained`.
    """
    nameless = witnesses.filter(
        pl.col("entity_id").is_null(),
        pl.col("customer_id").is_not_null(),
        pl.col("has_line"),
        pl.col("action") == "create",
    )
    explained = witnesses.filter(pl.col("action") == "create", ~pl.col("is_reissued"))
    found = [
        _explain(nameless.filter(of_kind), rows[name], explained.filter(of_kind), window, fields)
        for name, kind in catalogue.kinds.items()
        for of_kind, fields in [(pl.col("kind") == name, kind.path_fields)]
    ]
    return (
        witnesses.join(pl.concat(found), on="witness_id", how="left", maintain_order="left")
        .with_columns(
            entity_id=pl.coalesce("entity_id", "row_id"),
            is_explained=pl.col("row_id").is_not_null(),
        )
        .drop("row_id")
    )


def _explain(
    nameless: pl.DataFrame,
    rows: pl.DataFrame,
    explained: pl.DataFrame,
    window: Window,
    path_fields: tuple[str, ...],
) -> pl.DataFrame:
    """`witness_id`, `row_id` for the lines of one kind."""
    free = (
        rows.join(
            explained,
            left_on=["customer_id", "id"],
            right_on=["customer_id", "entity_id"],
            how="anti",
        )
        .sort("created_at", "id")
        .with_row_index("row_key")
    )
    agree = tuple(f"field {name}" for name in path_fields)
    told = nameless.select(
        *("customer_id", "at"),
        *(field_value("fields", name).alias(f"field {name}") for name in path_fields),
        key="witness_id",
    )
    held = free.select(
        "customer_id",
        *(pl.col("fields").struct.field(name).alias(f"field {name}") for name in path_fields),
        key="row_key",
        at="created_at",
    )
    fit = Fit(same=("customer_id",), agree=agree, within=window.server_skew)
    pairs = closest_pairs(told, held, [fit]).rename({"left": "witness_id", "right": "row_key"})
    return pairs.join(free.select("row_key", row_id="id"), on="row_key").drop("row_key")
