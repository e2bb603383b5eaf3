"""When things happen in the simulated migration.

All times are UTC inside the simulator; what a log or an event shows is rendered from them. The
zones keep cases apart from the two gaps in coverage, because within `CLOCK_SKEW` of a gap an
event that no line bears out means something else than in covered time.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum

SNAPSHOT = datetime(2021, 5, 18, 18, 0, tzinfo=UTC)
LIVE = datetime(2021, 5, 18, 21, 18, tzinfo=UTC)
MARGIN = timedelta(minutes=30)
CLOCK_SKEW = timedelta(minutes=5)
SERVER_SKEW = timedelta(seconds=10)

# The proxies stand in Germany and log local summer time.
LOCAL = timezone(timedelta(hours=2))

# The logs reach beyond the margin on both sides, so that there is something to leave out.
LOG_START = SNAPSHOT - timedelta(minutes=38)
LOG_END = LIVE + timedelta(minutes=38)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, its end not included."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether the moment lies in it."""
        return self.start <= moment < self.end


def _after_snapshot(first_minute: float, last_minute: float) -> Span:
    return Span(
        SNAPSHOT + timedelta(minutes=first_minute), SNAPSHOT + timedelta(minutes=last_minute)
    )


# One proxy's file for this stretch comes with the late batch: a gap until then.
LATE_GAP = _after_snapshot(90, 110)
# The late file was cut from a longer log and repeats what its neighbours hold.
LATE_FILE = _after_snapshot(85, 115)
# Another proxy's disk was full: nobody will ever see these minutes, and the operator accepts it.
ACCEPTED_GAP = _after_snapshot(140, 150)
ACCEPTED_SILENCE = _after_snapshot(140.5, 149.5)
# The file of one proxy was still growing when the first batch was fetched.
GROWN_FROM = LIVE + timedelta(minutes=20)


class Zone(Enum):
    """Where in the migration a case takes place."""

    BEFORE_SNAPSHOT = "before_snapshot"
    COVERED = "covered"
    EARLY = "early"
    LATER = "later"
    LATE_GAP = "late_gap"
    ACCEPTED_GAP = "accepted_gap"
    BEFORE_ACCEPTED_GAP = "before_accepted_gap"
    AFTER_ACCEPTED_GAP = "after_accepted_gap"
    AFTER_LIVE = "after_live"
    GROWN = "grown"


# EARLY and LATER split the covered time for cases in which one thing has to follow another.
_EARLY = (_after_snapshot(6, 70),)
_LATER = (_after_snapshot(118, 131), _after_snapshot(160, 190))
ZONES: dict[Zone, tuple[Span, ...]] = {
    Zone.BEFORE_SNAPSHOT: (_after_snapshot(-24, -6),),
    Zone.EARLY: _EARLY,
    Zone.LATER: _LATER,
    Zone.COVERED: _EARLY + _LATER,
    Zone.LATE_GAP: (_after_snapshot(98, 102),),
    Zone.ACCEPTED_GAP: (_after_snapshot(143, 147),),
    # Within the clock skew of the gap, but not in it.
    Zone.BEFORE_ACCEPTED_GAP: (_after_snapshot(137, 139),),
    Zone.AFTER_ACCEPTED_GAP: (_after_snapshot(151, 153),),
    Zone.AFTER_LIVE: (Span(LIVE + timedelta(minutes=7), LIVE + timedelta(minutes=18)),),
    Zone.GROWN: (Span(LIVE + timedelta(minutes=22), LIVE + timedelta(minutes=28)),),
}
