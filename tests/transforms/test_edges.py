"""To the second: on which side of its edge a rule begins to hold."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.tables import WINDOW, findings

LINE = "at | kind | action | entity | request"


@pytest.mark.parametrize(
    ("written", "touched", "verdict"),
    [
        # The servers' clocks are ten seconds apart at most, so both could be the write's own time.
        ("18:00:05", "18:00:00", "stale"),
        ("18:00:05", "18:00:01", "consistent"),
        ("18:00:00", "17:59:55", "consistent"),
        ("18:00:01", "17:59:55", "stale"),
    ],
)
def test_untouched_since_the_snapshot_is_up_to_its_very_moment(written, touched, verdict):
    found, wanted = findings(
        f"entity | verdict\n P1 | {verdict}",
        lines=f"{LINE}\n {written} | person | update | P1 | ",
        rows={"person": f"id | created | updated\n P1 | 09:00 | {touched}"},
    )
    assert found == wanted


@pytest.mark.parametrize(
    ("written", "verdict"),
    [("21:07:59", "lost"), ("21:08:00", "restored")],
)
def test_evidence_names_a_row_until_the_move_may_have_been_over(written, verdict):
    """Live at 21:18 or ten minutes before: from 21:08 on, a row that evidence names may have been
    made on the new site.
    """
    fields = "first_name=Jo, last_name=May, email=jo@x.de, mobile=+491511"
    found, wanted = findings(
        f"entity | verdict\n P1 | {verdict}\n P2 | consistent",
        lines=f"{LINE}\n 18:10 | person | create | P1 | r1\n {written} | person | update | P2 | ",
        told=f"at | kind | action | entity | request | fields\n18:10|person|create|P1|r1|{fields}",
        rows={"person": f"id | created | updated | fields\n P2 | 21:05 | {written} | {fields}"},
        window=replace(WINDOW, live_at_uncertainty=timedelta(minutes=10)),
    )
    assert found == wanted


@pytest.mark.parametrize(
    ("row_created", "verdict", "reason"),
    [("18:10:10", "consistent", None), ("18:10:11", "lost", "id_reused")],
)
def test_a_row_is_another_entity_when_it_is_younger_than_clocks_differ(
    row_created, verdict, reason
):
    found, wanted = findings(
        f"entity | verdict | reason\n P1 | {verdict} | {reason or ''}",
        lines=f"{LINE}\n 18:10:00 | person | create | P1 | ",
        rows={"person": f"id | customer | created\n P1 | 1 | {row_created}"},
    )
    assert found == wanted
