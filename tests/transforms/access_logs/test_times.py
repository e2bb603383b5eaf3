"""Times of JSON logs."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.access_logs.times import TimeError, microseconds

MOMENT = datetime(2021, 5, 18, 18, 14, 5, 120_000, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def utc(value: object, zone: ZoneInfo | None = None) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds(value, zone))


@pytest.mark.parametrize(
    "value",
    [
        "2021-05-18T18:14:05.120Z",
        "2021-05-18t18:14:05.12z",
        "2021-05-18 20:14:05.120+02:00",
        "2021-05-18T20:14:05.120+0200",
        "2021-05-18T18:14:05.1200009Z",
        1621361645.12,
        1621361645120,
        "1621361645.120",
        "1621361645120",
        1621361645120.0,
        1621361645120000,
        "1621361645120000",
        1621361645120000000,
        1621361645120000999,
        "1621361645120000999",
        "2021-05-18T20:14:05,120+02:00",
    ],
)
def test_all_spellings_are_one_moment(value):
    assert utc(value) == MOMENT


def test_nanoseconds_lose_nothing_to_a_double():
    assert microseconds(1621361645123456999, None) == 1621361645123456
    assert microseconds("1621361645123456999", None) == 1621361645123456


@pytest.mark.parametrize(
    "number", [10**11, 10**14, 10**17, 10**11 - 1, 10**14 - 1, 10**17 - 1, 10**20 - 1]
)
def test_a_number_is_seconds_milli_micro_or_nanoseconds_between_1973_and_5138(number):
    assert 1973 <= utc(number).year <= 5138


def test_dates_with_slashes_as_go_prints_them():
    assert utc("2021/05/18 18:14:05.120", ZoneInfo("UTC")) == MOMENT
    assert utc("2021/05/18 18:14:05.120000000", ZoneInfo("UTC")) == MOMENT
    assert utc("2021/05/18 20:14:05", BERLIN) == MOMENT.replace(microsecond=0)
    with pytest.raises(TimeError, match="time_without_offset"):
        microseconds("2021/05/18 18:14:05", None)


def test_nginx_time_local_stands_in_json_logs_as_well():
    assert utc("18/May/2021:20:14:05 +0200") == MOMENT.replace(microsecond=0)


def test_a_local_time_is_in_the_sources_zone():
    assert utc("2021-05-18T20:14:05.120", BERLIN) == MOMENT


def test_a_local_time_without_a_zone_is_refused():
    with pytest.raises(TimeError, match="time_without_offset"):
        microseconds("2021-05-18T20:14:05", None)


def test_a_leap_second_is_the_second_after():
    assert utc("2016-12-31T23:59:60Z") == datetime(2017, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, [], {}, "", "-", "yesterday", "2021-05-18", "2021-02-30T00:00:00Z"),
        *("2021-05-18T24:00:01Z", "20:14:05", -1, 1e20, float("inf"), float("nan"), "1e9"),
        *("9" * 30, "9" * 9_999, "9" * 400 + ".5", 10**20, "2021/02/30 00:00:00Z", "2021/05/18"),
        "0001-01-01T00:00:00+23:59junk",
        *("18/Mai/2021:20:14:05 +0200", "31/Feb/2021:20:14:05 +0200", "18/May/2021:20:14:05"),
    ],
)
def test_what_is_no_time(value):
    with pytest.raises(TimeError, match="bad_time"):
        microseconds(value, None)


@given(st.datetimes(timezones=st.timezones()))
def test_every_moment_comes_back(moment):
    written = moment.astimezone(UTC) if moment.year > 1 and moment.year < 9999 else MOMENT
    assert utc(written.isoformat()) == written
