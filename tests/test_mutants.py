"""Every rule of the core that is broken on purpose is noticed by a test."""

import pytest

from tests.mutants import MUTANTS, NOT_CAUGHT, Mutant, outcome


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_broken_rule_is_noticed(mutant: Mutant) -> None:
    assert outcome(mutant) not in NOT_CAUGHT
