"""One write, two witnesses: which access-log line and which client event show the same write.

Each line and each event is used at most once. The rules, in their order: the same request id; the
same entity; a line that names no entity with an event nearby; and what is then left over.
"""

from collections.abc import Iterable

import polars as pl

from transforms.catalogue import Catalogue
from transforms.fields import field_value
from transforms.window import Window

PAIRS = {"line_id": pl.UInt32(), "event_key": pl.UInt32(), "paired_by": pl.String()}


def pair_by_request_id(lines: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Rule 1: the same request id; frame `line_id`, `event_key`, `paired_by`.

    One request can make several events, and a client may use its id twice, so kind and action
    must be the same too, and what both name must not contradict itself.
    """
    said = ("request_id", "kind", "action", "customer_id", "entity_id")
    candidates = (
        lines.lazy()
        .select("line_id", "at", *said)
        .filter(pl.col("request_id").is_not_null())
        .join(
            events.lazy().select("event_key", "event_at", *said),
            on=["request_id", "kind", "action"],
            suffix="_of_event",
        )
        .filter(_agree("customer_id"), _agree("entity_id"))
        .with_columns(distance=_distance(pl.col("event_at")))
    )
    return _pairs(candidates, "request_id")


def pair_the_rest(
    lines: pl.DataFrame, events: pl.DataFrame, window: Window, catalogue: Catalogue
) -> pl.DataFrame:
    """Rules 2 to 4 over what rule 1 has left; frame `line_id`, `event_key`, `paired_by`.

    `lines` and `events` have `customer_id` as attributed, `at` (an event's corrected) and
    `is_of_former` (the write is older than the row that has its id now).
    """
    said = ("kind", "action", "customer_id", "entity_id", "device_id", "at", "fields")
    lines = lines.select("line_id", *said, "is_of_former")
    events = events.select("event_key", *said, "is_of_former")
    found = pl.DataFrame(schema=PAIRS)
    rules = (
        _same_entity(lines, events, window),
        _nearby(lines, events, window, catalogue),
        _left_over(lines, events, window, catalogue),
    )
    for rule, candidates in zip(("entity_id", "time", "left_over"), rules, strict=True):
        free = candidates.join(found.lazy(), on="line_id", how="anti").join(
            found.lazy(), on="event_key", how="anti"
        )
        found = pl.concat([found, _pairs(free, rule)])
    return found


def _same_entity(lines: pl.DataFrame, events: pl.DataFrame, window: Window) -> pl.LazyFrame:
    """Rule 2; far apart only where no id was given out again in between."""
    near = pl.col("distance") <= window.clock_skew
    may_be_far = (pl.col("action") != "update") & (
        pl.col("is_of_former") == pl.col("is_of_former_of_event")
    )
    return (
        lines.lazy()
        .join(events.lazy(), on=["kind", "action", "entity_id"], suffix="_of_event")
        .with_columns(distance=_distance(pl.col("at_of_event")))
        .filter(_agree("customer_id"), near | may_be_far)
    )


def _nearby(
    lines: pl.DataFrame, events: pl.DataFrame, window: Window, catalogue: Catalogue
) -> pl.LazyFrame:
    """Rule 3, by the customer or, where the line knows none, by the device."""
    unnamed = lines.lazy().filter(pl.col("entity_id").is_null())
    by_customer = unnamed.join(
        events.lazy(), on=["kind", "action", "customer_id"], suffix="_of_event"
    ).filter(_agree("device_id"))
    by_device = unnamed.filter(pl.col("customer_id").is_null()).join(
        events.lazy(), on=["kind", "action", "device_id"], suffix="_of_event"
    )
    return (
        pl.concat([by_customer, by_device], how="diagonal")
        .with_columns(distance=_distance(pl.col("at_of_event")))
        .filter(pl.col("distance") <= window.clock_skew, *_same_path_fields(catalogue))
    )


def _left_over(
    lines: pl.DataFrame, events: pl.DataFrame, window: Window, catalogue: Catalogue
) -> pl.LazyFrame:
    """Rule 4: a clock was wrong by more than it may; better one probable loss than two doubts."""
    return (
        lines.lazy()
        .filter(pl.col("entity_id").is_null())
        .join(events.lazy(), on=["kind", "action", "customer_id"], suffix="_of_event")
        .filter(
            window.contains(pl.col("at")),
            window.contains(pl.col("at_of_event")),
            _agree("device_id"),
            *_same_path_fields(catalogue),
        )
        .with_columns(distance=_distance(pl.col("at_of_event")))
    )


def _distance(event_at: pl.Expr) -> pl.Expr:
    return (pl.col("at") - event_at).abs()


def _agree(name: str) -> pl.Expr:
    """Equal, where both know it."""
    return (pl.col(name) == pl.col(f"{name}_of_event")).fill_null(value=True)


def _same_path_fields(catalogue: Catalogue) -> Iterable[pl.Expr]:
    """The fields that routes carry (`{alarm_id}`) are equal where both name them."""
    names = {name for kind in catalogue.kinds.values() for name in kind.path_fields}
    for name in sorted(names):
        yield (field_value("fields", name) == field_value("fields_of_event", name)).fill_null(
            value=True
        )


def closest_pairs(candidates: pl.LazyFrame, left: str, right: str) -> pl.DataFrame:
    """Take the closest pair, strike out both of it, and again; a frame of the two keys.

    `candidates` has the two keys and `distance`. Ties go to the smaller left, then the smaller
    right key: both count in the order of time and of content, so the outcome does not depend on
    the order in which files were read.
    """
    ordered = (
        candidates.select("distance", left, right).unique().sort("distance", left, right).collect()
    )
    used_left: set[int] = set()
    used_right: set[int] = set()
    pairs: list[tuple[int, int]] = []
    for one, other in ordered.select(left, right).iter_rows():
        if one not in used_left and other not in used_right:
            used_left.add(one)
            used_right.add(other)
            pairs.append((one, other))
    return pl.DataFrame(pairs, schema=ordered.select(left, right).schema, orient="row")


def _pairs(candidates: pl.LazyFrame, rule: str) -> pl.DataFrame:
    found = closest_pairs(candidates, "line_id", "event_key")
    return found.with_columns(paired_by=pl.lit(rule, pl.String()))
