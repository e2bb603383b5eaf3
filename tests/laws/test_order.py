"""Permuting files, lines and events changes nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields, replace
from random import Random
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.laws.migrations import as_one, each_at_its_own_instant, nights
from tests.oracle.core import core_findings
from tests.oracle.model import Line, World

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

Thing = TypeVar("Thing")


@settings.get_profile("laws")
@given(nights(), st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_read_changes_nothing(night, rng):
    world = as_one(night)
    one, other = core_findings(world), core_findings(shuffled(world, rng))
    for frame in fields(one):
        assert_frame_equal(getattr(one, frame.name), getattr(other, frame.name))


@settings.get_profile("laws")
@given(nights(), st.randoms(use_true_random=False))
def test_where_in_the_files_things_stand_changes_nothing(night, rng):
    """Lines in another order within their file, files and events under other names.

    Exempt are different lines of one instant: which of them came first, only their place tells.
    """
    world = each_at_its_own_instant(as_one(night))
    one, other = core_findings(world), core_findings(dealt_anew(world, rng))
    assert_frame_equal(one.findings, other.findings)
    place = ["file", "line", "event_file", "event_line"]
    assert_frame_equal(one.evidence.drop(place), other.evidence.drop(place), check_row_order=False)


def shuffled(world: World, rng: Random) -> World:
    """Every line and event keeps its place in its file; they come in another order."""
    return replace(
        world,
        lines=_permuted(world.lines, rng),
        events=_permuted(world.events, rng),
        rows=_permuted(world.rows, rng),
    )


def dealt_anew(world: World, rng: Random) -> World:
    """Lines change places within their file; files get other names."""
    files: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in world.lines:
        files[line.source, line.file].append(line)
    names = _permuted(range(len(files)), rng)
    lines = [
        replace(line, file=f"{name}.log", line=number)
        for name, of_file in zip(names, files.values(), strict=True)
        for number, line in enumerate(_permuted(of_file, rng), 1)
    ]
    events = [
        replace(event, file=f"{rng.randrange(3)}.jsonl", line=number)
        for number, event in enumerate(_permuted(world.events, rng), 1)
    ]
    return replace(world, lines=tuple(lines), events=tuple(events))


def _permuted(things: Sequence[Thing], rng: Random) -> tuple[Thing, ...]:
    return tuple(rng.sample(things, k=len(things)))
