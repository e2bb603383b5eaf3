"""A catalogue with kinds renamed gives the same findings renamed."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.laws.migrations import as_one, nights
from tests.oracle.core import core_findings
from tests.oracle.model import DEEP, World
from transforms.catalogue import Catalogue

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

NAMES = st.permutations(sorted(DEEP.kinds)).map(
    lambda names: {old: f"{new}s" for old, new in zip(sorted(DEEP.kinds), names, strict=True)}
)


@settings.get_profile("laws")
@given(nights(), NAMES)
def test_no_rule_hangs_on_what_a_kind_is_called(night, names):
    """But for finding_id, which is made of the kind's name, and for the order of kinds that do not
    refer to each other.
    """
    world = as_one(night)
    one, other = core_findings(world), core_findings(renamed(world, names))
    for frame in ("findings", "evidence", "unattributed"):
        expected = getattr(one, frame).with_columns(pl.col("kind").replace_strict(names))
        assert_frame_equal(
            getattr(other, frame).drop("finding_id"),
            expected.drop("finding_id"),
            check_row_order=False,
        )


def renamed(world: World, names: dict[str, str]) -> World:
    """The table of the devices has a kind of its own, which frames do not know by name."""
    kinds = {
        names[name]: kind.model_copy(
            update={"refers_to": {field: names[of] for field, of in kind.refers_to.items()}}
        )
        for name, kind in world.catalogue.kinds.items()
    }
    return replace(
        world,
        lines=tuple(replace(line, kind=names[line.kind]) for line in world.lines),
        events=tuple(replace(event, kind=names[event.kind]) for event in world.events),
        rows=tuple(replace(row, kind=names[row.kind]) for row in world.rows),
        catalogue=Catalogue.model_validate(world.catalogue.model_copy(update={"kinds": kinds})),
    )
