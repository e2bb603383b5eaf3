"""The core says what the oracle says: on worlds drawn by hand, and on many drawn by chance."""

from collections import defaultdict

import pytest

from tests.oracle.agreement import by_core, by_oracle, differences, disagreements
from tests.oracle.cases import CASES
from tests.oracle.model import World
from tests.oracle.nights import apart, together

WORLDS = 600


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("first", range(0, WORLDS, 100))
def test_on_random_worlds(first: int) -> None:
    assert disagreements(range(first, first + 100)) == []


def test_on_worlds_drawn_by_hand() -> None:
    """The number before each id in a difference is the case's place in `CASES`."""
    alike: dict[str, list[World]] = defaultdict(list)
    for place, case in enumerate(CASES):
        world = case.world
        night = repr((world.window, world.gaps, world.new_upstreams, world.new_sources))
        night += repr(world.catalogue)
        alike[night].append(apart(world, place))
    for worlds in alike.values():
        said = [one for world in worlds for one in by_oracle(world)]
        assert differences(by_core(together(worlds)), said) == []


def test_a_difference_shows() -> None:
    said = by_oracle(CASES[0].world)
    assert differences(said, said[1:]) != []
    assert differences([*said, said[0]], said) != []
