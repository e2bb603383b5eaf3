"""Lines of every format to requests: golden cases, and what holds for any line."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.access_logs.lines import lines
from transforms.access_logs.apache import compile_apache
from transforms.access_logs.nginx import compile_nginx
from transforms.access_logs.text_lines import TextFormat

CASES = Path(__file__).parents[2] / "cases"
# How the `[formats]` of each file are compiled: their text, and the zone if they have one.
COMPILERS: dict[str, Callable[[str | None, str | None], TextFormat]] = {
    "nginx": lambda text, zone: compile_nginx(text),
    "apache": compile_apache,
}
GOLDEN = {name: tomllib.loads((CASES / f"{name}.toml").read_text("utf-8")) for name in COMPILERS}


class Case(NamedTuple):
    program: str
    content: dict[str, Any]


def compiled(program: str, name: str) -> TextFormat:
    """A format of a file, written as its text, or as a table of its text and its zone."""
    written = GOLDEN[program]["formats"][name]
    told = written if isinstance(written, dict) else {"text": written}
    return COMPILERS[program](told.get("text") or None, told.get("timezone"))


ALL_CASES = [
    pytest.param(Case(name, case), id=f"{name}: {case['rule']}")
    for name, golden in GOLDEN.items()
    for case in golden["case"]
]


@pytest.mark.parametrize("case", ALL_CASES)
def test_golden(case):
    program, content = case
    parsed = compiled(program, content["format"]).parse(lines(content["line"]))
    if "expected" not in content:
        reasons = [content["malformed"]] if "malformed" in content else []
        assert parsed.malformed["reason"].to_list() == reasons
        assert parsed.requests.is_empty()
        assert parsed.seconds.is_empty()
        return
    assert parsed.malformed.is_empty()
    request = parsed.requests.with_columns(at=pl.col("at").dt.replace_time_zone(None))
    request = request.row(0, named=True)
    wanted = {name: value or None for name, value in content["expected"].items()}
    if "at" in wanted:
        wanted["at"] = str(datetime.fromisoformat(wanted["at"]))
    found = {name: None if request[name] is None else str(request[name]) for name in wanted}
    assert found == wanted


FORMATS = [
    pytest.param(program, name, id=f"{program}-{name}")
    for program, golden in GOLDEN.items()
    for name in golden["formats"]
]
# What a stranger may send, and what some format has a meaning for.
BITS = st.sampled_from(
    [
        *("-", " - ", "[", "]", '"', '" "', "\\", "\\x22", " ", "#22", "{", "}", "|", "?", "ü"),
        *("\x00", "\r", "\t", "203.0.113.9:1 ", "18/May/2021:20:14:05 +0200", " 201 "),
        "POST /a HTTP/1.1",
    ]
)
TEXTS = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))


def nearly_lines(program: str, name: str) -> st.SearchStrategy[str]:
    """Lines of a format with something put in or left out, and any others."""
    good = [case["line"] for case in GOLDEN[program]["case"] if case["format"] == name]
    changed = st.tuples(
        st.sampled_from(good),
        st.lists(BITS, max_size=3).map("".join),
        st.integers(0, 300),
        st.integers(0, 5),
    ).map(lambda each: each[0][: each[2]] + each[1] + each[0][each[2] + each[3] :])
    return st.one_of(TEXTS, st.lists(BITS, max_size=20).map("".join), changed)


@pytest.mark.parametrize(("program", "name"), FORMATS)
@given(data=st.data())
def test_any_line_is_a_request_or_malformed_the_quick_way_and_the_exact(data, program, name):
    texts = data.draw(st.lists(nearly_lines(program, name), min_size=1, max_size=5))
    quick = compiled(program, name)
    exact = replace(quick, by_position=None)
    found, wanted = quick.parse(lines(*texts)), exact.parse(lines(*texts))
    assert found.requests.equals(wanted.requests)
    assert found.malformed.equals(wanted.malformed)
    assert sorted(found.seconds["second_at"]) == sorted(wanted.seconds["second_at"])
    assert found.requests.height + found.malformed.height == len(texts)
    for text in found.malformed["text"].head(1):
        assert quick.explain_mismatch(text)
