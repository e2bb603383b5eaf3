"""Customers are independent: A's findings are the same with and without B's data."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.laws.migrations import nights, placed_apart
from tests.oracle.core import core_findings
from tests.oracle.nights import together

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]


@settings.get_profile("laws")
@given(nights(), st.data())
def test_what_others_wrote_shows_in_nobodys_findings(night, data):
    """Byte for byte, finding_id included, although all have the same names, addresses and times.

    Only ids join customers, and none is shared here. The rules want such an influence in three
    places. An id may be issued twice, to two customers: the row of the one makes the other's
    entity a missing one, and evidence of the one that names a row keeps it from restoring
    anything of the other. A device, or an entity, that two customers name decides for neither.
    And two requests of one id are taken for one if nothing that both name contradicts it.
    """
    worlds = [placed_apart(world, place) for place, world in enumerate(night.worlds)]
    is_kept = data.draw(st.lists(st.booleans(), min_size=len(worlds), max_size=len(worlds)))
    kept = [world for world, keep in zip(worlds, is_kept, strict=True) if keep] or worlds[:1]
    alone, among_others = core_findings(together(kept)), core_findings(together(worlds))
    theirs = {customer for world in kept for customer in customers_of(world)}
    for frame in ("findings", "evidence"):
        seen = getattr(among_others, frame)
        seen = seen.filter(seen["customer_id"].is_in(theirs))
        assert_frame_equal(getattr(alone, frame), seen)


def customers_of(world):
    return {
        thing.customer_id
        for things in (world.lines, world.events, world.rows)
        for thing in things
        if thing.customer_id
    }
