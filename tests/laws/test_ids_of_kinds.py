"""Each kind has ids of its own: that every table counts from 1 changes nothing."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from tests.laws.migrations import Night, as_one, nights
from tests.oracle.core import core_findings
from tests.oracle.model import Fields, Value, World

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

# The letter that tells the kind, after the mark of the world: `0:P1`.
LETTER = r"^(\d+:)[A-Z]"


@settings.get_profile("laws")
@given(nights())
def test_person_1_and_provisioning_1_are_strangers(night):
    """In the worlds each kind has ids of its own letter; without it they are the same numbers.

    But for finding_id, which is made of the id, and what is told of the fields, where ids stand.
    """
    numbered = Night(tuple(map(without_letters, night.worlds)))
    one, other = core_findings(as_one(night)), core_findings(as_one(numbered))
    for frame in ("findings", "evidence", "unattributed"):
        expected = getattr(one, frame).with_columns(
            pl.col("^(entity_id|matched_id)$").str.replace(LETTER, "${1}")
        )
        unequal = ["finding_id", "fields", "current"]
        assert_frame_equal(
            getattr(other, frame).drop(unequal, strict=False),
            expected.drop(unequal, strict=False),
            check_row_order=False,
        )


def without_letters(world: World) -> World:
    """An availability still has its person's id, and references still name what they named."""

    def number(id_: str | None) -> str | None:
        return id_[1:] if id_ else id_

    def numbers(kind: str, known: Fields) -> Fields:
        ids = world.catalogue.kinds[kind].refers_to
        return {
            name: Value(number(given.value), given.from_path) if name in ids else given
            for name, given in known.items()
        }

    seen = [
        tuple(
            replace(it, entity_id=number(it.entity_id), fields=numbers(it.kind, it.fields))
            for it in some
        )
        for some in (world.lines, world.events)
    ]
    rows = (
        replace(
            row,
            id=number(row.id),
            fields={
                name: number(value) if name in world.catalogue.kinds[row.kind].refers_to else value
                for name, value in row.fields.items()
            },
        )
        for row in world.rows
    )
    return replace(world, lines=seen[0], events=seen[1], rows=tuple(rows))
