"""JSON lines to requests."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from tests.transforms.access_logs.lines import lines
from transforms.access_logs.json_lines import compile_json_lines
from transforms.errors import ConfigurationError

EDGE = {
    "at": "time",
    "client_ip": "remote_ip",
    "method": "req.method",
    "path": "req.uri",
    "user_agent": "req.ua",
    "request_id": "rid",
}
ENTRY = {
    "time": "2021-05-18T20:14:05.120+02:00",
    "remote_ip": "203.0.113.9",
    "req": {"method": "POST", "uri": "/J%C3%B6rg?a=b", "ua": "FE2/2.22.158"},
    "status": 201,
    "rid": "8d5e",
}


def request(entry: dict[str, Any], fields: dict[str, str] = EDGE) -> dict[str, Any]:
    parsed = compile_json_lines(fields, None).parse(lines(orjson.dumps(entry).decode()))
    return parsed.requests.row(0, named=True)


def reason(text: str, timezone: str | None = None) -> str:
    parsed = compile_json_lines(EDGE, timezone).parse(lines(text))
    assert parsed.requests.is_empty()
    assert parsed.seconds.is_empty()
    return parsed.malformed["reason"].item()


def changed(**members: Any) -> dict[str, Any]:
    return ENTRY | members


def without(name: str) -> str:
    return orjson.dumps({key: value for key, value in ENTRY.items() if key != name}).decode()


def test_dots_go_into_objects():
    found = request(ENTRY)
    assert found["at"] == datetime(2021, 5, 18, 18, 14, 5, 120_000, tzinfo=UTC)
    shown = ("client_ip", "method", "path", "query", "status", "user_agent", "request_id")
    assert [found[name] for name in shown] == [
        *("203.0.113.9", "POST", "/Jörg", "a=b", 201, "FE2/2.22.158", "8d5e")
    ]


def test_a_key_with_dots_wins():
    assert request(changed(**{"req.method": "PUT"}))["method"] == "PUT"


def test_a_column_that_fields_does_not_name_is_looked_for_under_its_own_name():
    found = request(changed(bytes=87, location="/a/P-1", upstream="10.0.0.1:80, 10.0.0.2:80"))
    assert (found["bytes"], found["location"]) == (87, "/a/P-1")
    assert found["upstream"] == "10.0.0.2:80"


@pytest.mark.parametrize("none", ["-", "", None])
def test_a_dash_nothing_and_null_are_no_value(none):
    req = {"method": none, "uri": none, "ua": none}
    found = request(changed(req=req, rid=none, remote_ip=none))
    assert {found[name] for name in EDGE if name != "at"} == {None}


def test_a_whole_request_line():
    fields = {"at": "time", "request": "line"}
    line = "PUT http://old.example/a%20b?c HTTP/1.1"
    found = request({"time": ENTRY["time"], "line": line, "status": "204"}, fields)
    assert (found["method"], found["path"], found["query"]) == ("PUT", "/a b", "c")
    assert found["status"] == 204


def test_values_of_other_types():
    found = request(changed(rid=77, bytes="87", req={**ENTRY["req"], "ua": ["FE2", "x"]}))
    assert (found["request_id"], found["bytes"], found["user_agent"]) == ("77", 87, "FE2")
    found = request(changed(rid={}, bytes=-1, req={**ENTRY["req"], "ua": []}))
    assert (found["request_id"], found["bytes"], found["user_agent"]) == (None, None, None)
    assert request(changed(bytes=True))["bytes"] is None
    assert request(changed(bytes=2**63))["bytes"] is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty_line"),
        (" \t", "empty_line"),
        ("{", "not_json"),
        ("[" * 5_000, "not_json"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "not_json"),
        ('{"time":NaN}', "not_json"),
        ('{"time":"\x00"}', "not_json"),
        (r'{"time":"\ud800"}', "not_json"),
        ("null", "not_an_object"),
        ('"POST /a"', "not_an_object"),
        ("1e400", "not_json"),
        ("[1]", "not_an_object"),
        (without("time"), "missing_field"),
        (without("status"), "missing_field"),
        (without("req"), "missing_field"),
        (orjson.dumps(changed(req="POST /a")).decode(), "missing_field"),
        (orjson.dumps(changed(time="soon")).decode(), "bad_time"),
        (orjson.dumps(changed(time=None)).decode(), "bad_time"),
        (orjson.dumps(changed(time="2021-05-18T20:14:05")).decode(), "time_without_offset"),
        (orjson.dumps(changed(time="9" * 9_999)).decode(), "bad_time"),
        (orjson.dumps(changed(time=[ENTRY["time"]])).decode(), "bad_time"),
        (orjson.dumps(ENTRY).decode()[:-1] + ',"time":1e300}', "bad_time"),
        (orjson.dumps(changed(status=None)).decode(), "bad_status"),
        (orjson.dumps(changed(status=200.0)).decode(), "bad_status"),
        (orjson.dumps(changed(status="9" * 9_999)).decode(), "bad_status"),
        (without("status")[:-1] + ',"status":' + "[" * 1_000 + "]" * 1_000 + "}", "bad_status"),
        (orjson.dumps(changed(status=True)).decode(), "bad_status"),
        (orjson.dumps(changed(status="-")).decode(), "bad_status"),
        (orjson.dumps(changed(status=1_000)).decode(), "bad_status"),
    ],
)
def test_what_is_no_request(text, why):
    assert reason(text) == why


def test_what_is_nested_is_no_size_however_deep():
    text = orjson.dumps(ENTRY).decode()[:-1] + ',"bytes":' + "[" * 1_000 + "]" * 1_000 + "}"
    assert compile_json_lines(EDGE, None).parse(lines(text)).requests["bytes"].to_list() == [None]


def test_a_nul_in_a_text_is_kept():
    text = orjson.dumps(changed(rid="a\0b")).decode()
    parsed = compile_json_lines(EDGE, None).parse(lines(text))
    assert parsed.requests["request_id"].to_list() == ["a\0b"]


def test_of_a_key_given_twice_the_last_counts():
    text = orjson.dumps(ENTRY).decode()[:-1] + ',"status":404}'
    parsed = compile_json_lines(EDGE, None).parse(lines(text))
    assert parsed.requests["status"].to_list() == [404]


def test_local_times_need_the_entrys_zone():
    text = orjson.dumps(changed(time="2021-05-18T20:14:05.120")).decode()
    parsed = compile_json_lines(EDGE, "Europe/Berlin").parse(lines(text))
    assert parsed.requests["at"].item() == datetime(2021, 5, 18, 18, 14, 5, 120_000, tzinfo=UTC)


def test_every_line_is_counted_once_and_keeps_its_number():
    text = orjson.dumps(ENTRY).decode()
    parsed = compile_json_lines(EDGE, None).parse(lines("{", text, text))
    assert parsed.malformed.rows() == [(1, "not_json", "{")]
    assert parsed.requests["line"].to_list() == [2, 3]
    assert parsed.seconds["second_at"].to_list() == [datetime(2021, 5, 18, 18, 14, 5, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x", "it is not a JSON object"),
        (without("rid").replace('"time"', '"when"'), "it lacks 'time' (at); its keys are when,"),
        (orjson.dumps(changed(time="soon")).decode(), "at 'time' is no time"),
        (orjson.dumps(changed(time="2021-05-18T20:14:05")).decode(), "needs a timezone"),
        (orjson.dumps(changed(status=None)).decode(), "at 'status' is no HTTP status"),
    ],
)
def test_a_mismatch_is_explained(text, says):
    assert says in compile_json_lines(EDGE, None).explain_mismatch(text)


def test_an_unknown_column_is_refused():
    with pytest.raises(ConfigurationError, match="fields names agent"):
        compile_json_lines({"agent": "ua"}, None)
