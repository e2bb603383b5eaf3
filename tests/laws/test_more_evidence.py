"""Adding evidence never turns an actionable verdict into silence, except by a row or a deletion."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.grounds import Judged, Witness, place_of
from tests.laws.migrations import Night, Witnesses, as_one, more_witnesses, nights
from tests.oracle.model import Line, World

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

# Beyond every number that a world has given its witnesses.
ADDED = 5_000


@settings.get_profile("laws")
@given(nights(), st.data())
def test_what_asked_for_something_still_asks_unless_a_row_or_a_deletion_answers(night, data):
    """Take every line and event of a finding that asks for something; add a write to its world.

    Afterwards each of them

    - is in a finding that asks, of whatever entity: it may have been identified, or paired anew;
    - or in a silent one that has a ground: a row of the customer under the finding's `entity_id`
      or `matched_id`, a deletion among its evidence, or (`parent_gone`) something it belongs to
      that was deleted or cancelled, which has a ground itself;
    - or it is a line given twice: the request id that was added stands at it, too, and the line
      that now stands for this request is in such a finding;
    - or it names no customer itself, and is in nobody's finding: what was added may say that its
      entity or device is another's as well, which decides nothing. Support's list has it;
    - or it is an event outside of the window and its margin: what was added tells how wrong its
      device's clock is, or changes which line has its request id.

    To add is to add something new: the same line in another file of its source, or an event with
    the `source` and `id` of another, is none.
    """
    added = [data.draw(more_witnesses(world, ADDED), label="added") for world in night.worlds]
    worlds = map(with_added, night.worlds, added)
    before, after = Judged.of(as_one(night)), Judged.of(as_one(Night(tuple(worlds))))
    for witness in filter(before.asks, before.witnesses()):
        request_ids = {it.request_id for some in added[place_of(witness)] for it in some} - {None}
        # Its own is marked by the world's place.
        is_same_request = (witness.request_id or "").partition(":")[2] in request_ids
        assert answer(witness, after, is_same_request=is_same_request), witness


def with_added(world: World, added: Witnesses) -> World:
    lines, events = added
    return replace(world, lines=(*world.lines, *lines), events=(*world.events, *events))


def answer(witness: Witness, after: Judged, *, is_same_request: bool) -> str | None:
    """What has become of one whose finding asked for something; None: silence."""
    if finding := after.finding_of(witness):
        return after.ground(finding)
    if after.is_unattributed(witness):
        return None if witness.customer_id else "support's list"
    if isinstance(witness, Line):
        standing = [
            after.finding_of(line)
            for line in after.world.lines
            if line.request_id == witness.request_id
        ]
        grounds = [after.ground(finding) for finding in standing if finding]
        return "given twice" if is_same_request and grounds and all(grounds) else None
    return "outside" if witness.device_id or is_same_request else None
