"""How long a log source is silent by its own rhythm, learned from the silences around each."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from math import log, log1p

# How often, in a night, a source that logs at random is taken for silent though nothing is missing.
FALSE_ALARM_RATE = 0.001
# Lines closer than this are one visit: many come in bursts, and a burst is no rhythm.
VISIT = timedelta(minutes=1)
# The times have been cut to seconds.
RESOLUTION = timedelta(seconds=1)
# With how many waits one is compared: traffic falls in the night, so only with those around it.
EACH_SIDE = 40
# How many of them may be outages themselves, which would hide another one.
SPARED = 1
# With few lines the false-alarm rate cannot be kept; a gap too many is the lesser evil.
MOST_TIMES = 10.0

# So often halved, ten times are less than a millionth.
_HALVINGS = 24


class Rhythm:
    """A source's visits, and how long it took from one to the next.

    A wait is what passes beyond a minute until a line is seen again, so for lines that come at
    random (a Poisson process) waits are exponential, whatever the rate, and bursts of lines are
    one visit each.
    """

    def __init__(self, seconds: Sequence[datetime]) -> None:
        """Learn from the distinct seconds in which lines were seen, in their order."""
        self._visits: list[datetime] = []
        for second in seconds:
            if not self._visits or second - self._visits[-1] >= VISIT:
                self._visits.append(second)
        self._waits = [after - before - VISIT for before, after in pairwise(self._visits)]

    def longest_usual(self, until: datetime) -> timedelta:
        """The silence before `until` (a visit, or after the last) that would still be usual.

        It is a minute and some times the longest but one of the forty waits before and the forty
        after it. How many times: of k exponential waits the one with only t longer ones is a sum
        of independent exponentials with rates t+1, ..., k (Renyi 1953, "On the theory of order
        statistics"), so another wait exceeds r times it with probability prod j / (j + r) over
        j = t+1, ..., k. That is to be `FALSE_ALARM_RATE` over the number of waits (union bound).
        For t = 0 it is Dixon's test for an outlier in exponential samples (Likes 1966). What is
        more regular than at random (a poll every five minutes) gives fewer false alarms, what
        comes in crowds longer than a minute gives more. Without two waits nothing is usual.
        """
        around = self._around(until)
        if len(around) <= SPARED:
            return VISIT
        yardstick = max(sorted(around)[-1 - SPARED], RESOLUTION)
        return VISIT + yardstick * _times_longer(len(around), len(self._waits) + 1)

    def _around(self, until: datetime) -> list[timedelta]:
        """Take the waits before and after, without the one that ends then."""
        place = bisect_left(self._visits, until)
        before, after = self._waits[: max(place - 1, 0)], self._waits[place:]
        return before[-EACH_SIDE:] + after[:EACH_SIDE]


@cache
def _times_longer(around: int, waits: int) -> float:
    """How many times as long as the yardstick a wait almost never is, by halving."""
    low, high = 0.0, MOST_TIMES
    needed = log(waits / FALSE_ALARM_RATE)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if sum(log1p(middle / j) for j in range(SPARED + 1, around + 1)) < needed:
            low = middle
        else:
            high = middle
    return high
