"""Every input row has exactly one outcome: a row lost or doubled anywhere stops the run."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.balance import (
    EventCounts,
    LineCounts,
    NoticeRowCounts,
    WitnessCounts,
    balance,
)
from transforms.errors import BalanceError

# 3 writes and 4 events taken: two pairs, one alone that somebody wrote, two that nobody did.
COUNTS = (
    LineCounts(read=60, malformed=5, no_write=40, outside=10, duplicate=2, writes=3),
    EventCounts(read=10, malformed=1, unknown_type=2, outside=1, duplicate=2, taken=4),
    WitnessCounts(paired=4, alone=1, unattributed=2, in_findings=5),
    NoticeRowCounts(asking=6, rows=3, retries=1, acknowledgements=2),
)


def test_sums_that_agree_say_nothing():
    balance(*COUNTS).check()


@pytest.mark.parametrize(
    ("place", "name"),
    [(place, one.name) for place, counts in enumerate(COUNTS) for one in fields(counts)],
)
@given(off=st.integers(-3, 3).filter(bool))
def test_whichever_count_is_off_the_run_fails_with_both_numbers(place, name, off):
    wrong = list(COUNTS)
    wrong[place] = replace(wrong[place], **{name: getattr(wrong[place], name) + off})
    one = next(it for it in balance(*wrong).sums if not it.agrees)
    accounted_for = sum(one.parts.values())
    with pytest.raises(BalanceError, match=f"{one.total} {one.what}, but {accounted_for} "):
        balance(*wrong).check()
    assert abs(one.total - accounted_for) == abs(off)
