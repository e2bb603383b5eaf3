"""Which stretches of the window each log source was silent for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

import polars as pl

from transforms.rhythm import VISIT, Rhythm
from transforms.schemas import GAPS
from transforms.window import Window, moment

Span = tuple[datetime, datetime]

# Stands for a source where the migration file names no log of the old site.
NO_SOURCE = "access_logs"


@dataclass(frozen=True, kw_only=True)
class CoverageRule:
    """How one source's silence is judged.

    `gap`: a silence longer than this inside the window is one; None learns the source's own
    rhythm (`transforms.rhythm`), before the window too. `accepted`: what is known to be lost for
    good.
    """

    source: str
    role: Literal["old", "new"] = "old"
    gap: timedelta | None = timedelta(minutes=2)
    accepted: tuple[Span, ...] = ()


def silences(seen: pl.DataFrame, rules: Sequence[CoverageRule], window: Window) -> pl.DataFrame:
    """Every source's silences inside the window, as `schemas.GAPS`.

    `seen` is of `schemas.SEEN`. A silence that `accepted_gaps` names in part is two: what is
    accepted, and what remains if it is still longer than `gap`. With a learned rhythm, a silence
    that began before the window is judged by its whole length; a gap is what of it is inside.
    A proxy of the new site has nothing to log before going live, so its silence says nothing.
    Without any proxy of the old site nothing covers the window.
    """
    if not any(rule.role == "old" for rule in rules):
        whole = [(NO_SOURCE, window.snapshot_at, window.live_at, False)]
        return pl.DataFrame(whole, schema=GAPS, orient="row")
    found = [
        (rule.source, begin, end, accepted)
        for rule in rules
        if rule.role == "old"
        for begin, end, accepted in _of_source(seen, rule, window)
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


def _of_source(
    seen: pl.DataFrame, rule: CoverageRule, window: Window
) -> Iterator[tuple[datetime, datetime, bool]]:
    """Every silence of one source: from, to, whether it was accepted."""
    accepted = _united(rule.accepted)
    for (begin, end), longest in _silences(seen, rule, window):
        if end - begin <= longest:
            continue
        for part in _without((begin, end), accepted):
            inside = _common(part, (window.snapshot_at, window.live_at))
            # Of what began before the window, a moment inside of it is no gap.
            if _length(part) > longest and _length(inside) > min(longest, VISIT):
                yield *inside, False
        for cut in accepted:
            named = _common(cut, (max(begin, window.snapshot_at), end))
            if _length(named) > timedelta(0):
                yield *named, True


def _silences(
    seen: pl.DataFrame, rule: CoverageRule, window: Window
) -> Iterator[tuple[Span, timedelta]]:
    """Every time without a line, and how long it may be."""
    seconds = _seconds(seen, rule.source, window)
    inside = [second for second in seconds if second >= window.snapshot_at]
    if rule.gap is not None:
        edges = [window.snapshot_at, *inside, window.live_at]
        yield from ((silence, rule.gap) for silence in pairwise(edges))
        return
    # Where nothing is logged before the window, the log may begin with it.
    before = seconds[: len(seconds) - len(inside)] or [window.snapshot_at]
    rhythm = Rhythm(seconds)
    for begin, end in pairwise([before[-1], *inside, window.live_at]):
        if end - begin > VISIT:
            yield (begin, end), rhythm.longest_usual(end)


def _seconds(seen: pl.DataFrame, source: str, window: Window) -> list[datetime]:
    """The seconds in which the source was seen, until going live: then the clients go away."""
    before_the_end = pl.col("second_at").is_between(
        moment(window.read_from), moment(window.live_at)
    )
    return (
        seen.filter(pl.col("source") == source, before_the_end)
        .get_column("second_at")
        .unique()
        .sort()
        .to_list()
    )


def _united(spans: Sequence[Span]) -> list[Span]:
    """The spans in their order, those that overlap or touch as one."""
    united: list[Span] = []
    for begin, end in sorted(spans):
        if united and begin <= united[-1][1]:
            united[-1] = united[-1][0], max(end, united[-1][1])
        else:
            united.append((begin, end))
    return united


def _without(span: Span, cuts: Sequence[Span]) -> Iterator[Span]:
    """What is left of a span between the cuts, which are in order."""
    begin, end = span
    for cut_begin, cut_end in cuts:
        if begin < cut_begin:
            yield begin, min(cut_begin, end)
        begin = max(begin, cut_end)
        if begin >= end:
            return
    yield begin, end


def _common(one: Span, other: Span) -> Span:
    """What two spans have in common; if nothing, the end is before the beginning."""
    return max(one[0], other[0]), min(one[1], other[1])


def _length(span: Span) -> timedelta:
    return span[1] - span[0]
