"""Shifting all times by whole seconds shifts all times and changes nothing else."""

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.laws.migrations import SECOND, as_one, nights
from tests.oracle.core import core_findings
from tests.oracle.model import World

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

DAY = 86_400
OFFSETS = st.integers(-400 * DAY, 400 * DAY).map(lambda seconds: seconds * SECOND)


@settings.get_profile("laws")
@given(nights(), OFFSETS)
def test_another_evening_gives_the_same_findings(night, offset):
    """But for the finding_id of what no evidence names: its time is all it has for a name."""
    world = as_one(night)
    now, then = core_findings(world), core_findings(shifted(world, offset))
    for frame in ("findings", "evidence", "unattributed"):
        expected = named_by_entity_only(getattr(now, frame)).with_columns(
            pl.selectors.datetime() + offset
        )
        assert_frame_equal(
            named_by_entity_only(getattr(then, frame)), expected, check_row_order=False
        )


def named_by_entity_only(frame: pl.DataFrame) -> pl.DataFrame:
    has_name = pl.col("entity_id").is_not_null()
    return frame.with_columns(finding_id=pl.when(has_name).then("finding_id"))


def shifted(world: World, offset: timedelta) -> World:
    def moved(at: datetime | None) -> datetime | None:
        return at + offset if at else None

    return replace(
        world,
        window=replace(
            world.window,
            snapshot_at=world.window.snapshot_at + offset,
            live_at=world.window.live_at + offset,
        ),
        lines=tuple(replace(line, at=line.at + offset) for line in world.lines),
        events=tuple(replace(event, event_at=event.event_at + offset) for event in world.events),
        rows=tuple(
            replace(row, created_at=moved(row.created_at), updated_at=moved(row.updated_at))
            for row in world.rows
        ),
        gaps=tuple(
            replace(gap, from_at=gap.from_at + offset, to_at=gap.to_at + offset)
            for gap in world.gaps
        ),
    )
