"""JSON logs that servers write in a form of their own: Caddy's and Traefik's."""

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.access_logs.golden import check, golden, named
from tests.transforms.access_logs.lines import lines
from transforms.access_logs.caddy import compile_caddy
from transforms.access_logs.parsed import LogFormat
from transforms.access_logs.traefik import compile_traefik

COMPILERS = {"caddy": compile_caddy, "traefik": compile_traefik}
GOLDEN = {program: golden(program) for program in COMPILERS}


def compiled(program: str, name: str) -> LogFormat:
    told = GOLDEN[program]["formats"][name]
    return COMPILERS[program](told.get("fields", {}), told.get("timezone"))


@pytest.mark.parametrize(
    ("program", "case"),
    [each for name in GOLDEN for each in named(GOLDEN[name]["case"], name, of=name)],
)
def test_golden(program, case):
    check(case, compiled(program, case["format"]).parse(lines(case["line"])))


def test_a_line_of_the_common_format_is_a_sign_of_life_when_it_was_logged():
    line = '203.0.113.9 - - [18/May/2021:18:14:05 +0000] "%s /a HTTP/1.1" 200 0 "-" "-" 1 "r" "-" '
    texts = [line % "GET" + "999ms", line % "GET" + "1000ms", line % "POST" + "60000ms"]
    parsed = compiled("traefik", "standard").parse(
        lines(*texts), pl.col("text").str.contains("POST")
    )
    assert parsed.requests.select("line", "at").rows() == [
        (3, datetime(2021, 5, 18, 18, 15, 5, tzinfo=UTC))
    ]
    assert parsed.seconds["second_at"].to_list() == [
        datetime(2021, 5, 18, 18, *at, tzinfo=UTC) for at in [(14, 5), (14, 6), (15, 5)]
    ]


def test_both_formats_of_traefik_in_one_file_keep_their_order():
    good = '{"DownstreamStatus":200,"RequestMethod":"GET","RequestPath":"/","StartUTC":1621361645}'
    common = next(case["line"] for case in GOLDEN["traefik"]["case"] if "all of it" in case["rule"])
    log = compiled("traefik", "standard")
    parsed = log.parse(lines(common, "{", good, "x", "", common, f" {good}"))
    assert parsed.requests["line"].to_list() == [1, 3, 6, 7]
    assert parsed.malformed.select("line", "reason").rows() == [
        (2, "not_json"),
        (4, "does_not_match_format"),
        (5, "empty_line"),
    ]
    assert log.explain_mismatch("{") == "it is not a JSON object"
    assert "then ' - ' is missing" in log.explain_mismatch("x")
    assert "'time' or 'StartUTC' or 'StartLocal' (at)" in log.explain_mismatch("{}")


def test_what_another_logger_says_of_a_request_is_no_sign_of_life():
    """However like a request it looks, and however many requests there are."""
    good = GOLDEN["caddy"]["case"][0]["line"]
    members = orjson.loads(good)
    later = written(members | {"ts": members["ts"] + 3_600})
    other = later.replace('"http.log.access', '"http.log.error')
    assert other != later
    log = compiled("caddy", "standard")
    seconds = [
        log.parse(lines(*[good] * 60, text), pl.lit(value=False)).seconds.height
        for text in (good, other, later)
    ]
    assert seconds == [1, 1, 2]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
SIGNS = ["{", "[", "}", '"', "\\", "\x00", ",", ":", "-0", "ü", "[" * 2_000]
BITS = st.sampled_from([*SIGNS, "null", "1e999", "NaN", "REDACTED"])


@st.composite
def nearly_lines(draw, program: str):
    """Golden lines with something put in or left out; and any other."""
    line = draw(st.sampled_from([case["line"] for case in GOLDEN[program]["case"]]))
    begin = draw(st.integers(0, len(line)))
    length = draw(st.integers(0, 9))
    put = draw(BITS | JSON.map(str) | st.text(st.characters(exclude_categories=["Cs"]), max_size=5))
    return (line[:begin] + put + line[begin + length :]).replace("\n", "")


def places(members: dict[str, Any], *before: str) -> list[tuple[str, ...]]:
    """Where in an object anything stands, its objects included."""
    found = [(*before, name) for name in members]
    inner = [(name, value) for name, value in members.items() if isinstance(value, dict)]
    return found + [place for name, value in inner for place in places(value, *before, name)]


def written(members: dict[str, Any]) -> str:
    """The object as a line; json writes what orjson finds too deep or too large."""
    try:
        return orjson.dumps(members).decode()
    except orjson.JSONEncodeError:
        return json.dumps(members)


NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
DEEP = st.integers(1, 1_000).map(lambda depth: orjson.loads("[" * depth + "]" * depth))


@pytest.mark.parametrize("program", GOLDEN)
@given(data=st.data())
def test_whatever_stands_at_a_place_a_line_is_a_request_or_malformed_or_of_another(data, program):
    members = orjson.loads(GOLDEN[program]["case"][0]["line"])
    for _ in range(data.draw(st.integers(1, 3))):
        *into, name = data.draw(st.sampled_from(places(members)))
        inside = members
        for key in into:
            inside = inside[key]
        inside[name] = data.draw(JSON | NUMBERS | DEEP | st.sampled_from(["9" * 9_999, "\0"]))
    text = written(members)
    found = compiled(program, "standard").parse(lines(text))
    assert found.requests.height + found.malformed.height <= 1


@pytest.mark.parametrize("program", GOLDEN)
@given(data=st.data())
def test_whatever_a_line_holds_it_is_a_request_or_malformed_or_of_another_logger(data, program):
    texts = data.draw(st.lists(nearly_lines(program), min_size=1, max_size=5))
    found = compiled(program, "standard").parse(lines(*texts))
    numbers = [*found.requests["line"], *found.malformed["line"]]
    assert len(numbers) == len(set(numbers)) <= len(texts)
    for text in found.malformed["text"]:
        assert compiled(program, "standard").explain_mismatch(text)


@pytest.mark.parametrize("program", GOLDEN)
@given(data=st.data())
def test_lines_that_pass_by_count_as_those_that_are_decoded(data, program):
    log = compiled(program, "standard")
    good = GOLDEN[program]["case"][0]["line"]
    texts = [*[good] * 60, *data.draw(st.lists(nearly_lines(program), max_size=5))]
    passing, decoded = log.parse(lines(*texts), pl.lit(value=False)), log.parse(lines(*texts))
    assert passing.malformed.equals(decoded.malformed)
    assert passing.seconds.equals(decoded.seconds)
