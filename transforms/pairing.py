"""One write, two witnesses: which access-log line and which client event show the same write.

Each line and each event is used at most once. The rules, in their order: the same request id; the
same entity; a line that names no entity with an event nearby; and what is then left over.
"""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from transforms.catalogue import Catalogue
from transforms.closest import Fit, closest_pairs
from transforms.fields import field_value
from transforms.window import Window

PAIRS = {"line_id": pl.UInt32(), "event_key": pl.UInt32(), "paired_by": pl.String()}

_WHAT = ("kind", "action")
_PATH_FIELD = "field "


def pair_by_request_id(lines: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Rule 1: the same request id; frame `line_id`, `event_key`, `paired_by`.

    One request can make several events, and a client may use its id twice, so kind and action
    must be the same too, and what both name must not contradict itself.
    """
    same, agree = ("request_id", *_WHAT), ("customer_id", "entity_id")
    return _pairs(
        lines.select("line_id", "at", *same, *agree),
        events.select("event_key", *same, *agree, at="event_at"),
        [Fit(same=same, agree=agree)],
        "request_id",
    )


def pair_the_rest(
    lines: pl.DataFrame, events: pl.DataFrame, window: Window, catalogue: Catalogue
) -> pl.DataFrame:
    """Rules 2 to 4 over what rule 1 has left; frame `line_id`, `event_key`, `paired_by`.

    `lines` and `events` have `customer_id` as attributed, `at` (an event's corrected) and
    `is_of_former` (the write is older than the row that has its id now).
    """
    same_entity = _pairs(_may_be_far(lines), _may_be_far(events), _same_entity(window), "entity_id")

    nameless = _without(lines, same_entity, "line_id").filter(pl.col("entity_id").is_null())
    lines = _with_path_fields(nameless, catalogue).with_columns(
        device_alone=pl.when(pl.col("customer_id").is_null()).then("device_id")
    )
    events = _with_path_fields(_without(events, same_entity, "event_key"), catalogue).with_columns(
        device_alone="device_id"
    )
    path_fields = tuple(name for name in lines.columns if name.startswith(_PATH_FIELD))
    nearby = _pairs(lines, events, _nearby(path_fields, window), "time")

    lines = _without(lines, nearby, "line_id").filter(window.contains(pl.col("at")))
    events = _without(events, nearby, "event_key").filter(window.contains(pl.col("at")))
    left_over = _pairs(lines, events, [_same_customer(path_fields)], "left_over")
    return pl.concat([same_entity, nearby, left_over])


def _same_entity(window: Window) -> Sequence[Fit]:
    """Rule 2; far apart only where no id was given out again in between."""
    same, agree = (*_WHAT, "entity_id"), ("customer_id",)
    return (
        Fit(same=same, agree=agree, within=window.clock_skew),
        Fit(same=(*same, "of_one_owner"), agree=agree),
    )


def _may_be_far(witnesses: pl.DataFrame) -> pl.DataFrame:
    """Say which owner of the id it was (`of_one_owner`); an update may not be far at all."""
    may_be_far = pl.col("action") != "update"
    return witnesses.with_columns(of_one_owner=pl.when(may_be_far).then("is_of_former"))


def _nearby(path_fields: tuple[str, ...], window: Window) -> Sequence[Fit]:
    """Rule 3, by the customer or, where the line knows none, by the device."""
    by_device = Fit(same=(*_WHAT, "device_alone"), agree=path_fields, within=window.clock_skew)
    return (replace(_same_customer(path_fields), within=window.clock_skew), by_device)


def _same_customer(path_fields: tuple[str, ...]) -> Fit:
    """Rule 4: a clock was wrong by more than it may; better one probable loss than two doubts."""
    return Fit(same=(*_WHAT, "customer_id"), agree=("device_id", *path_fields))


def _with_path_fields(witnesses: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Add what a witness says of the fields that routes carry (`{alarm_id}`), one column each."""
    names = {name for kind in catalogue.kinds.values() for name in kind.path_fields}
    return witnesses.with_columns(
        field_value("fields", name).alias(f"{_PATH_FIELD}{name}") for name in sorted(names)
    )


def _without(witnesses: pl.DataFrame, pairs: pl.DataFrame, key: str) -> pl.DataFrame:
    return witnesses.join(pairs, on=key, how="anti", maintain_order="left")


def _pairs(
    lines: pl.DataFrame, events: pl.DataFrame, fits: Sequence[Fit], rule: str
) -> pl.DataFrame:
    found = closest_pairs(
        lines.rename({"line_id": "key"}), events.rename({"event_key": "key"}), fits
    )
    return found.select(line_id="left", event_key="right", paired_by=pl.lit(rule, pl.String()))
