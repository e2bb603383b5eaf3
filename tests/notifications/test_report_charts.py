"""The report's pictures: what is drawn where."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from notifications.content import Coverage, Gap
from notifications.language import Language, time_zone
from notifications.report.charts import (
    axis,
    coverage_strips,
    time_scale,
    writes_columns,
)
from tests.notifications.sample import (
    FACTS,
    GAP,
    LIVE,
    SNAPSHOT,
    at,
    evening,
    evidence,
    finding,
    findings,
    report_data,
    writes,
)

BERLIN = time_zone("Europe/Berlin")
ENGLISH = Language.of("en")


def over(facts=FACTS, *columns):
    return axis(facts, BERLIN, ENGLISH, *columns)


def test_a_strip_has_stretches_and_gaps():
    data = report_data()
    first, second = coverage_strips(
        data.facts, data.seen, over(data.facts, data.seen.get_column("second_at"))
    )
    assert [one.title for one in first.seen] == ["20:00–23:18"]
    assert first.gaps == ()
    assert [one.title for one in second.seen] == ["20:00–20:41"]
    assert [one.title for one in second.gaps] == ["20:41–23:18"]
    assert second.seen[0].end == second.gaps[0].x


def test_an_accepted_gap_is_drawn_apart():
    accepted = replace(GAP, is_accepted=True)
    facts = replace(FACTS, coverage=Coverage(is_complete=True, gaps=(accepted,)))
    _, strip = coverage_strips(facts, report_data().seen, over(facts))
    assert (len(strip.gaps), len(strip.accepted)) == (0, 1)


def test_a_source_of_which_nothing_was_seen_has_a_strip():
    gap = Gap(source="silent", from_at=SNAPSHOT, to_at=LIVE)
    facts = replace(FACTS, coverage=Coverage(is_complete=False, gaps=(gap,)))
    (strip,) = coverage_strips(facts, report_data().seen.clear(), over(facts))
    assert (strip.name, strip.seen, len(strip.gaps)) == ("silent", (), 1)


def test_a_minutes_silence_parts_two_stretches():
    seen = pl.DataFrame({"source": ["p", "p"], "second_at": [at("20:10:00"), at("20:12:00")]})
    (strip,) = coverage_strips(FACTS, seen, over(FACTS, seen.get_column("second_at")))
    assert [one.title for one in strip.seen] == ["20:10–20:11", "20:12–20:13"]


def test_every_write_is_in_one_column_and_so_is_what_asks_for_something():
    drawn = writes_columns(writes(), evening(), over())
    assert sum(one.writes for one in drawn.columns) == evening().height
    assert sum(one.asking for one in drawn.columns) == report_data().shown.asking
    assert all(0 < one.writes_high <= 150 and one.asking <= one.writes for one in drawn.columns)


def test_a_column_says_what_it_shows():
    told = findings(finding("a", "person", clock="20:14:05"), finding("b", "person", "consistent"))
    seen = evidence(
        {"finding_id": "a", "at": at("20:14:05")},
        {"finding_id": "b", "at": at("20:14:30")},
        {"finding_id": "b", "at": at("21:00:00")},
    )
    drawn = writes_columns(seen, told, over())
    assert [one.title for one in drawn.columns] == [
        "20:10–20:15: 2 writes, of these ask for something: 1",
        "21:00–21:05: 1 write, of these ask for something: 0",
    ]


@pytest.mark.parametrize(
    ("most", "scale"),
    [(0, 2), (1, 2), (3, 4), (10, 10), (11, 20), (56, 60), (100, 100), (101, 200)],
)
def test_the_scale_ends_at_a_round_number_that_can_be_halved(most, scale):
    seen = evidence(*({"finding_id": str(n), "at": at("20:14:05")} for n in range(most)))
    drawn = writes_columns(seen, evening(), over())
    assert drawn.most == scale


def test_the_axis_spans_the_window_and_an_hour_beyond_at_most():
    far = pl.Series([at("12:00:00"), at("23:40:00")])
    wide = over(FACTS, far)
    assert (SNAPSHOT - wide.start).total_seconds() == 3600
    assert wide.end == at("23:40:00")
    assert over().end == LIVE


def test_the_window_and_within_what_its_end_is_known_are_marked():
    far = pl.Series([at("19:00:00"), at("23:40:00")])
    exact = time_scale(FACTS, over(FACTS, far))
    assert exact.window.title == "20:00–23:18"
    assert 0 < exact.window.x < exact.window.end < 100
    assert exact.doubtful_end is None
    vague = replace(FACTS, live_at_uncertainty=timedelta(minutes=15))
    scale = time_scale(vague, over(vague, far))
    assert scale.doubtful_end.title == "23:03–23:33"
    assert scale.doubtful_end.x < scale.window.end < scale.doubtful_end.end


def test_marks_stand_at_full_hours_of_the_zone():
    india = axis(FACTS, time_zone("Asia/Kolkata"), ENGLISH)
    assert {tick.text[-3:] for tick in time_scale(FACTS, india).ticks} == {":00", ":30"}
