"""Giving a file twice, or a part of it under another name, changes nothing.

(That files may be compressed, or cut in two, is a matter of reading: `test_files.py`.)
"""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.laws.migrations import as_one, each_at_its_own_instant, nights
from tests.oracle.core import core_findings
from tests.oracle.model import World

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]


@settings.get_profile("laws")
@given(nights(), st.randoms(use_true_random=False))
def test_a_file_given_twice_changes_nothing(night, rng):
    """Logs and events, all or in part, under names before and after the first ones.

    Exempt are different lines of one instant: which of them came first, only their place tells,
    and a file that begins between the two gives the second one another place.
    """
    world = each_at_its_own_instant(as_one(night))
    one, other = core_findings(world), core_findings(some_given_twice(world, rng))
    assert_frame_equal(one.findings, other.findings)
    place = ["file", "line", "event_file", "event_line"]
    for frame in ("evidence", "unattributed"):
        before, after = getattr(one, frame), getattr(other, frame)
        assert_frame_equal(before.drop(place), after.drop(place), check_row_order=False)


def some_given_twice(world: World, rng: Random) -> World:
    """Of each file some lines (all, a part, none) once more in another file of the source."""
    shares = {file: rng.choice((0.0, 0.5, 1.0)) for file in ("1.log", "2.log", "3.log")}
    copied = rng.choice(("0-{}", "9-{}.1"))
    lines = [
        replace(line, file=copied.format(line.file))
        for line in world.lines
        if rng.random() < shares[line.file]
    ]
    events = [
        replace(event, file=copied.format(event.file))
        for event in world.events
        if rng.random() < 0.7
    ]
    return replace(
        world,
        lines=(*lines, *world.lines),
        events=(*world.events, *events),
    )
