import itertools
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tables import FE2
from transforms.client_events import (
    Event,
    Rejected,
    UnknownType,
    distinct_events,
    event_types,
    events_frame,
    parquet_rows,
    parse_event,
    read_event,
)
from transforms.schemas import EVENTS

TYPES = event_types(FE2)
CASES = tomllib.loads(
    (Path(__file__).parent.parent / "cases" / "client_events.toml").read_text("utf-8")
)["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["rule"])
def test_what_becomes_of_a_line(case):
    parsed = parse_event(case["line"].encode(), TYPES)
    if case["becomes"] == "event":
        assert isinstance(parsed, Event)
        known = {one["name"]: one["value"] for one in orjson.loads(parsed.fields)}
        if "fields" in case:
            assert known == case["fields"] | dict.fromkeys(case.get("emptied", ()))
        if "at" in case:
            assert (
                datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=parsed.at) == case["at"]
            )
        looks = {name: case.get(name) for name in ("customer_id", "device_id", "request_id")}
        looks |= {name: case[name] for name in ("kind", "action", "entity_id") if name in case}
        assert {name: getattr(parsed, name) for name in looks} == looks
    elif case["becomes"] == "unknown type":
        assert parsed == UnknownType("alarm.sent")
    else:
        assert parsed == Rejected(case["becomes"])


@given(st.binary())
def test_no_line_whatever_is_in_it_ends_the_run(line):
    assert isinstance(parse_event(line, TYPES), Event | UnknownType | Rejected)


TEXT = st.text(alphabet='aä"\\\x00\n😀&{', max_size=5)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(FE2.kinds["person"].fields), JSON))
def test_every_field_comes_out_of_the_frame_as_it_went_in(data):
    event = read_event(attributes() | {"data": data}, TYPES)
    frame = events_frame([event], [7], source="fe2", file="a.jsonl", is_trusted=True)
    assert frame.schema == EVENTS
    found = {one["name"]: one["value"] for one in frame["fields"][0]}
    assert found.keys() == data.keys()
    for name, value in data.items():
        if value is None or isinstance(value, str):
            assert found[name] == value
        else:
            assert orjson.loads(found[name]) == value


def test_data_that_is_nested_without_end_is_no_event():
    nested = "[" * 500 + "]" * 500
    line = orjson.dumps(attributes()).decode()[:-1] + f',"data":{{"email":{nested}}}}}'
    assert parse_event(line.encode(), TYPES) == Rejected("data_unreadable")


def test_a_source_that_is_not_trusted_names_no_customer():
    event = read_event(attributes(), TYPES)
    for is_trusted, customer in ((True, "4711"), (False, None)):
        frame = events_frame([event], [1], source="s", file="f", is_trusted=is_trusted)
        assert frame["customer_id"].to_list() == [customer]


def test_no_events_make_an_empty_frame():
    assert events_frame([], [], source="s", file="f", is_trusted=True).schema == EVENTS


class TestTheSameEventTwice:
    def test_source_and_id_together_make_an_event_one(self):
        events = [copy(id="1"), copy(id="2"), copy(id="1", source="/y"), copy(id="1")]
        distinct = kept(events)
        assert sorted(zip(distinct["event_source"], distinct["event_id"], strict=True)) == [
            ("/x", "1"),
            ("/x", "2"),
            ("/y", "1"),
        ]
        assert distinct_events(frame_of(events).lazy(), ["fe2"]).duplicates == 1

    def test_a_trusted_copy_is_kept_before_others(self):
        copies = [copy(customerid="1", collector="app"), copy(customerid="2", collector="fe2")]
        for order in itertools.permutations(copies):
            assert kept(order)["customer_id"].to_list() == ["2"]

    def test_the_copy_that_says_more_is_kept(self):
        copies = [copy(customerid="", subject="A"), copy(customerid="9", subject="B")]
        for order in itertools.permutations(copies):
            assert kept(order)["entity_id"].to_list() == ["B"]

    def test_which_is_kept_does_not_depend_on_the_order_of_the_files(self):
        copies = [
            copy(data={"email": "b"}, file="1"),
            copy(data={"email": "a"}, file="2"),
            copy(data={"email": "a"}, file="3"),
            copy(subject="Z", file="0"),
        ]
        found = {str(kept(order).to_dicts()) for order in itertools.permutations(copies)}
        assert len(found) == 1


def test_parquet_rows_are_read_by_the_same_rules():
    at = datetime(2021, 5, 18, 18, 14, 5, 120_000, UTC)
    frame = pl.DataFrame(
        {
            "specversion": pl.Series(["1.0"] * 2, dtype=pl.Categorical),
            "id": ["1", None],
            "source": ["/x"] * 2,
            "type": ["person.updated"] * 2,
            "subject": ["P-1"] * 2,
            "time": pl.Series([at] * 2).dt.convert_time_zone("Asia/Tokyo"),
            "customerid": [4711, None],
            "data": [{"first_name": "Ute", "email": None}] * 2,
            "partition": ["x"] * 2,
        }
    )
    first, second = (read_event(row, TYPES) for row in parquet_rows(frame))
    assert isinstance(first, Event)
    assert first.at == (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert first.customer_id == "4711"
    # A struct's null may only mean that the event did not mention the field.
    assert orjson.loads(first.fields) == [
        {"name": "first_name", "value": "Ute", "from_path": False}
    ]
    assert second == Rejected("missing_id")


def test_parquet_rows_of_something_else_are_no_events():
    frame = pl.DataFrame({"ID": ["1", "2"], "When": ["2021-05-18", None]})
    found = [read_event(row, TYPES) for row in parquet_rows(frame)]
    assert found == [Rejected("missing_specversion")] * 2


def test_a_parquet_timestamp_without_zone_has_no_offset():
    at = pl.col("time").str.to_datetime()
    frame = pl.DataFrame([attributes(time="2021-05-18 18:14:05")]).with_columns(at)
    (row,) = parquet_rows(frame)
    assert read_event(row, TYPES) == Rejected("time_without_offset")


def attributes(**changed):
    return {
        "specversion": "1.0",
        "id": "1",
        "source": "/x",
        "type": "person.created",
        "time": "2021-05-18T20:14:05+02:00",
        "subject": "P-1",
        "customerid": "4711",
    } | changed


def copy(*, collector="fe2", file="f", **changed):
    return events_frame(
        [read_event(attributes(**changed), TYPES)],
        [1],
        source=collector,
        file=file,
        is_trusted=True,
    )


def frame_of(copies):
    return pl.concat(copies)


def kept(copies):
    return distinct_events(frame_of(copies).lazy(), ["fe2"]).events.collect()
