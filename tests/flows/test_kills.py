"""A course with kill -9 on the way ends as one without; `tests.benchmarks.kills` does 200."""

import pytest

from tests.benchmarks.kills.__main__ import courses, told

pytestmark = pytest.mark.slow


def test_nothing_is_lost_or_doubled_by_twenty_kills(capsys):
    with courses(seed=5) as going:
        # Sending takes a second, a run some more.
        going.go({"run": 2, "send": 7, "rerun": 2})
        while len(going.kills) < 20:
            going.go({"send again": 9})
        # A kill that comes after the end of a phase is none; on a quick machine, some do.
        for phase in sorted({"run", "send", "rerun"} - phases(going)):
            while phase not in phases(going):
                going.go({phase: 2})
    print(*told(going.kills, going.differences), sep="\n")
    assert going.differences == []
    assert phases(going) == {"run", "send", "rerun", "send again"}


def phases(going):
    return {kill.phase for kill in going.kills}
