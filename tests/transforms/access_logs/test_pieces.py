"""Quick patterns of a format, which have to find what the exact one finds."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.access_logs.golden import golden
from transforms.access_logs.log_format import COMBINED
from transforms.access_logs.nginx import compile_nginx
from transforms.access_logs.pieces import line_pattern, plain_pattern

GOLDEN = golden("nginx")
FORMATS = ["combined", "spec", "unescaped", "pasted"]
BITS = st.sampled_from(
    [" ", '"', "\\", '\\"', " - ", "-", "[", "]", '" "', "ü", "\x00", "a b", "\\x22", "'", " 200 "]
)


def pieces_of(name: str):
    return compile_nginx(GOLDEN["formats"][name] or COMBINED).pieces


@pytest.mark.parametrize("name", FORMATS)
@given(data=st.data())
def test_what_is_captured_in_plain_lines_is_what_the_exact_pattern_captures(data, name):
    pieces = pieces_of(name)
    lines = [case["line"] for case in GOLDEN["case"] if case["format"] == name]
    line = data.draw(st.sampled_from(lines))
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(line)))
        line = line[:at] + data.draw(BITS) + line[at + data.draw(st.integers(0, 2)) :]
    names = list(dict.fromkeys(piece.name for piece in pieces if piece.name))
    plain = plain_pattern(pieces, names)
    assert plain is not None
    text = pl.Series([line])
    found = text.str.extract_groups(plain + "$").struct.unnest()
    exactly = text.str.extract_groups(line_pattern(pieces, names) + "$").struct.unnest()
    if not all(value is None for value in found.row(0)):
        assert found.equals(exactly)


@pytest.mark.parametrize("name", ["combined", "spec"])
def test_ordinary_lines_are_plain(name):
    pieces = pieces_of(name)
    cases = (case for case in GOLDEN["case"] if case["format"] == name)
    line = next(case["line"] for case in cases if "expected" in case)
    plain = plain_pattern(pieces, ["request"])
    assert pl.Series([line]).str.contains(plain + "$").item()


def test_where_two_values_touch_no_line_is_plain():
    touching = compile_nginx('$time_iso8601 "$request" $status $remote_user$http_referer')
    assert plain_pattern(touching.pieces, ["request"]) is None
