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
    print(*told(going.kills, going.differences), sep="\n")
    assert going.differences == []
    assert {kill.phase for kill in going.kills} == {"run", "send", "rerun", "send again"}
