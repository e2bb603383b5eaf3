"""Devices' clocks, set right by the proxies'."""

import polars as pl

from transforms.window import Window


def number_events(events: pl.LazyFrame) -> pl.DataFrame:
    """`schemas.EVENTS` with `event_key`, whatever the order in which the events were read."""
    order = ("event_at", "event_source", "event_id")
    return events.sort(order).with_row_index("event_key").collect()


def correct_clocks(
    events: pl.DataFrame, lines: pl.DataFrame, pairs: pl.DataFrame, window: Window
) -> pl.DataFrame:
    """Correct each device's clock, and tell which events are outside of the window and margin.

    Adds `at` (of its line, for a pair; else `event_at`, corrected where the device's offset is
    known), `has_line`, `clock_offset_s` and `is_outside`. A device's offset is the median of
    (line's time - event's time) over its pairs of one request id (`pairs`: `line_id`,
    `event_key`). An event of such a pair is where its line is; another one is where its corrected
    time says or, with no correction known, its own, give or take `clock_skew`.
    """
    line_times = pairs.join(lines.select("line_id", line_at="at"), on="line_id")
    timed = events.select("event_key", "device_id", "event_at").join(
        line_times.select("event_key", "line_at"), on="event_key", how="left", maintain_order="left"
    )
    measured = (pl.col("line_at") - pl.col("event_at")).median().over("device_id")
    offset = pl.when(pl.col("device_id").is_not_null()).then(measured).cast(pl.Duration("us"))
    corrected = timed.with_columns(offset=offset).select(
        at=pl.coalesce("line_at", pl.col("event_at") + pl.col("offset"), "event_at"),
        has_line=pl.col("line_at").is_not_null(),
        clock_offset_s=pl.col("offset").dt.total_microseconds() / 1_000_000,
    )
    surely_timed = pl.col("has_line") | pl.col("clock_offset_s").is_not_null()
    inside = (
        pl.when(surely_timed)
        .then(window.reaches(pl.col("at")))
        .otherwise(window.reaches(pl.col("at"), give=window.clock_skew))
    )
    # Only new columns are made: the frame of all events is large.
    return events.with_columns(corrected.with_columns(is_outside=~inside).get_columns())
