"""Every rule of the core that is broken on purpose is noticed by a test."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.mutants import MUTANTS, NOT_CAUGHT, SURVIVED, Mutant, breakers, first_failure, outcome


@pytest.fixture(scope="module")
def breaker() -> Iterator[ProcessPoolExecutor]:
    with breakers(processes=1) as pool:
        yield pool


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_broken_rule_is_noticed(mutant: Mutant, breaker: ProcessPoolExecutor) -> None:
    caught_by = breaker.submit(outcome, mutant).result()
    assert caught_by not in NOT_CAUGHT


def test_what_is_whole_breaks_no_test(breaker: ProcessPoolExecutor) -> None:
    """And so the core is whole again after each mutant."""
    tests = ["tests/oracle/test_agreement.py::test_on_worlds_drawn_by_hand"]
    assert breaker.submit(first_failure, tests).result() == SURVIVED


def test_a_mutant_that_does_not_run_has_not_been_caught(breaker: ProcessPoolExecutor) -> None:
    nonsense = Mutant("nonsense", "window", "import polars as pl", "import nothing as pl")
    assert breaker.submit(outcome, nonsense).result() in NOT_CAUGHT
