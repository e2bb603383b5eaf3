"""Devices' clocks, set right by what the proxies and they themselves saw of the same requests."""

from datetime import timedelta

import pytest

from tests.tables import at, reconciled


def event_times(**given: str) -> dict[str | None, str]:
    """When each event happened, as far as is known, by its number."""
    evidence = reconciled(**given).evidence
    return {row["event_id"]: f"{row['at']:%H:%M:%S}" for row in evidence.to_dicts()}


PAIRED = """at | kind | action | entity | request
19:00:00 | person | update | P1 | r1
19:30:00 | person | update | P1 | r2
20:00:00 | person | update | P1 | r3"""


def test_a_clock_that_drifts_is_corrected_by_its_median():
    """Ten, twenty and thirty minutes fast as the evening goes on; by itself it says 20:40."""
    times = event_times(
        lines=PAIRED,
        told="""at | kind | action | entity | request | device
        19:10:00 | person | update | P1 | r1 | d1
        19:50:00 | person | update | P1 | r2 | d1
        20:30:00 | person | update | P1 | r3 | d1
        20:40:00 | person | create | P2 | | d1""",
    )
    assert times["e4"] == "20:20:00"


def test_one_pair_that_is_hours_off_moves_nothing():
    """What was written while the phone was offline and sent with a new time, say."""
    times = event_times(
        lines=PAIRED,
        told="""at | kind | action | entity | request | device
        19:10:00 | person | update | P1 | r1 | d1
        19:40:00 | person | update | P1 | r2 | d1
        15:00:00 | person | update | P1 | r3 | d1
        20:40:00 | person | create | P2 | | d1""",
    )
    assert times["e4"] == "20:30:00"


def test_of_two_pairs_the_offset_is_halfway():
    times = event_times(
        lines=PAIRED,
        told="""at | kind | action | entity | request | device
        19:10:00 | person | update | P1 | r1 | d1
        19:50:00 | person | update | P1 | r2 | d1
        20:40:00 | person | create | P2 | | d1""",
    )
    assert times["e3"] == "20:25:00"


@pytest.mark.parametrize("device", ["d2", ""])
def test_each_device_has_a_clock_of_its_own(device):
    times = event_times(
        lines=PAIRED,
        told=f"""at | kind | action | entity | request | device
        19:10:00 | person | update | P1 | r1 | d1
        20:40:00 | person | create | P2 | | {device}""",
    )
    assert times["e2"] == "20:40:00"


def test_what_is_paired_happened_when_the_proxy_says():
    times = event_times(
        lines=PAIRED,
        told="""at | kind | action | entity | request | device
        19:10:00 | person | update | P1 | r1 | d1
        19:49:30 | person | update | P1 | r2 | d1""",
    )
    assert (times["e1"], times["e2"]) == ("19:00:00", "19:30:00")


def test_an_event_that_comes_hours_late_with_the_right_time_is_where_it_belongs():
    """It stands last in its file, and finds its line all the same."""
    found = reconciled(
        lines="at | kind | action\n 18:10 | person | create\n 20:50 | person | create",
        told="""at | kind | action | entity
        20:50:01 | person | create | P2
        18:10:01 | person | create | P1""",
    ).evidence
    assert found.select("entity_id", "at", "paired_by").rows() == [
        ("P1", at("18:10"), "time"),
        ("P2", at("20:50"), "time"),
    ]


def test_by_a_corrected_clock_events_find_their_lines_within_the_skew():
    """The clock is an hour fast: uncorrected, the events would be taken for left over."""
    found = reconciled(
        lines="""at | kind | action | entity | request
        18:20 | person | update | P9 | r1
        18:30 | person | create | |
        18:31 | person | create | | """,
        told="""at | kind | action | entity | request | device
        19:20 | person | update | P9 | r1 | d1
        19:30:20 | person | create | P1 | | d1
        19:31:10 | person | create | P2 | | d1""",
    ).evidence
    assert found.select("entity_id", "at", "paired_by", "clock_offset_s").rows() == [
        ("P9", at("18:20"), "request_id", -timedelta(hours=1).total_seconds()),
        ("P1", at("18:30"), "time", -3600.0),
        ("P2", at("18:31"), "time", -3600.0),
    ]
