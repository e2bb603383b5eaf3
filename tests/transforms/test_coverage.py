"""Which stretches of the window each source was silent for."""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tables import WINDOW, at
from transforms.coverage import CoverageRule, learned_gap, silences
from transforms.schemas import SEEN


def seen(*texts: str) -> pl.DataFrame:
    return pl.DataFrame([("a", at(text)) for text in texts], schema=SEEN, orient="row")


def every(seconds: int, start: str, end: str) -> list[str]:
    first, last = at(start), at(end)
    steps = int((last - first) / timedelta(seconds=seconds)) + 1
    return [f"{first + timedelta(seconds=seconds * n):%H:%M:%S}" for n in range(steps)]


def gaps(frame: pl.DataFrame, **rule: object) -> list[tuple[str, str, bool]]:
    found = silences(frame, [CoverageRule(source="a", **rule)], WINDOW)
    return [
        (f"{begin:%H:%M:%S}", f"{end:%H:%M:%S}", accepted)
        for _, begin, end, accepted in found.iter_rows()
    ]


FULL = every(60, "18:00", "21:18")


def test_a_silence_of_exactly_the_gap_is_none():
    without = [time for time in FULL if time != "19:01:00"]
    assert gaps(seen(*without)) == []


def test_a_longer_one_is():
    without = [time for time in FULL if not "19:00:00" < time < "19:03:00"]
    assert gaps(seen(*without)) == [("19:00:00", "19:03:00", False)]


def test_the_windows_ends_count():
    assert gaps(seen(*every(60, "18:05", "21:10"))) == [
        ("18:00:00", "18:05:00", False),
        ("21:10:00", "21:18:00", False),
    ]


def test_what_is_logged_outside_of_the_window_does_not_count():
    assert gaps(seen("17:59:59", "21:18:01")) == [("18:00:00", "21:18:00", False)]


def test_a_source_without_a_line_is_silent_throughout():
    assert gaps(seen()) == [("18:00:00", "21:18:00", False)]


def test_an_accepted_gap_is_named_as_such():
    without = [time for time in FULL if not "19:00:00" < time < "19:30:00"]
    accepted = ((at("18:59"), at("19:31")),)
    assert gaps(seen(*without), accepted=accepted) == [("19:00:00", "19:30:00", True)]


def test_what_an_accepted_gap_leaves_is_one_if_long_enough():
    without = [time for time in FULL if not "19:00:00" < time < "19:30:00"]
    accepted = ((at("19:01"), at("19:20")),)
    assert gaps(seen(*without), accepted=accepted) == [
        ("19:01:00", "19:20:00", True),
        ("19:20:00", "19:30:00", False),
    ]


def test_a_proxy_of_the_new_site_has_nothing_to_log_before_it_is_live():
    rules = [CoverageRule(source="a"), CoverageRule(source="b", role="new")]
    assert silences(seen(*FULL), rules, WINDOW).is_empty()


@pytest.mark.parametrize("rules", [[], [CoverageRule(source="b", role="new")]])
def test_without_a_log_of_the_old_site_nothing_is_covered(rules):
    assert silences(seen(), rules, WINDOW).rows() == [
        ("access_logs", WINDOW.snapshot_at, WINDOW.live_at, False)
    ]


def test_auto_learns_the_rhythm():
    quiet = every(600, "18:00", "21:18")
    assert gaps(seen(*quiet), gap=None) == []
    without = [time for time in FULL if not "19:00:00" < time < "20:30:00"]
    assert gaps(seen(*without), gap=None) == [("19:00:00", "20:30:00", False)]


@pytest.mark.parametrize("texts", [[], ["18:00"], ["18:00", "18:00:01"]])
def test_auto_is_never_less_than_a_minute(texts):
    assert learned_gap([at(text) for text in texts]) == timedelta(minutes=1)


@given(st.sets(st.integers(0, 11_880), max_size=60))
def test_a_gap_holds_no_second_in_which_something_was_logged(offsets):
    seconds = [WINDOW.snapshot_at + timedelta(seconds=offset) for offset in offsets]
    frame = pl.DataFrame([("a", s) for s in seconds], schema=SEEN, orient="row")
    found = silences(frame, [CoverageRule(source="a")], WINDOW)
    for _, begin, end, _ in found.iter_rows():
        assert not any(begin < second < end for second in seconds)
        assert end - begin > timedelta(minutes=2)
