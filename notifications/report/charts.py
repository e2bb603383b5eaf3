"""The report's pictures as geometry: what is drawn where. The template draws it as SVG.

Across, places are in percent of the picture's width, so that a picture fits any screen and its
text keeps its size; downwards they are in pixels.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from notifications.content import MigrationFacts
from notifications.language import Language
from notifications.visible import visible
from transforms.asking import ASKING
from transforms.schemas import TIME

COLUMNS_HIGH: Final = 150
_MOST_COLUMNS: Final = 60
_MOST_TICKS: Final = 10
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440)
# Writes are read this far beyond the window by default; what lies further out is not drawn.
_BEYOND: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A time from left to right; `title` is shown on hovering."""

    x: float
    width: float
    title: str

    @property
    def end(self) -> float:
        """Where it ends."""
        return round(self.x + self.width, 2)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the axis; a narrow screen shows every other one."""

    x: float
    text: str
    is_minor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeScale:
    """What all pictures over time have in common."""

    ticks: tuple[Tick, ...]
    window: Span
    doubtful_end: Span | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One source: the stretches that it was seen for, and its gaps."""

    name: str
    seen: tuple[Span, ...]
    gaps: tuple[Span, ...]
    accepted: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The writes of one step, and those of them that ask for something."""

    x: float
    width: float
    title: str
    clock: str
    writes: int
    asking: int
    writes_high: float
    asking_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Writes over time; `most` is where the scale ends."""

    columns: tuple[Column, ...]
    most: int
    step: timedelta


@dataclass(frozen=True, slots=True)
class Axis:
    """Time from left to right, in a zone and a language."""

    start: datetime
    end: datetime
    zone: ZoneInfo
    language: Language

    def x(self, at: datetime) -> float:
        """Place a time between the edges, in percent."""
        share = (at - self.start) / (self.end - self.start)
        return round(100 * min(1.0, max(0.0, share)), 2)

    def span(self, start: datetime, end: datetime, title: str) -> Span:
        """Place a time that lasts; too short a one is still to be seen."""
        left = self.x(start)
        return Span(left, max(0.15, round(self.x(end) - left, 2)), title)

    def clock(self, at: datetime) -> str:
        """Write a time of day."""
        return self.language.clock(at.astimezone(self.zone))

    def between(self, start: datetime, end: datetime) -> str:
        """Write from when to when."""
        return f"{self.clock(start)}–{self.clock(end)}"

    def step(self, most: int) -> timedelta:
        """Choose round minutes that divide the axis into at most so many parts."""
        minutes = (self.end - self.start).total_seconds() / 60
        fitting = (step for step in _STEPS if minutes / step <= most)
        return timedelta(minutes=next(fitting, minutes / most))

    def marks(self, step: timedelta) -> Iterator[datetime]:
        """Yield the times that the step divides the axis at, counted from local midnight."""
        midnight = self.start.astimezone(self.zone).replace(hour=0, minute=0, second=0)
        at = midnight.replace(microsecond=0).astimezone(self.start.tzinfo)
        while at <= self.end:
            if at >= self.start:
                yield at
            at += step


def axis(facts: MigrationFacts, zone: ZoneInfo, language: Language, *columns: pl.Series) -> Axis:
    """Span the window, and what was seen up to an hour beyond it."""
    times = [at for column in columns if column.len() for at in (column.min(), column.max())]
    moments = [at for at in times if isinstance(at, datetime)]
    start = max(min([facts.snapshot_at, *moments]), facts.snapshot_at - _BEYOND)
    end = min(max([facts.live_at, *moments]), facts.live_at + _BEYOND)
    return Axis(start, end, zone, language)


def time_scale(facts: MigrationFacts, over: Axis) -> TimeScale:
    """Mark the hours, the window, and within what its end is known."""
    start, end, doubt = facts.snapshot_at, facts.live_at, facts.live_at_uncertainty
    marks = list(over.marks(over.step(_MOST_TICKS)))
    return TimeScale(
        ticks=tuple(
            Tick(over.x(at), over.clock(at), bool(number % 2)) for number, at in enumerate(marks)
        ),
        window=over.span(start, end, over.between(start, end)),
        doubtful_end=over.span(end - doubt, end + doubt, over.between(end - doubt, end + doubt))
        if doubt
        else None,
    )


def coverage_strips(facts: MigrationFacts, seen: pl.DataFrame, over: Axis) -> list[Strip]:
    """Draw for each source the minutes that it was seen in (SEEN), and its gaps."""
    gaps = facts.coverage.gaps
    names = sorted({*seen.get_column("source").unique(), *(gap.source for gap in gaps)})
    return [
        Strip(
            name=visible(name),
            seen=tuple(
                over.span(start, end, over.between(start, end))
                for start, end in _stretches(seen.filter(pl.col("source") == name))
                if end > over.start and start < over.end
            ),
            gaps=_gaps(facts, name, over, accepted=False),
            accepted=_gaps(facts, name, over, accepted=True),
        )
        for name in names
    ]


def writes_columns(evidence: pl.DataFrame, findings: pl.DataFrame, over: Axis) -> Columns:
    """Count the writes (EVIDENCE) in each part of the axis, and those whose finding asks."""
    step = over.step(_MOST_COLUMNS)
    asking = findings.filter(pl.col("verdict").is_in(ASKING)).select("finding_id", asks=True)
    counts = (
        evidence.select("finding_id", pl.col("at").cast(TIME))
        .join(asking, on="finding_id", how="left", validate="m:1")
        .drop_nulls("at")
        .group_by(from_at=pl.col("at").dt.truncate(step))
        .agg(writes=pl.len(), asking=pl.col("asks").sum())
        .sort("from_at")
        .filter(pl.col("from_at").is_between(over.start - step, over.end, closed="right"))
    )
    most = _round_up(max(counts.get_column("writes"), default=1))
    return Columns(
        columns=tuple(
            _column(over, (at, at + step), writes, asks, most)
            for at, writes, asks in counts.iter_rows()
        ),
        most=most,
        step=step,
    )


def _column(
    over: Axis, times: tuple[datetime, datetime], writes: int, asking: int, most: int
) -> Column:
    left, right = map(over.x, times)
    clock = over.between(*times)
    language = over.language
    told = language.count("{n} write", "{n} writes", writes)
    asks = language.say("of these ask for something: {n}", n=language.number(asking))
    return Column(
        x=left,
        width=round(max(0.2, 0.85 * (right - left)), 2),
        title=f"{clock}: {told}, {asks}",
        clock=clock,
        writes=writes,
        asking=asking,
        writes_high=round(COLUMNS_HIGH * writes / most, 1),
        asking_high=round(COLUMNS_HIGH * asking / most, 1),
    )


def _round_up(wanted: int) -> int:
    """Take the next round and even number: 2, 4, … 10, 20, … 100, 200 and so on."""
    unit = int(f"1{'0' * (len(str(wanted - 1)) - 1)}")
    return next(n * unit for n in (2, 4, 6, 8, 10) if n * unit >= wanted)


def _stretches(seen: pl.DataFrame) -> list[tuple[datetime, datetime]]:
    """Join the minutes that a source was seen in to stretches without a minute's silence."""
    minute = timedelta(minutes=1)
    minutes = seen.get_column("second_at").dt.truncate("1m").unique().sort().to_list()
    if not minutes:
        return []
    breaks = [(before, after) for before, after in pairwise(minutes) if after - before > minute]
    starts = [minutes[0], *(after for _, after in breaks)]
    ends = [*(before for before, _ in breaks), minutes[-1]]
    return [(start, end + minute) for start, end in zip(starts, ends, strict=True)]


def _gaps(facts: MigrationFacts, source: str, over: Axis, *, accepted: bool) -> tuple[Span, ...]:
    return tuple(
        over.span(gap.from_at, gap.to_at, over.between(gap.from_at, gap.to_at))
        for gap in facts.coverage.gaps
        if gap.source == source and gap.is_accepted is accepted
    )
