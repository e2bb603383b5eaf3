"""From the lines that fit a route to writes: each request once, however often it was logged."""

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from transforms.window import Window

LINE_ORDER = ("at", "source", "file", "line")


@dataclass(frozen=True, kw_only=True)
class LogSource:
    """What the core needs to know of one `[[access_logs]]` entry."""

    name: str
    role: Literal["old", "new"] = "old"
    new_upstreams: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Writes:
    """Good rows and dropped rows as one value, so that nothing vanishes.

    `inside` and `outside` (of the window and its margin) have the columns of `schemas.WRITES`,
    `line_id` (unique over both, in the order of time) and `made_on_new`; `repeated` counts the
    lines inside that showed a write which another line had shown already.
    """

    inside: pl.DataFrame
    outside: pl.DataFrame
    repeated: int


def settle_writes(writes: pl.LazyFrame, window: Window, sources: Sequence[LogSource]) -> Writes:
    """Count each request once.

    `writes` has the columns of `schemas.WRITES`, of all files of all sources. A line that several
    files of one source hold is the same request: each distinct line counts as often as in the one
    file that has it most often. A request that passed two proxies is one write where both logged
    the same request id.
    """
    marked = writes.with_columns(made_on_new=_made_on_new(window, sources)).sort(LINE_ORDER)
    lines = marked.with_row_index("line_id").collect()
    reached = window.reaches(pl.col("at"))
    inside = lines.filter(reached)
    once = _once_over_proxies(_once_over_files(inside))
    return Writes(inside=once, outside=lines.filter(~reached), repeated=inside.height - once.height)


def _made_on_new(window: Window, sources: Sequence[LogSource]) -> pl.Expr:
    """Whether the new site answered: by the time, the backend, or the proxy in front of it."""
    answered = window.surely_live(pl.col("at"))
    for source in sources:
        here = pl.col("source") == source.name
        if source.role == "new":
            answered |= here
        for pattern in source.new_upstreams:
            # Python ends such a pattern with \Z, which the Rust engine spells \z.
            glob = fnmatch.translate(pattern).removesuffix(r"\Z").removesuffix(r"\z") + r"\z"
            answered |= here & pl.col("upstream").str.contains("^" + glob).fill_null(value=False)
    return answered


def _once_over_files(lines: pl.DataFrame) -> pl.DataFrame:
    """Keep of each distinct line the highest count in any one file of its source."""
    nth = pl.int_range(pl.len()).over("source", "digest", "file", order_by="line")
    return (
        lines.with_columns(nth=nth)
        .unique(["source", "digest", "nth"], keep="first", maintain_order=True)
        .drop("nth")
    )


def _once_over_proxies(lines: pl.DataFrame) -> pl.DataFrame:
    """Make one write of the lines of several sources that have one request id.

    The same id twice at one source is two requests (a client that retried with its own id), so
    the first there is the first elsewhere. What only one of the proxies logs, it tells for both.
    """
    named = lines.filter(pl.col("request_id").is_not_null())
    request = ["request_id", "method", pl.col("path").str.strip_chars_end("/").alias("place")]
    # Proxies that number requests by themselves meet by chance; then the entities differ.
    several = pl.col("entity_id").drop_nulls().n_unique().over(request) > 1
    apart = pl.when(several).then("entity_id").alias("apart")
    nth = pl.int_range(pl.len()).over(["source", *request, apart], order_by="line_id")
    key = ["request_id", "method", "place", "apart", "nth"]
    told = ("customer_id", "entity_id", "device_id", "upstream", "user_agent", "client_ip")
    merged = (
        named.with_columns(request[-1], apart, nth=nth)
        .group_by(key, maintain_order=True)
        .agg(
            pl.exclude(*told, "made_on_new").first(),
            *(pl.col(name).drop_nulls().first() for name in told),
            pl.col("made_on_new").any(),
        )
        .select(lines.columns)
    )
    alone = lines.filter(pl.col("request_id").is_null())
    return pl.concat([merged, alone]).sort("line_id")
