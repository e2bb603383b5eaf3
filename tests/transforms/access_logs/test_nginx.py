"""nginx lines to requests: golden cases, and what holds for any line."""

import tomllib
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.access_logs.lines import lines
from transforms.access_logs.nginx import compile_nginx
from transforms.access_logs.parsed import MALFORMED, PARSED_REQUESTS, SECONDS
from transforms.access_logs.text_lines import TextFormat
from transforms.errors import ConfigurationError

GOLDEN = tomllib.loads((Path(__file__).parents[2] / "cases" / "nginx.toml").read_text("utf-8"))
LINE = '203.0.113.9 - - [18/May/2021:20:14:05 +0200] "POST /a HTTP/1.1" 201 87 "-" "FE2" 8d5e'


def compiled(name: str) -> TextFormat:
    return compile_nginx(GOLDEN["formats"][name] or None)


@pytest.mark.parametrize("case", GOLDEN["case"], ids=lambda case: case["rule"])
def test_golden(case):
    parsed = compiled(case["format"]).parse(lines(case["line"]))
    if "malformed" in case:
        assert parsed.malformed["reason"].to_list() == [case["malformed"]]
        assert parsed.requests.is_empty()
        assert parsed.seconds.is_empty()
        return
    assert parsed.malformed.is_empty()
    request = parsed.requests.with_columns(at=pl.col("at").dt.replace_time_zone(None))
    request = request.row(0, named=True)
    wanted = {name: value or None for name, value in case["expected"].items()}
    if "at" in wanted:
        wanted["at"] = str(datetime.fromisoformat(wanted["at"]))
    found = {name: None if request[name] is None else str(request[name]) for name in wanted}
    assert found == wanted


def test_every_line_is_counted_once_and_keeps_its_number():
    parsed = compiled("spec").parse(lines("garbage", LINE, "", LINE))
    assert parsed.requests["line"].to_list() == [2, 4]
    assert parsed.malformed.rows() == [
        (1, "does_not_match_format", "garbage"),
        (3, "empty_line", ""),
    ]


def test_seconds_are_those_of_all_well_formed_lines_even_if_not_kept():
    bad = LINE.replace("18/May", "31/Feb")
    later = LINE.replace("20:14:05", "20:14:06")
    parsed = compiled("spec").parse(lines(LINE, LINE, later, bad, "x"), keep=pl.lit(value=False))
    assert parsed.requests.is_empty()
    assert sorted(str(second) for second in parsed.seconds["second_at"]) == [
        "2021-05-18 18:14:05+00:00",
        "2021-05-18 18:14:06+00:00",
    ]


def test_no_lines_give_empty_frames():
    parsed = compiled("spec").parse(lines())
    assert parsed.requests.schema == PARSED_REQUESTS
    assert parsed.malformed.schema == MALFORMED
    assert parsed.seconds.schema == SECONDS


@pytest.mark.parametrize(
    ("log_format", "lacks"),
    [
        ('$remote_addr "$request" $status', r"the time \(\$time_local"),
        ("$time_local $status $request_method", r"the request \(\$request"),
        ('[$time_local] "$request" $http_user_agent', r"the status \(\$status\)"),
        ("just text", r"it has no variable"),
    ],
)
def test_a_format_without_what_every_request_needs_is_refused(log_format, lacks):
    with pytest.raises(ConfigurationError, match=lacks):
        compile_nginx(log_format)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (LINE.replace(" 201 ", " - "), "\"$request\" ', then '$status' is missing"),
        (LINE.replace("[", "("), "as far as '$remote_addr - $remote_user', then ' ['"),
        (LINE + " more", "something comes after it"),
    ],
)
def test_a_mismatch_is_located(line, says):
    assert says in compiled("spec").explain_mismatch(line)


PIECES = st.sampled_from(
    """203.0.113.9| - |-|[|]|"|\\| |18/May/2021:20:14:05 +0200|ü|\x00|POST /a HTTP/1.1| 201 |
    " 201 87 "|\\x22|] "|" "|FE2|8d5e|\r""".replace("\n    ", "").split("|")
)
NEARLY_LINES = st.one_of(
    st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])),
    st.lists(PIECES, max_size=20).map("".join),
    st.tuples(st.lists(PIECES, max_size=3).map("".join), st.integers(0, len(LINE))).map(
        lambda put: LINE[: put[1]] + put[0] + LINE[put[1] :]
    ),
)


@pytest.mark.parametrize("name", ["combined", "spec", "forwarded", "pasted"])
@given(st.lists(NEARLY_LINES, min_size=1, max_size=5))
def test_the_way_by_position_finds_what_the_full_pattern_finds(name, texts):
    quick = compiled(name)
    exact = replace(quick, by_position=None)
    found, wanted = quick.parse(lines(*texts)), exact.parse(lines(*texts))
    assert found.requests.equals(wanted.requests)
    assert found.malformed.equals(wanted.malformed)
    assert sorted(found.seconds["second_at"]) == sorted(wanted.seconds["second_at"])
    assert found.requests.height + found.malformed.height == len(texts)
