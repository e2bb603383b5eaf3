"""Which stretches of the window each source was silent for."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.coverage import FOUND_IN, TRAFFIC, false_alarms, is_found
from tests.tables import WINDOW, at
from transforms.coverage import CoverageRule, Span, silences
from transforms.schemas import SEEN
from transforms.window import Window


def seen(*texts: str) -> pl.DataFrame:
    return pl.DataFrame([("a", at(text)) for text in texts], schema=SEEN, orient="row")


def every(seconds: int, start: str, end: str) -> list[str]:
    first, last = at(start), at(end)
    steps = int((last - first) / timedelta(seconds=seconds)) + 1
    return [f"{first + timedelta(seconds=seconds * n):%H:%M:%S}" for n in range(steps)]


def gaps(frame: pl.DataFrame, **rule: object) -> list[tuple[str, str, bool]]:
    spans = silences(frame, [CoverageRule(source="a", **rule)], WINDOW)
    return [
        (f"{begin:%H:%M:%S}", f"{end:%H:%M:%S}", accepted)
        for _, begin, end, accepted in spans.iter_rows()
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


class TestAcceptedGaps:
    """A silence from 19:00 to 19:30, and what the migration file says of it."""

    def accepted(self, *spans: tuple[str, str], **rule: object) -> list[tuple[str, str, bool]]:
        without = [time for time in FULL if not "19:00:00" < time < "19:30:00"]
        named = tuple((at(begin), at(end)) for begin, end in spans)
        return gaps(seen(*without), accepted=named, **rule)

    @pytest.mark.parametrize(
        "spans",
        [
            [("18:00", "21:18")],
            [("19:00", "19:30")],
            [("19:00", "19:15"), ("19:15", "19:30")],
            [("19:00", "19:20"), ("19:10", "19:30")],
            [("19:00", "19:30"), ("19:10", "19:20")],
            [("19:15", "19:40"), ("18:50", "19:15")],
        ],
        ids=["all", "just it", "touching", "overlapping", "one in another", "in any order"],
    )
    def test_together_they_name_all_of_it_once(self, spans):
        assert self.accepted(*spans) == [("19:00:00", "19:30:00", True)]

    def test_between_two_of_them_a_gap_remains(self):
        assert self.accepted(("18:59", "19:05"), ("19:20", "19:31")) == [
            ("19:00:00", "19:05:00", True),
            ("19:05:00", "19:20:00", False),
            ("19:20:00", "19:30:00", True),
        ]

    def test_what_remains_is_none_if_it_is_no_longer_than_the_gap(self):
        assert self.accepted(("19:02", "19:28")) == [("19:02:00", "19:28:00", True)]

    @pytest.mark.parametrize(
        "span", [("18:30", "19:00"), ("19:30", "19:40"), ("16:00", "17:00"), ("22:00", "23:00")]
    )
    def test_what_does_not_meet_it_changes_nothing(self, span):
        assert self.accepted(span) == [("19:00:00", "19:30:00", False)]

    def test_what_was_logged_in_an_accepted_gap_is_none(self):
        """Only silences are gaps, whatever the file says."""
        assert gaps(seen(*FULL), accepted=((at("19:00"), at("19:30")),)) == []

    def test_outside_of_the_window_nothing_is_named(self):
        accepted = ((at("17:00"), at("22:00")),)
        assert gaps(seen(), accepted=accepted) == [("18:00:00", "21:18:00", True)]
        assert gaps(seen(), accepted=accepted, gap=None) == [("18:00:00", "21:18:00", True)]

    def test_so_it_is_with_a_learned_rhythm(self):
        assert self.accepted(("19:00", "19:15"), gap=None) == [
            ("19:00:00", "19:15:00", True),
            ("19:15:00", "19:30:00", False),
        ]


@pytest.mark.parametrize("gap", [timedelta(minutes=2), None])
class TestSources:
    def test_one_that_begins_in_the_window_was_silent_until_then(self, gap):
        assert gaps(seen(*every(20, "18:40", "21:45")), gap=gap) == [
            ("18:00:00", "18:40:00", False)
        ]

    def test_one_that_ends_in_the_window_was_silent_from_then_on(self, gap):
        assert gaps(seen(*every(20, "17:30", "20:40")), gap=gap) == [
            ("20:40:00", "21:18:00", False)
        ]

    def test_one_whose_log_was_cut_to_the_window_has_no_gap(self, gap):
        assert gaps(seen(*every(20, "18:00:10", "21:17:50")), gap=gap) == []

    def test_one_without_a_file_was_silent_throughout(self, gap):
        rules = [CoverageRule(source=name, gap=gap) for name in ("a", "no file")]
        found = silences(seen(*every(20, "17:30", "21:45")), rules, WINDOW)
        assert found.rows() == [("no file", WINDOW.snapshot_at, WINDOW.live_at, False)]

    def test_one_seen_in_the_margin_only_was_silent_throughout(self, gap):
        only = [*every(20, "17:30", "17:58"), *every(20, "21:20", "21:45")]
        assert gaps(seen(*only), gap=gap) == [("18:00:00", "21:18:00", False)]

    def test_one_line_far_outside_changes_nothing(self, gap):
        usual = every(20, "17:30", "21:45")
        assert gaps(seen("00:00:01", *usual, "23:59"), gap=gap) == []

    def test_a_clock_that_jumps_forward_leaves_a_gap(self, gap):
        """An hour of which no line has a time; what came after it has the times of later."""
        jumped = [*every(20, "17:30", "19:30"), *every(20, "20:30", "21:45")]
        assert gaps(seen(*jumped), gap=gap) == [("19:30:00", "20:30:00", False)]

    def test_a_clock_that_jumps_back_leaves_none(self, gap):
        """Two hours have the times of one: nothing is silent. Request ids tell, not coverage."""
        jumped = [*every(20, "17:30", "20:30"), *every(20, "19:30:05", "21:45")]
        assert gaps(seen(*jumped), gap=gap) == []

    def test_an_outage_that_began_before_the_window_counts_from_its_beginning(self, gap):
        usual = [time for time in every(20, "17:30", "21:45") if not "17:40" < time < "18:10"]
        assert gaps(seen(*usual), gap=gap) == [("18:00:00", "18:10:00", False)]

    def test_nor_does_the_order_of_the_lines_matter(self, gap):
        usual = [time for time in every(20, "17:30", "21:45") if not "19:00" < time < "20:00"]
        assert gaps(seen(*reversed(usual)), gap=gap) == gaps(seen(*usual), gap=gap) != []


class TestAuto:
    """`gap = "auto"`: a silence is a gap where those around it make it unlikely."""

    @pytest.mark.parametrize("minutes", [1, 5, 10, 15, 30])
    def test_a_regular_source_has_no_gap(self, minutes):
        assert gaps(seen(*every(minutes * 60, "17:33", "21:48")), gap=None) == []

    def test_where_a_health_check_misses_half_an_hour_is_one(self):
        polled = every(300, "17:33", "21:48")
        without = [time for time in polled if not "19:03:00" < time < "19:38:00"]
        assert gaps(seen(*without), gap=None) == [("19:03:00", "19:38:00", False)]

    def test_twenty_minutes_are_a_gap_in_the_evening_and_none_in_the_night(self):
        """A line every twenty seconds until 20:00, then one every quarter of an hour."""
        evening, night = every(20, "17:30", "20:00"), every(900, "20:15", "21:45")
        assert gaps(seen(*evening, *night), gap=None) == []
        without = [time for time in evening if not "19:00:00" < time < "19:20:00"]
        assert gaps(seen(*without, *night), gap=None) == [("19:00:00", "19:20:00", False)]

    def test_bursts_of_lines_are_no_rhythm(self):
        """Six lines within five seconds, every ten minutes."""
        bursts = [
            f"{begin[:6]}{second:02}"
            for begin in every(600, "17:30", "21:45")
            for second in range(6)
        ]
        assert gaps(seen(*bursts), gap=None) == []

    def test_one_outage_does_not_hide_another(self):
        usual = every(60, "17:30", "21:45")
        twice = [t for t in usual if not ("19:00:00" < t < "19:30" or "20:00:00" < t < "20:30")]
        assert gaps(seen(*twice), gap=None) == [
            ("19:00:00", "19:30:00", False),
            ("20:00:00", "20:30:00", False),
        ]

    def test_of_an_outage_before_the_window_a_moment_inside_is_no_gap(self):
        usual = [time for time in every(20, "17:30", "21:45") if not "17:40" < time < "18:01"]
        assert gaps(seen(*usual), gap=None) == []

    def test_a_silence_that_began_before_the_window_is_judged_by_its_whole_length(self):
        """Of twenty-eight minutes, nine are inside: by themselves they would be nothing."""
        polled = [time for time in every(240, "17:30", "21:45") if not "17:42" < time < "18:10"]
        assert gaps(seen(*polled), gap=None) == [("18:00:00", "18:10:00", False)]
        inside = [time for time in polled if time >= "18:10"]
        assert gaps(seen("17:58", *inside), gap=None) == []

    def test_what_clients_do_after_going_live_says_nothing_of_the_window(self):
        before = every(20, "17:30", "21:16")
        assert gaps(seen(*before, "21:44"), gap=None) == gaps(seen(*before), gap=None)

    def test_few_lines_do_not_excuse_a_silence_of_any_length(self):
        """Four lines, five minutes apart, and nothing for the rest of the evening."""
        assert gaps(seen("17:50", "17:55", "18:00", "18:05"), gap=None) == [
            ("18:05:00", "21:18:00", False)
        ]

    @pytest.mark.parametrize("texts", [[], ["18:00"], ["18:00", "18:00:01"], ["18:00", "19:00"]])
    def test_too_few_lines_tell_no_rhythm_and_vouch_for_nothing(self, texts):
        assert gaps(seen(*texts), gap=None)[-1] == (
            f"{at(texts[-1]) if texts else at('18:00'):%H:%M:%S}",
            "21:18:00",
            False,
        )


OFFSETS = st.sets(st.integers(-1_800, 13_680), max_size=60)


def at_offsets(offsets: Iterable[int], start: datetime = WINDOW.snapshot_at) -> pl.DataFrame:
    rows = [("a", start + timedelta(seconds=offset)) for offset in offsets]
    return pl.DataFrame(rows, schema=SEEN, orient="row")


def found(frame: pl.DataFrame, gap: timedelta | None, window: Window = WINDOW) -> list[Span]:
    spans = silences(frame, [CoverageRule(source="a", gap=gap)], window)
    return spans.select("from_at", "to_at").rows()


GAP = st.sampled_from([timedelta(minutes=2), None])


@given(OFFSETS, GAP, st.integers(-100_000, 100_000))
def test_shifting_all_times_shifts_the_gaps(offsets, gap, seconds):
    by = timedelta(seconds=seconds)
    window = replace(WINDOW, snapshot_at=WINDOW.snapshot_at + by, live_at=WINDOW.live_at + by)
    shifted = found(at_offsets(offsets, window.snapshot_at), gap, window)
    assert shifted == [(a + by, b + by) for a, b in found(at_offsets(offsets), gap)]


@given(OFFSETS, GAP, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(offsets, gap, order):
    shuffled = order.sample(sorted(offsets), len(offsets))
    assert found(at_offsets([*shuffled, *shuffled]), gap) == found(at_offsets(offsets), gap)


@given(OFFSETS, GAP, st.integers(0, 11_880))
def test_one_more_line_never_lengthens_a_gap(offsets, gap, more):
    """It may part one, and may show that another is unlikely; none reaches over it."""
    line = WINDOW.snapshot_at + timedelta(seconds=more)
    before, after = (found(at_offsets(all_), gap) for all_ in (offsets, offsets | {more}))
    assert not any(begin < line < end for begin, end in after)
    for begin, end in before:
        inside = [(a, b) for a, b in after if a < end and begin < b]
        assert all(begin <= a and b <= end for a, b in inside)


@given(OFFSETS, GAP)
def test_gaps_are_inside_the_window_and_longer_than_a_minute(offsets, gap):
    for begin, end in found(at_offsets(offsets), gap):
        assert WINDOW.snapshot_at <= begin < end <= WINDOW.live_at
        assert end - begin > timedelta(minutes=1)


class TestMeasured:
    """The figures of `python -m tests.benchmarks.coverage`, held over few nights."""

    @pytest.mark.parametrize(
        ("name", "most"),
        [
            ("at random, every 30 s, falling to 1/1", 0.02),
            ("at random, every 5 min, falling to 1/1", 0.02),
            ("at random, every 30 s, falling to 1/10", 0.05),
            ("pages, every 1 min, falling to 1/10", 0.07),
            ("polling, every 5 min", 0.0),
        ],
    )
    def test_false_alarms(self, name, most):
        assert false_alarms(TRAFFIC[name], nights=100) <= most

    @pytest.mark.parametrize(
        ("name", "minutes"),
        [
            ("at random, every 30 s, falling to 1/1", 15),
            ("pages, every 1 min, falling to 1/1", 25),
            ("polling, every 1 min", 5),
            ("polling, every 5 min", 20),
        ],
    )
    def test_outages_found(self, name, minutes):
        nights = 40
        hits = [is_found(TRAFFIC[name], minutes * 60, seed) for seed in range(nights)]
        assert sum(hits) >= FOUND_IN * nights


@given(st.sets(st.integers(0, 11_880), max_size=60))
def test_a_gap_holds_no_second_in_which_something_was_logged(offsets):
    seconds = [WINDOW.snapshot_at + timedelta(seconds=offset) for offset in offsets]
    frame = pl.DataFrame([("a", s) for s in seconds], schema=SEEN, orient="row")
    for begin, end in found(frame, timedelta(minutes=2)):
        assert not any(begin < second < end for second in seconds)
        assert end - begin > timedelta(minutes=2)
