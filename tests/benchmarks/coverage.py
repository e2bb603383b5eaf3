"""How often `gap = "auto"` takes a night for gapped that is not, and which gaps it finds.

    python -m tests.benchmarks.coverage --nights 1000

Each row is a kind of traffic: the share of whole nights with a false alarm, and the shortest
outage, put anywhere into the window, that is found in nine nights of ten. The window is that of
the reference case, 3:18 hours with a margin of half an hour; seeds are fixed.
"""

import argparse
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil
from random import Random

import polars as pl

from transforms.coverage import CoverageRule, silences
from transforms.schemas import SEEN
from transforms.window import Window

WINDOW = Window(
    snapshot_at=datetime(2021, 5, 18, 18, tzinfo=UTC),
    live_at=datetime(2021, 5, 18, 21, 18, tzinfo=UTC),
)
RULE = CoverageRule(source="proxy", gap=None)
# From the beginning of the margin to its end, and the window in between, in seconds.
SPAN = (WINDOW.read_to - WINDOW.read_from) // timedelta(seconds=1)
BEGIN = WINDOW.margin // timedelta(seconds=1)
END = SPAN - BEGIN
OUTAGES = (2, 3, 5, 7.5, 10, 15, 20, 25, 30, 40, 50, 60, 90, 120, 150)
FOUND_IN = 0.9

Night = set[int]
Traffic = Callable[[Random], Night]


def at_random(random: Random, *, every: float, falls: float = 1) -> Night:
    """Lines `every` so many seconds, falling to `1 / falls` of that until the end."""
    return {int(second) for second in _arrivals(random, every, falls)}


def pages(
    random: Random, *, every: float, falls: float = 1, most: int = 30, apart: float = 1
) -> Night:
    """Pages of five to `most` lines, `apart` seconds from one to the next."""
    seen: Night = set()
    for begin in _arrivals(random, every, falls):
        second = begin
        for _ in range(random.randint(5, most)):
            seen.add(int(second))
            second += random.expovariate(1 / apart)
    return {second for second in seen if second < SPAN}


def polling(random: Random, *, every: float) -> Night:
    """A line `every` so many seconds, give or take two in a hundred."""
    begin = random.uniform(0, every)
    times = (begin + every * nth + random.gauss(0, every / 50) for nth in range(ceil(SPAN / every)))
    return {int(second) for second in times if 0 <= second < SPAN}


def few(random: Random, *, lines: int) -> Night:
    """So many lines in all, anywhere in the window."""
    return {random.randrange(BEGIN, END) for _ in range(lines)}


def _arrivals(random: Random, every: float, falls: float) -> Iterator[float]:
    """A Poisson process, thinned where it falls (Lewis and Shedler 1979)."""
    second = random.expovariate(1 / every)
    while second < SPAN:
        if random.random() < falls ** -(second / SPAN):
            yield second
        second += random.expovariate(1 / every)


TRAFFIC: dict[str, Traffic] = {
    **{
        f"at random, every {name}, falling to 1/{falls}": partial(
            at_random, every=every, falls=falls
        )
        for name, every in (("1 s", 1), ("6 s", 6), ("30 s", 30), ("5 min", 300), ("15 min", 900))
        for falls in (1, 10, 30)
    },
    **{
        f"pages, every {name}, falling to 1/{falls}": partial(pages, every=every, falls=falls)
        for name, every in (("10 s", 10), ("1 min", 60), ("5 min", 300))
        for falls in (1, 10, 30)
    },
    "sessions of minutes, every 5 min": partial(pages, every=300, most=60, apart=10),
    "sessions of minutes, every 20 min": partial(pages, every=1200, most=60, apart=10),
    **{
        f"polling, every {name}": partial(polling, every=every)
        for name, every in (("10 s", 10), ("1 min", 60), ("5 min", 300), ("15 min", 900))
    },
    **{f"{lines} lines in all": partial(few, lines=lines) for lines in (0, 1, 2, 5)},
}


def has_gap(night: Night, begin: float = BEGIN, end: float = END) -> bool:
    """Whether a gap is found that holds the middle of this stretch, or any, of the window."""
    times = [WINDOW.read_from + timedelta(seconds=second) for second in sorted(night)]
    seen = pl.DataFrame({"source": [RULE.source] * len(times), "second_at": times}, schema=SEEN)
    found = silences(seen, [RULE], WINDOW)
    if (begin, end) == (BEGIN, END):
        return not found.is_empty()
    middle = WINDOW.read_from + timedelta(seconds=(begin + end) / 2)
    return any(from_at < middle < to_at for _, from_at, to_at, _ in found.iter_rows())


def false_alarms(traffic: Traffic, nights: int) -> float:
    """The share of whole nights in which a gap is found."""
    return sum(has_gap(traffic(Random(f"whole {seed}"))) for seed in range(nights)) / nights


def shortest_found(traffic: Traffic, nights: int) -> float | None:
    """The shortest outage, in minutes, that is found in nine nights of ten."""
    for minutes in OUTAGES:
        if (
            sum(is_found(traffic, minutes * 60, seed) for seed in range(nights))
            >= FOUND_IN * nights
        ):
            return minutes
    return None


def is_found(traffic: Traffic, length: float, seed: int) -> bool:
    """Whether an outage of `length` seconds, somewhere in the window, is found."""
    random = Random(f"outage {seed}")
    night = traffic(random)
    begin = random.uniform(BEGIN, END - length)
    left = {second for second in night if not begin < second < begin + length}
    return has_gap(left, begin, begin + length)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=1_000)
    nights = parser.parse_args().nights
    print(f"{'traffic':46} {'false alarms':>12}  {'found in 9 of 10':>16}")
    for name, traffic in TRAFFIC.items():
        found = shortest_found(traffic, max(20, nights // 10))
        shown = "none" if found is None else f"{found:g} min"
        print(f"{name:46} {false_alarms(traffic, nights):12.1%}  {shown:>16}", flush=True)


if __name__ == "__main__":
    main()
