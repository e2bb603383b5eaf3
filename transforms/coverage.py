"""Which stretches of the window each log source was silent for."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

import polars as pl

from transforms.schemas import GAPS
from transforms.window import Window, moment

Span = tuple[datetime, datetime]

# How often a source that logs at random would be taken for silent although nothing is missing.
FALSE_ALARM_RATE = 0.001
SHORTEST_GAP = timedelta(minutes=1)
# Stands for a source where the migration file names no log of the old site.
NO_SOURCE = "access_logs"


@dataclass(frozen=True, kw_only=True)
class CoverageRule:
    """How one source's silence is judged.

    `gap`: a silence longer than this is one; None learns the source's own rhythm. `accepted`:
    what is known to be lost for good.
    """

    source: str
    role: Literal["old", "new"] = "old"
    gap: timedelta | None = timedelta(minutes=2)
    accepted: tuple[Span, ...] = ()


def silences(seen: pl.DataFrame, rules: Sequence[CoverageRule], window: Window) -> pl.DataFrame:
    """Every source's silences inside the window, as `schemas.GAPS`.

    `seen` is of `schemas.SEEN`. A silence that `accepted_gaps` names in part is two: what is
    accepted, and what remains if it is still longer than `gap`. A proxy of the new site has
    nothing to log before going live, so its silence says nothing. Without any proxy of the old
    site nothing covers the window.
    """
    if not any(rule.role == "old" for rule in rules):
        whole = [(NO_SOURCE, window.snapshot_at, window.live_at, False)]
        return pl.DataFrame(whole, schema=GAPS, orient="row")
    found = [
        (rule.source, begin, end, accepted)
        for rule in rules
        if rule.role == "old"
        for begin, end, accepted in _of_source(_seconds(seen, rule.source, window), rule, window)
    ]
    return pl.DataFrame(found, schema=GAPS, orient="row").sort("source", "from_at", "accepted")


def covers(silent: pl.DataFrame, at: pl.Expr, window: Window) -> pl.Expr:
    """Whether the logs cover the moment: no source was silent within `clock_skew` of it.

    `silent` is of `silences`; whether a gap was accepted does not matter here.
    """
    skew = window.clock_skew
    uncovered = [
        at.is_between(moment(begin - skew), moment(end + skew))
        for begin, end in silent.select("from_at", "to_at").iter_rows()
    ]
    return ~pl.any_horizontal(uncovered) if uncovered else pl.lit(value=True)


def learned_gap(seconds: Sequence[datetime]) -> timedelta:
    """The silence that a source with this rhythm almost never keeps.

    If n lines come at random, m apart on average, then one of their n spacings is longer than
    m * ln(n / p) with probability p at most (exponential spacings, union bound). No less than a
    minute: bursts are no rhythm.
    """
    spacings = len(seconds) - 1
    if spacings < 1:
        return SHORTEST_GAP
    mean = (seconds[-1] - seconds[0]) / spacings
    return max(SHORTEST_GAP, mean * math.log(spacings / FALSE_ALARM_RATE))


def _seconds(seen: pl.DataFrame, source: str, window: Window) -> list[datetime]:
    return (
        seen.filter(pl.col("source") == source, window.contains(pl.col("second_at")))
        .get_column("second_at")
        .unique()
        .sort()
        .to_list()
    )


def _of_source(
    seconds: Sequence[datetime], rule: CoverageRule, window: Window
) -> Iterator[tuple[datetime, datetime, bool]]:
    longest = learned_gap(seconds) if rule.gap is None else rule.gap
    edges = [window.snapshot_at, *seconds, window.live_at]
    for begin, end in pairwise(edges):
        if end - begin > longest:
            remaining = [(begin, end)]
            for accepted in sorted(rule.accepted):
                remaining = [part for span in remaining for part in _without(span, accepted)]
                named = max(begin, accepted[0]), min(end, accepted[1])
                if named[0] < named[1]:
                    yield *named, True
            yield from ((*part, False) for part in remaining if part[1] - part[0] > longest)


def _without(span: Span, cut: Span) -> Iterator[Span]:
    """What is left of a span, before and after the cut."""
    (begin, end), (cut_begin, cut_end) = span, cut
    if cut_end <= begin or end <= cut_begin:
        yield span
        return
    if begin < cut_begin:
        yield begin, cut_begin
    if cut_end < end:
        yield cut_end, end
