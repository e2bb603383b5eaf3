"""Quick patterns of a format, which have to find what the exact one finds."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.access_logs.golden import golden
from transforms.access_logs.apache import compile_apache
from transforms.access_logs.nginx import compile_nginx
from transforms.access_logs.pieces import line_pattern, plain_pattern

GOLDEN = {program: golden(program) for program in ("nginx", "apache")}
FORMATS = [
    *(("nginx", name) for name in ("combined", "spec", "unescaped", "pasted")),
    *(("apache", name) for name in ("combined", "spec", "pasted", "conditional", "micro")),
]
BITS = st.sampled_from(
    [" ", '"', "\\", '\\"', " - ", "-", "[", "]", '" "', "ü", "\x00", "a b", "\\x22", "'", " 200 "]
)


def pieces_of(program: str, name: str):
    text = GOLDEN[program]["formats"][name] or None
    return (compile_apache(text, None) if program == "apache" else compile_nginx(text)).pieces


def cases_of(program: str, name: str):
    return [case for case in GOLDEN[program]["case"] if case["format"] == name]


@pytest.mark.parametrize(("program", "name"), FORMATS)
@given(data=st.data())
def test_what_is_captured_in_plain_lines_is_what_the_exact_pattern_captures(data, program, name):
    pieces = pieces_of(program, name)
    lines = [case["line"] for case in cases_of(program, name)]
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


@pytest.mark.parametrize("program", GOLDEN)
@pytest.mark.parametrize("name", ["combined", "spec"])
def test_ordinary_lines_are_plain(program, name):
    pieces = pieces_of(program, name)
    line = next(case["line"] for case in cases_of(program, name) if "expected" in case)
    plain = plain_pattern(pieces, ["request"])
    assert pl.Series([line]).str.contains(plain + "$").item()


@pytest.mark.parametrize("user", ["eva", "eva braun", "eva [x]"])
def test_a_value_that_holds_what_ends_it_is_left_to_the_exact_pattern(user):
    pieces = pieces_of("nginx", "combined")
    plain = plain_pattern(pieces, ["remote_user"])
    assert plain is not None
    line = f'10.0.0.1 - {user} [18/May/2021:18:14:05 +0000] "GET / HTTP/1.1" 200 0 "-" "-"'
    assert pl.Series([line]).str.contains(line_pattern(pieces) + "$").item()
    assert pl.Series([line]).str.contains(plain + "$").item() == (" " not in user)


def test_where_two_values_touch_no_line_is_plain():
    touching = compile_nginx('$time_iso8601 "$request" $status $remote_user$http_referer')
    assert plain_pattern(touching.pieces, ["request"]) is None
