"""Lines taken for well-formed because they look like others: none that decoding would refuse."""

import json
from itertools import count

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.transforms.access_logs.lines import lines
from transforms.access_logs.json_lines import JsonLinesFormat, compile_json_lines
from transforms.access_logs.json_shapes import shape_of

PLACES = {"at": "time", "method": "req.method", "path": "req.uri"}
SPEC = compile_json_lines(PLACES, "Europe/Berlin")
WHOLE = compile_json_lines({"at": "ts"}, "Europe/Berlin")
LINE = (
    '{"time":"2021-05-18T18:14:05.120+02:00","ip":"203.0.113.9","up":[0.1,null],'
    '"req":{"method":"GET","uri":"/a?b=ä"},"status":200,"size":12}'
)
# What decides about time, status and being JSON at all.
SIGNS = '"\\{}[],: 09-.e\x00\tä\ud7ff'
WORDS = ["null", "true", "1e400", "NaN", "1" * 30, '"status":', '"time":"', '"req":{']
PARTS = st.sampled_from([*SIGNS, *WORDS])


def passing(log: JsonLinesFormat, *texts: str):
    """All that becomes of lines of which none may be a write."""
    parsed = log.parse(lines(*texts), keep=pl.lit(value=False))
    assert parsed.requests.is_empty()
    return parsed


def same_as_decoded(log: JsonLinesFormat, *texts: str):
    found, wanted = passing(log, *texts), log.parse(lines(*texts))
    assert found.malformed.equals(wanted.malformed)
    assert found.seconds.equals(wanted.seconds)
    return found


@st.composite
def damaged(draw, line: str):
    """The line with some of it replaced or left out, once or twice."""
    for _ in range(draw(st.integers(1, 2))):
        begin = draw(st.integers(0, len(line)))
        end = min(len(line), begin + draw(st.integers(0, 6)))
        line = line[:begin] + draw(st.just("") | PARTS) + line[end:]
    return line


@given(st.lists(damaged(LINE), max_size=8))
@example([LINE.replace("05.120", "61.120")])
@example([LINE.replace("2021-05-18", "2021-02-31")])
@example([LINE.replace('"status":200', '"status":2000')])
@example([LINE.replace('"status":200', '"status":0200')])
@example([LINE.replace('"size":12', '"status":"x"')])
@example([LINE.replace('"size":12', '"size":012')])
@example([LINE.replace('"ip":"203.0.113.9"', '"ip":"","time":"x"')])
@example([LINE.replace("203.0.113.9", sign) for sign in "\x00\t\x1f"])
@example([LINE[:-1], LINE + "}", LINE + LINE])
def test_damaged_lines_among_good_ones_are_found_as_by_decoding(texts):
    same_as_decoded(SPEC, *[LINE] * 60, *texts, LINE.replace("14:05", "14:06"))


@pytest.mark.parametrize(
    "time",
    [
        '"2021-05-18T18:14:05Z"', '"2021-05-18 18:14:05,123456789+0200"', '"2021-05-18T18:14:60Z"',
        '"18/May/2021:20:14:05 +0200"', '"2021-05-18T20:14:05"', "1621361645", "1621361645.999999",
        "1621361645.9999999", "1621361645999", '"1621361645.5"', "1.621361645e9", "16213616459999",
        "1621361645.1234567", "1621361645.9989999999", "1621361645.99999999", "1621361645999.9999",
        "1621361645999999", "1621361645999999999", '"1621361645999999999"', "16213616459999999999",
        '"2021/05/18 20:14:05"', '"2021/05/18 20:14:05.999999999"',
    ],
)  # fmt: skip
def test_every_spelling_of_a_time_gives_the_second_that_decoding_gives(time):
    line = f'{{"level":"info","ts":{time},"method":"GET","path":"/a","status":200}}'
    found = same_as_decoded(WHOLE, *[line] * 60)
    assert found.malformed.height in {0, 60}


@given(st.text(max_size=8), st.sampled_from(["time", "a", "ts"]))
def test_what_values_hold_in_front_of_the_time_does_no_harm(value, key):
    before = json.dumps({key + "0": value, "x": [value, {"ts": 1}]}, ensure_ascii=False)[:-1]
    rows = [
        f'{before},"ts":"2021-05-18T18:14:{second:02}Z","method":"GET","path":"/","status":200}}'
        for second in range(60)
    ]
    assert same_as_decoded(WHOLE, *rows).seconds.height == 60


def test_a_request_line_that_is_no_string_makes_a_line_malformed():
    line = '{"ts":1621361645,"request":"GET / HTTP/1.1","status":200}'
    found = same_as_decoded(WHOLE, *[line] * 60, line.replace('"GET / HTTP/1.1"', "null"))
    assert found.malformed["reason"].to_list() == ["missing_field"]


def test_what_follows_a_long_number_is_not_taken_for_its_end():
    line = '{"id":12345678901234567890,"ts":1621361645,"method":"","path":"","status":200}'
    same_as_decoded(WHOLE, *[line] * 60, line.replace("67890", '"x"'), line.replace("67890", ""))


def test_what_decides_has_to_be_the_same_in_all_lines():
    line = '{"ts":1621361645,"logger":"a","status":200}'
    deciding = [("logger",)]
    shape = shape_of(line, time=("ts",), status=("status",), as_they_are=deciding)
    assert shape is not None
    fits = pl.Series([line, line.replace('"a"', '"b"')]).str.contains(shape.pattern)
    assert fits.to_list() == [True, False]


def test_a_key_given_twice_gives_no_shape():
    twice = '{"ts":1621361645,"a":{"b":1},"a":2,"status":200}'
    assert shape_of(twice, time=("ts",), status=("status",)) is None
    once = twice.replace('"a":2', '"c":2')
    assert shape_of(once, time=("ts",), status=("status",)) is not None


def test_most_lines_of_a_log_are_not_decoded(monkeypatch):
    decoded = count()
    exactly = JsonLinesFormat._entry_or_reason

    def counted(self, text):
        next(decoded)
        return exactly(self, text)

    monkeypatch.setattr(JsonLinesFormat, "_entry_or_reason", counted)
    other = LINE.replace(',"size":12', "")
    passing(SPEC, *[LINE, other] * 1_000)
    assert next(decoded) < 10
