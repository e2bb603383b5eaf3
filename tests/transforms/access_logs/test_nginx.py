"""nginx's log_format to a parser, and what it counts; its golden cases are in test_golden."""

import polars as pl
import pytest

from tests.transforms.access_logs.golden import golden
from tests.transforms.access_logs.lines import lines
from transforms.access_logs.nginx import compile_nginx
from transforms.access_logs.parsed import MALFORMED, PARSED_REQUESTS, SECONDS
from transforms.access_logs.text_lines import TextFormat
from transforms.errors import ConfigurationError

GOLDEN = golden("nginx")
LINE = '203.0.113.9 - - [18/May/2021:20:14:05 +0200] "POST /a HTTP/1.1" 201 87 "-" "FE2" 8d5e'


def compiled(name: str) -> TextFormat:
    return compile_nginx(GOLDEN["formats"][name] or None)


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
