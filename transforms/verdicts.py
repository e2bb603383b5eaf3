"""Net effects held against the new database: one verdict for each entity."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from transforms.catalogue import Catalogue, Kind
from transforms.fields import as_json, field_value
from transforms.references import PARENTS, Referred, refer, refer_own_id
from transforms.restoration import claim_rows
from transforms.window import Window, moment


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What all kinds are judged by.

    `country` reads national phone numbers; `named` has `kind`, `entity_id`, `at`, `has_line` of
    all evidence that names an entity.
    """

    catalogue: Catalogue
    window: Window
    country: str | None
    named: pl.DataFrame


def judge(
    effects: pl.DataFrame, rows: Mapping[str, pl.DataFrame], setting: Setting
) -> pl.DataFrame:
    """Judge every entity, each kind after the kinds that it refers to.

    `effects` is of `effects.net_effects`; `rows` has for each kind the rows of the customers with
    evidence (`schemas.row_schema`). Adds `verdict`, `confidence`, `reason`, `matched_id`,
    `match_score`, and `fields` and `current` as JSON objects (`current`: of the entity's row or,
    where it has none, of the row that it may have become), the columns of `schemas.HELD`, and
    `compared`: a list of what `schemas.COMPARISONS` has of each row that it was held against.
    """
    parents = pl.DataFrame(schema=PARENTS)
    numbered = effects.with_row_index("entity_key")
    judged = []
    for name in setting.catalogue.in_order_of_reference():
        entities = numbered.filter(pl.col("kind") == name)
        kind = setting.catalogue.kinds[name]
        named = setting.named.filter(pl.col("kind") == name)
        referred = Referred(parents=parents, rows=rows, window=setting.window)
        result = _judge_kind(entities, rows[name], referred, kind, setting, named=named)
        parents = pl.concat([parents, result.select(list(PARENTS))])
        # With and without references, columns come in another order.
        judged.append(result.select(sorted(result.columns)))
    return pl.concat(judged).drop("entity_key")


def _judge_kind(
    entities: pl.DataFrame,
    rows: pl.DataFrame,
    referred: Referred,
    kind: Kind,
    setting: Setting,
    *,
    named: pl.DataFrame,
) -> pl.DataFrame:
    held = (
        entities.pipe(_spread, kind)
        .pipe(refer_own_id, referred, kind)
        .pipe(_find_row, rows)
        .pipe(refer, referred, kind)
        .with_columns(is_equal=_is_equal(kind))
        .with_columns(_judged_write())
        .with_columns(_held_against_row(kind, setting.window))
        .with_columns(parent_gone=_is_parent_gone(kind))
    )
    missing = held.filter(
        pl.col("verdict") == "lost", pl.col("net") == "created", ~pl.col("parent_gone")
    )
    found = claim_rows(missing, rows, named, kind, window=setting.window, country=setting.country)
    return (
        held.pipe(_apply_claims, found.claims, rows)
        .pipe(_with_compared, found.compared, rows)
        .with_columns(verdict=_settled())
        .with_columns(reason=_reason(setting.window), confidence=_confidence())
        .pipe(_worded)
    )


def _spread(entities: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    """Add `values`: what is known of each field, null where nothing is."""
    values = [field_value("known", field).alias(field) for field in kind.fields]
    # polars makes no struct of no expressions.
    return entities.with_columns(values=pl.struct(values) if values else pl.lit({}, pl.Struct({})))


def _find_row(entities: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Add the entity's own row: `has_row`, `row_created_at`, `row_updated_at`, `current`.

    Looked for under `row_id`, and only among the customer's rows.
    """
    own = rows.select(
        "customer_id",
        row_id="id",
        row_created_at="created_at",
        # What was never updated was last touched when it was created.
        row_updated_at=pl.coalesce("updated_at", "created_at"),
        current="fields",
        has_row=pl.lit(value=True),
    )
    mine = entities.select("entity_key", "customer_id", "row_id")
    found = mine.join(own, on=["customer_id", "row_id"], validate="m:1")
    return entities.join(
        found.drop("customer_id", "row_id"), on="entity_key", how="left", maintain_order="left"
    ).with_columns(pl.col("has_row").fill_null(value=False))


def _is_equal(kind: Kind) -> pl.Expr:
    """Whether the row has all that is known of the change; an unknown change is not equal.

    What stands only in a path addresses the entity: it is no change, so it proves nothing. Nor
    does a reference to what is not surely known under another id by now, or to nothing any more.
    What a route or an event type sets and no column keeps is not to be seen in a row.
    """
    told = pl.col("changes")
    agree = [told.list.set_difference(list(kind.fields)).list.len() == 0]
    for field in kind.fields:
        value, row = (pl.col(of).struct.field(field) for of in ("present", "current"))
        same = value.eq_missing(row)
        if field in kind.refers_to:
            is_sure = value.is_not_null() | pl.col("values").struct.field(field).is_null()
            same &= is_sure & ~pl.col("parent_is_doubtful")
        agree.append(~told.list.contains(field) | same)
    return (told.list.len() > 0) & pl.col("knows_each_change") & pl.all_horizontal(agree)


def _judged_write() -> list[pl.Expr]:
    """The write that the verdict is about: of a present row, the last change to it."""
    changed = pl.col("has_row") & pl.col("changed_at").is_not_null()
    changed &= pl.col("net").is_in(["created", "updated"])
    return [
        pl.when(changed)
        .then(f"changed_{what}")
        .otherwise(f"decisive_{what}")
        .alias(f"judged_{what}")
        for what in ("at", "has_line", "on_new")
    ]


def _held_against_row(kind: Kind, window: Window) -> list[pl.Expr]:
    """The verdict by the entity's own row alone, and the two reasons that follow from it."""
    has_row, present = pl.col("has_row"), _of_present(kind, window)
    # Where it is not certain that this is the row to look at, nobody is told that all is well.
    guessed = pl.col("is_moved_by_guess") & (present == "consistent")
    verdict = pl.when(guessed).then(pl.lit("review")).otherwise(present)
    # The reason is about updates; a deleted row that was touched since needs none.
    changed = (present == "review") & (pl.col("net") != "deleted")
    return [
        pl.when(has_row).then(verdict).otherwise(_of_missing()).alias("verdict"),
        (~has_row & (pl.col("net") == "updated")).alias("update_of_missing"),
        (has_row & changed & pl.col("row_updated_at").is_not_null()).alias("changed_since"),
    ]


def _of_missing() -> pl.Expr:
    """Of what has no row."""
    update = pl.when("parent_is_lost").then(pl.lit("lost")).otherwise(pl.lit("review"))
    return (
        pl.when(pl.col("net") == "created")
        .then(pl.lit("lost"))
        .when(pl.col("net") == "updated")
        .then(update)
        .when(pl.col("net") == "deleted")
        .then(pl.lit("consistent"))
        .otherwise(pl.lit("cancelled"))
    )


def _of_present(kind: Kind, window: Window) -> pl.Expr:
    """Of what has a row."""
    touched_since = pl.col("row_updated_at") > moment(window.live_at)
    back = pl.when(touched_since).then(pl.lit("review")).otherwise(pl.lit("resurrected"))
    return (
        pl.when(pl.col("net") == "cancelled")
        .then(pl.lit("cancelled"))
        .when(pl.col("net") == "deleted")
        .then(back)
        .when(_is_this_creation(window))
        .then(pl.lit("consistent"))
        .otherwise(_has_update(kind, window))
    )


def _is_this_creation(window: Window) -> pl.Expr:
    """Created and not changed since; after a delete, the row may still be the one from before."""
    earliest = pl.col("decisive_at") - window.tolerance(pl.col("decisive_has_line"))
    created = (pl.col("net") == "created") & pl.col("changed_at").is_null()
    return created & (~pl.col("is_recreated") | (pl.col("row_created_at") >= earliest))


def _has_update(kind: Kind, window: Window) -> pl.Expr:
    """Whether a row has an update: by its fields, else by when it was last touched."""
    touched, write = pl.col("row_updated_at"), pl.col("judged_at")
    snapshot = moment(window.snapshot_at)
    untouched = (touched <= snapshot) & (write > snapshot)
    replaced = pl.lit(kind.last_wins) | pl.col("judged_on_new")
    return (
        pl.when("is_equal")
        .then(pl.lit("consistent"))
        .when(touched.is_null())
        .then(pl.lit("review"))
        .when(untouched | (touched < write - window.server_skew))
        .then(pl.lit("stale"))
        .when(touched <= write + window.tolerance(pl.col("judged_has_line")))
        .then(pl.lit("consistent"))
        .when(replaced)
        .then(pl.lit("consistent"))
        .otherwise(pl.lit("review"))
    )


def _apply_claims(held: pl.DataFrame, claims: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """`restored` where a row is certainly the entity, `review` where it may be."""
    became = (
        pl.when("is_certain")
        .then(pl.lit("restored"))
        .when(pl.col("is_certain").is_not_null())
        .then(pl.lit("review"))
        .otherwise("verdict")
    )
    moved = pl.col("has_row") & (pl.col("row_id") != pl.col("entity_id"))
    times = {f"matched_{name}": name for name in ("created_at", "updated_at")}
    matched = rows.select("customer_id", matched_id="id", matched="fields", **times)
    return (
        held.join(claims, on="entity_key", how="left", maintain_order="left")
        .join(matched, on=["customer_id", "matched_id"], how="left", maintain_order="left")
        .with_columns(
            verdict=became,
            # Found under another id than its own: by what it refers to, or by the row's time.
            matched_id=pl.coalesce(
                "matched_id", pl.when(moved | pl.col("is_explained")).then("row_id")
            ),
            current=pl.when("has_row").then("current").otherwise("matched"),
            has_current=pl.col("has_row") | pl.col("matched_id").is_not_null(),
        )
    )


def _with_compared(held: pl.DataFrame, compared: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Add `compared`: a list of the rows that an entity was held against, the likeliest first."""
    told = ("row_id", "created_at", "score", "outcome", "agreement", "fields")
    row = rows.select(
        "customer_id", "created_at", row_id="id", fields=pl.col("fields").struct.json_encode()
    )
    lists = (
        compared.join(held.select("entity_key", "customer_id"), on="entity_key")
        .join(row, on=["customer_id", "row_id"], validate="m:1")
        .sort("entity_key", "score", "row_id", descending=[False, True, False])
        .group_by("entity_key", maintain_order=True)
        .agg(compared=pl.struct(told))
    )
    return held.join(lists, on="entity_key", how="left", maintain_order="left")


def _is_parent_gone(kind: Kind) -> pl.Expr:
    """Nobody wants back what belonged to something deleted; but the records stay complete."""
    wanted = pl.col("verdict").is_in(["lost", "stale"]) | _is_update_of_missing()
    return wanted & pl.col("parent_is_gone") & pl.lit(not kind.record_only)


def _is_update_of_missing() -> pl.Expr:
    return (pl.col("verdict") == "review") & pl.col("update_of_missing")


def _settled() -> pl.Expr:
    """What an event alone says is taken at its word only where the logs do not cover it."""
    doubted = pl.col("verdict").is_in(["lost", "stale", "resurrected"]) | _is_update_of_missing()
    return (
        pl.when("parent_gone")
        .then(pl.lit("cancelled"))
        .when(doubted & (pl.col("lines") == 0) & pl.col("is_covered"))
        .then(pl.lit("unconfirmed"))
        .otherwise("verdict")
    )


def _reason(window: Window) -> pl.Expr:
    """The first that holds; what agrees with the database needs none."""
    differs = ~pl.col("verdict").is_in(["consistent", "cancelled"])
    reasons = {
        "parent_gone": pl.col("parent_gone"),
        "id_reused": pl.col("is_reissued"),
        "update_of_missing": differs & pl.col("update_of_missing"),
        "changed_since": differs & pl.col("changed_since"),
        "before_snapshot": differs & (pl.col("judged_at") < moment(window.snapshot_at)),
        "after_live": differs & pl.col("judged_on_new"),
    }
    return pl.coalesce(pl.when(holds).then(pl.lit(name)) for name, holds in reasons.items())


def _confidence() -> pl.Expr:
    """One line among an entity's evidence confirms it, unless it was only what was left over."""
    return pl.when("has_sure_line").then(pl.lit("confirmed")).otherwise(pl.lit("probable"))


def _worded(judged: pl.DataFrame) -> pl.DataFrame:
    """Values as JSON, so that all kinds have the same columns."""
    return judged.with_columns(
        fields=as_json("known"),
        current=pl.when("has_current").then(pl.col("current").struct.json_encode()),
        present=pl.col("present").struct.json_encode(),
    ).drop("known", "values", "matched", "has_current", "is_certain")
