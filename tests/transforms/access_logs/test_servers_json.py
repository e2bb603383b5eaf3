"""JSON logs that servers write in a form of their own: Caddy's and Traefik's."""

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
