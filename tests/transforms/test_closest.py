"""Closest pairs first, held to the plain reading: list all pairs that fit, and take the nearest."""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tables import at
from transforms.closest import Fit, closest_pairs
from transforms.schemas import TIME

NEAR = timedelta(seconds=3)
BY_OWNER = Fit(same=("owner",))
LIKE_RULE_2 = (
    Fit(same=("owner",), agree=("device",), within=NEAR),
    Fit(same=("owner", "alarm"), agree=("device",)),
)
LIKE_RULE_3 = (
    Fit(same=("owner",), agree=("device", "alarm"), within=NEAR),
    Fit(same=("device",), agree=("alarm",), within=NEAR),
)


class One(NamedTuple):
    """Who may be paired; `second` is when."""

    second: int | None
    owner: str | None = "1"
    device: str | None = None
    alarm: str | None = None


def frame(side: Sequence[One]) -> pl.DataFrame:
    """The side, numbered from zero."""
    schema = {"at": TIME, "owner": pl.String(), "device": pl.String(), "alarm": pl.String()}
    times = [
        None if it.second is None else at("20:00") + timedelta(seconds=it.second) for it in side
    ]
    rows = [(moment, *it[1:]) for moment, it in zip(times, side, strict=True)]
    return pl.DataFrame(rows, schema=schema, orient="row").with_row_index("key")


def pairs(left: Sequence[One], right: Sequence[One], *fits: Fit) -> list[tuple[int, int]]:
    return closest_pairs(frame(left), frame(right), fits or [BY_OWNER]).rows()


def by_definition(left: Sequence[One], right: Sequence[One], *fits: Fit) -> list[tuple[int, int]]:
    """All pairs that fit, nearest first, each if both are still free."""
    candidates = sorted(
        (abs(one.second - other.second), i, j)
        for i, one in enumerate(left)
        for j, other in enumerate(right)
        if one.second is not None and other.second is not None
        if any(_fit(one, other, fit) for fit in fits)
    )
    found: list[tuple[int, int]] = []
    for _, i, j in candidates:
        if all(i != one and j != other for one, other in found):
            found.append((i, j))
    return found


def _fit(one: One, other: One, fit: Fit) -> bool:
    both = [(getattr(one, name), getattr(other, name)) for name in fit.same]
    maybe = [(getattr(one, name), getattr(other, name)) for name in fit.agree]
    apart = timedelta(seconds=abs((one.second or 0) - (other.second or 0)))
    return (
        all(mine == theirs and mine is not None for mine, theirs in both)
        and all(None in {mine, theirs} or mine == theirs for mine, theirs in maybe)
        and (fit.within is None or apart <= fit.within)
    )


def test_the_closest_are_taken_first_whoever_came_first():
    assert pairs([One(0), One(10)], [One(9), One(30)]) == [(1, 0), (0, 1)]


def test_among_equally_close_ones_the_earlier_are_taken_first():
    """An event between two lines; two lines between two events; all four at one moment."""
    assert pairs([One(0), One(10)], [One(5)]) == [(0, 0)]
    assert pairs([One(5), One(5)], [One(0), One(10)]) == [(0, 0), (1, 1)]
    assert pairs([One(5), One(5)], [One(5), One(5)]) == [(0, 0), (1, 1)]


def test_two_and_two_all_equally_far_apart_in_turn():
    """Lines at 0 and 10, events at 5 and 15: three pairs of five seconds each."""
    assert pairs([One(0), One(10)], [One(5), One(15)]) == [(0, 0), (1, 1)]


def test_who_knows_nothing_agrees_with_everybody_and_takes_only_one():
    fit = Fit(same=("owner",), agree=("device",))
    named = [One(1, device="d1"), One(2, device="d2")]
    assert pairs([One(0)], named, fit) == [(0, 0)]
    assert pairs([One(0, device="d2")], named, fit) == [(0, 1)]
    assert pairs([One(0, device="d3")], named, fit) == []


def test_what_must_be_the_same_must_be_known():
    assert pairs([One(0, owner=None)], [One(0, owner=None)]) == []


@pytest.mark.parametrize(("second", "expected"), [(3, [(0, 0)]), (4, [])])
def test_no_further_apart_than_the_limit(second, expected):
    assert pairs([One(0)], [One(second)], Fit(same=("owner",), within=NEAR)) == expected


SIDE = st.lists(
    st.builds(
        One,
        st.none() | st.integers(0, 20),
        st.sampled_from(["1", "2", None]),
        st.sampled_from(["d1", "d2", None]),
        st.sampled_from(["a1", "a2", None]),
    ),
    max_size=14,
)


@given(SIDE, SIDE, st.sampled_from([(BY_OWNER,), LIKE_RULE_2, LIKE_RULE_3]))
def test_the_outcome_is_that_of_listing_all_pairs(left, right, fits):
    assert pairs(left, right, *fits) == by_definition(left, right, *fits)


@given(SIDE, SIDE, st.sampled_from([LIKE_RULE_2, LIKE_RULE_3]), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(left, right, fits, order):
    ones, others = frame(left), frame(right)
    shuffled = [
        side.sample(fraction=1, shuffle=True, seed=order.randrange(99)) for side in (ones, others)
    ]
    assert closest_pairs(*shuffled, fits).equals(closest_pairs(ones, others, fits))


@pytest.mark.slow
@given(
    st.lists(st.builds(One, st.integers(0, 60)), min_size=20, max_size=60),
    st.lists(st.builds(One, st.integers(0, 60)), min_size=20, max_size=60),
)
def test_and_so_it_is_in_a_crowd(left, right):
    assert pairs(left, right) == by_definition(left, right, BY_OWNER)


def test_twenty_thousand_of_each_side_do_not_take_four_hundred_million_pairs():
    """All lines before all events: nothing is near, and everything fits."""
    left = [One(number // 50) for number in range(20_000)]
    right = [One(7_000 + number // 30, device="d") for number in range(20_000)]
    begin = time.process_time()
    assert len(pairs(left, right, Fit(same=("owner",), agree=("device",)))) == 20_000
    assert time.process_time() - begin < 20
