"""The report's pictures as geometry: what is drawn where. The template draws it as SVG."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from notifications.content import MigrationFacts
from notifications.visible import visible
from transforms.schemas import TIME

WIDTH: Final = 900
LABELS: Final = 150
_LINE: Final = 26
_BARS_HIGH: Final = 140
_MOST_BARS: Final = 60
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440)
# Writes are read this far beyond the window by default; what lies further out is not drawn.
_BEYOND: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `title` is read out or shown on hovering."""

    x: float
    y: float
    width: float
    height: float
    title: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A text at a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture: the window as a band, boxes, and labels. Marked boxes are drawn hatched."""

    height: int
    band: Box
    boxes: tuple[Box, ...]
    ticks: tuple[Label, ...]
    names: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """Time from left to right, in a zone."""

    start: datetime
    end: datetime
    zone: ZoneInfo

    def x(self, at: datetime) -> float:
        """Place a time between the labels and the right edge."""
        share = (at - self.start) / (self.end - self.start)
        return round(LABELS + (WIDTH - LABELS) * min(1.0, max(0.0, share)), 1)

    def clock(self, at: datetime) -> str:
        """Write a time of day."""
        return f"{at.astimezone(self.zone):%H:%M}"

    def step(self, most: int) -> timedelta:
        """Choose round minutes that divide the axis into at most so many parts."""
        minutes = (self.end - self.start).total_seconds() / 60
        fitting = (step for step in _STEPS if minutes / step <= most)
        return timedelta(minutes=next(fitting, minutes / most))

    def marks(self, step: timedelta) -> Iterator[datetime]:
        """Yield the times that the step divides the axis at, from the full hour."""
        at = self.start.replace(minute=0, second=0, microsecond=0)
        while at <= self.end:
            if at >= self.start:
                yield at
            at += step


def axis(facts: MigrationFacts, zone: ZoneInfo, *columns: pl.Series) -> Axis:
    """Span the window, and what was seen up to an hour beyond it."""
    times = [at for column in columns if column.len() for at in (column.min(), column.max())]
    moments = [at for at in times if isinstance(at, datetime)]
    start = max(min([facts.snapshot_at, *moments]), facts.snapshot_at - _BEYOND)
    end = min(max([facts.live_at, *moments]), facts.live_at + _BEYOND)
    return Axis(start, end, zone)


def coverage_chart(
    facts: MigrationFacts, seen: pl.DataFrame, sources: Sequence[str], over: Axis
) -> Chart:
    """Draw for each source the minutes that it was seen in (SEEN), and its gaps, hatched."""
    height = _LINE * len(sources)
    boxes: list[Box] = []
    names: list[Label] = []
    for number, source in enumerate(sources):
        top = number * _LINE
        names.append(Label(0, top + 17, visible(source)))
        for start, end in _stretches(seen.filter(pl.col("source") == source)):
            if end > over.start and start < over.end:
                boxes.append(_stretch(over, start, end, top, marked=False))
        boxes += (
            _stretch(over, gap.from_at, gap.to_at, top, marked=True)
            for gap in facts.coverage.gaps
            if gap.source == source
        )
    return Chart(
        height=height + 24,
        band=_band(facts, over, height),
        boxes=tuple(boxes),
        ticks=_ticks(over, height + 17),
        names=tuple(names),
    )


def losses_chart(facts: MigrationFacts, times: pl.Series, over: Axis) -> Chart:
    """Draw how many of the findings at `times` fall into each part of the axis."""
    step = over.step(_MOST_BARS)
    counts = (
        pl.DataFrame({"at": times.cast(TIME)})
        .drop_nulls()
        .group_by(pl.col("at").dt.truncate(step).alias("from_at"))
        .len()
        .sort("from_at")
    )
    inside = [(at, n) for at, n in counts.iter_rows() if over.start - step < at <= over.end]
    most = max((n for _, n in inside), default=1)
    boxes = []
    for at, n in inside:
        left, right = over.x(at), over.x(at + step)
        tall = round(_BARS_HIGH * n / most, 1)
        title = f"{over.clock(at)}–{over.clock(at + step)}: {n}"
        boxes.append(Box(left, _BARS_HIGH - tall + 10, max(1, right - left - 1), tall, title))
    return Chart(
        height=_BARS_HIGH + 34,
        band=_band(facts, over, _BARS_HIGH + 10),
        boxes=tuple(boxes),
        ticks=_ticks(over, _BARS_HIGH + 27),
        names=(Label(LABELS - 40, 20, str(most)), Label(LABELS - 40, _BARS_HIGH + 10, "0")),
    )


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


def _stretch(over: Axis, start: datetime, end: datetime, top: int, *, marked: bool) -> Box:
    left, right = over.x(start), over.x(end)
    title = f"{over.clock(start)}–{over.clock(end)}"
    return Box(left, top + 4, max(1.0, round(right - left, 1)), _LINE - 8, title, marked)


def _band(facts: MigrationFacts, over: Axis, height: int) -> Box:
    left, right = over.x(facts.snapshot_at), over.x(facts.live_at)
    title = f"{over.clock(facts.snapshot_at)}–{over.clock(facts.live_at)}"
    return Box(left, 0, round(right - left, 1), height, title)


def _ticks(over: Axis, y: int) -> tuple[Label, ...]:
    return tuple(Label(over.x(at), y, over.clock(at)) for at in over.marks(over.step(12)))
