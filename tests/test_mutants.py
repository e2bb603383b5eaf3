"""Every rule that is broken on purpose is noticed by a test."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.mutants import MUTANTS
from tests.mutants.breaking import (
    APPLIES_NO_MORE,
    DID_NOT_RUN,
    NOT_CAUGHT,
    SURVIVED,
    breakers,
    first_failure,
    outcome,
)
from tests.mutants.mutant import Mutant

KNOWN = "transforms/test_matching.py"


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
    """No test that is known to catch a mutant fails without it, nor after it."""
    tests = sorted({f"tests/{mutant.caught_by}" for mutant in MUTANTS})
    assert breaker.submit(first_failure, tests).result() == SURVIVED


def test_a_mutant_that_does_not_run_has_not_been_caught(breaker: ProcessPoolExecutor) -> None:
    nonsense = Mutant(
        "nonsense", "transforms.window", "import polars as pl", "import nothing as pl", KNOWN
    )
    assert breaker.submit(outcome, nonsense).result() == DID_NOT_RUN


@pytest.mark.parametrize("old", ["no such thing", "\n"])
def test_a_mutant_is_one_replacement(old: str, breaker: ProcessPoolExecutor) -> None:
    mutant = Mutant("elsewhere", "transforms.window", old, "", KNOWN)
    assert breaker.submit(outcome, mutant).result() == APPLIES_NO_MORE


def test_a_mutant_of_a_module_that_was_moved_applies_no_more(breaker: ProcessPoolExecutor) -> None:
    mutant = Mutant("moved", "transforms.gone", "a", "", KNOWN)
    assert breaker.submit(outcome, mutant).result() == APPLIES_NO_MORE


@pytest.mark.parametrize(
    "no_more", ["transforms/test_printable.py", "transforms/test_gone.py", f"{KNOWN}::test_gone"]
)
def test_who_is_known_to_catch_it_but_does_not_is_not_the_last_who_is_asked(
    no_more: str, breaker: ProcessPoolExecutor
) -> None:
    known = MUTANTS[-1]
    caught_by = breaker.submit(outcome, known._replace(caught_by=no_more)).result()
    assert caught_by not in NOT_CAUGHT
    assert no_more not in caught_by
