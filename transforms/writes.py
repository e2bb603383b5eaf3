"""From the lines that fit a route to writes: each request once, however often it was logged."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
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
    marked = writes.with_columns(made_on_new=_answered_by_new(sources)).sort(LINE_ORDER)
    lines = marked.with_row_index("line_id").collect()
    reached = window.reaches(pl.col("at"))
    inside = lines.filter(reached)
    # Of a request that passed two proxies, the first line gives the time.
    in_time = pl.col("made_on_new") | window.surely_live(pl.col("at"))
    once = each_request_once(inside).with_columns(made_on_new=in_time)
    return Writes(inside=once, outside=lines.filter(~reached), repeated=inside.height - once.height)


def _answered_by_new(sources: Sequence[LogSource]) -> pl.Expr:
    """Whether the new site answered, by the backend or the proxy in front of it."""
    answered = pl.lit(value=False)
    for source in sources:
        here = pl.col("source") == source.name
        if source.role == "new":
            answered |= here
        if source.new_upstreams:
            answered |= here & _fits("upstream", source.new_upstreams)
    return answered


def _fits(column: str, globs: Sequence[str]) -> pl.Expr:
    """Whether a text fits one of the globs; false where there is none. There are few texts."""

    def fitting(texts: pl.Series) -> pl.Series:
        known = texts.drop_nulls().unique().to_list()
        those = [text for text in known if any(_means(glob, text) for glob in globs)]
        return texts.is_in(those).fill_null(value=False)

    return pl.col(column).map_batches(fitting, return_dtype=pl.Boolean())


def _means(glob: str, text: str) -> bool:
    """Whether a glob fits; `[fd00::1]:80` is an address, too, and not one of these letters."""
    return fnmatchcase(text, glob) or fnmatchcase(text, glob.replace("[", "[[]"))


def each_request_once(lines: pl.DataFrame) -> pl.DataFrame:
    """Drop the lines of a request that another line shows already; columns as given."""
    return _once_over_proxies(_once_over_files(lines))


def _once_over_files(lines: pl.DataFrame) -> pl.DataFrame:
    """Keep of each distinct line the highest count in any one file of its source."""
    if not lines.select("source", "digest").is_duplicated().any():
        return lines
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
    request = ["request_id", "method", "place"]
    nth = pl.int_range(pl.len()).over("source", *request, order_by="line_id")
    # Proxies that number requests by themselves meet by chance; then the entities differ.
    several = pl.col("entity_id").drop_nulls().n_unique().over(*request, "nth") > 1
    told = ("customer_id", "entity_id", "device_id", "upstream", "user_agent", "client_ip")
    again = pl.col("request_id").is_not_null() & pl.col("request_id").is_duplicated()
    seen_again = lines.filter(again)
    if seen_again.is_empty():
        return lines
    merged = (
        seen_again.with_columns(place=pl.col("path").str.strip_chars_end("/"))
        .with_columns(nth=nth)
        .with_columns(apart=pl.when(several).then("entity_id"))
        .group_by(*request, "nth", "apart", maintain_order=True)
        .agg(
            pl.exclude(*told, "made_on_new").first(),
            *(pl.col(name).drop_nulls().first() for name in told),
            pl.col("made_on_new").any(),
        )
        .select(lines.columns)
    )
    return pl.concat([merged, lines.filter(~again)]).sort("line_id")
