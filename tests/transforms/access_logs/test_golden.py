"""Lines of the formats of pieces to requests: golden cases, and what holds for any line."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.access_logs.golden import check, golden, named
from tests.transforms.access_logs.lines import lines
from transforms.access_logs.alb import compile_alb
from transforms.access_logs.apache import compile_apache
from transforms.access_logs.haproxy import compile_haproxy
from transforms.access_logs.nginx import compile_nginx
from transforms.access_logs.text_lines import TextFormat

# How the `[formats]` of each file are compiled: their text, and the zone if they have one.
COMPILERS: dict[str, Callable[[str | None, str | None], TextFormat]] = {
    "nginx": lambda text, zone: compile_nginx(text),
    "apache": compile_apache,
    "alb": lambda text, zone: compile_alb(),
    "haproxy": lambda text, zone: compile_haproxy(zone),
}
GOLDEN = {name: golden(name) for name in COMPILERS}


@cache
def compiled(program: str, name: str) -> TextFormat:
    """A format of a file, written as its text, or as a table of its text and its zone."""
    written = GOLDEN[program]["formats"][name]
    told = written if isinstance(written, dict) else {"text": written}
    return COMPILERS[program](told.get("text") or None, told.get("timezone"))


@pytest.mark.parametrize(
    ("program", "case"),
    [each for name in GOLDEN for each in named(GOLDEN[name]["case"], name, of=name)],
)
def test_golden(program, case):
    check(case, compiled(program, case["format"]).parse(lines(case["line"])))


FORMATS = [
    pytest.param(program, name, id=f"{program}-{name}")
    for program in GOLDEN
    for name in GOLDEN[program]["formats"]
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


@cache
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
@settings(settings.get_profile("blocks"))
@given(data=st.data())
def test_any_line_is_read_or_malformed_the_quick_way_and_the_exact(data, program, name):
    texts = data.draw(st.lists(nearly_lines(program, name), min_size=1, max_size=15))
    quick = compiled(program, name)
    exact = replace(quick, by_position=None)
    found, wanted = quick.parse(lines(*texts)), exact.parse(lines(*texts))
    assert found.requests.equals(wanted.requests)
    assert found.malformed.equals(wanted.malformed)
    assert sorted(found.seconds["second_at"]) == sorted(wanted.seconds["second_at"])
    counted = found.requests.height + found.malformed.height
    assert counted == len(texts) or (counted < len(texts) and quick.no_request)
    for text in found.malformed["text"].head(1):
        assert quick.explain_mismatch(text)
