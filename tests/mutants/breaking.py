"""Processes in which the rules are broken: everything is imported once, and forked per mutant."""

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, ParamSpec

from tests.mutants.mutant import ROOT, Mutant, break_this_process

Given = ParamSpec("Given")

# Most mutants that a world was drawn for are caught within two seconds.
CATCHERS = (
    "tests/oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    "tests/oracle/test_agreement.py::test_on_random_worlds",
    "tests/transforms/test_effects.py",
    "tests/transforms/test_edges.py",
    "tests/transforms/test_ids_of_kinds.py",
    "tests/transforms/test_two_proxies.py",
    "tests/transforms/test_clocks.py",
    "tests/transforms/test_closest.py",
    "tests/transforms/test_verdicts.py",
    "tests/transforms/test_matching.py",
    "tests/transforms/test_restoration.py",
)
# What the oracle does not reach, or hardly.
OWN_CATCHERS = {
    "transforms.balance": "tests/transforms/test_balance.py",
    "transforms.coverage": "tests/transforms/test_coverage.py",
    "transforms.retries": "tests/transforms/test_retries.py",
    "transforms.rhythm": "tests/transforms/test_coverage.py",
}
# The readers of logs have nothing to do with the oracle.
CATCHERS_OF_READERS = ("tests/transforms/access_logs", "tests/flows/test_ahead.py")
READERS = ("transforms.access_logs.", "flows.")
SURVIVED, APPLIES_NO_MORE, DID_NOT_RUN = "SURVIVED", "APPLIES NO MORE", "THE TESTS DID NOT RUN"
NOT_CAUGHT = frozenset({SURVIVED, APPLIES_NO_MORE, DID_NOT_RUN})

_OPTIONS = ("-x", "-n", "0", "--no-cov", "-p", "no:cacheprovider", "-p", "no:terminal")
# What may have been made of a module that is broken now.
_OURS = frozenset({"tests", "flows", "notifications", "transforms"})


@contextmanager
def breakers(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Processes to call `outcome` and `first_failure` in."""
    with ProcessPoolExecutor(processes, get_context("spawn"), _warm_up) as pool:
        yield pool


def _warm_up() -> None:
    """Import all that tests need, which takes longer than most mutants live.

    Nothing is run: a fork has no other threads, and the first query makes polars start some.
    """
    # Each process has one core; and the same examples every time, so that what is caught once is
    # caught again.
    os.environ.update(POLARS_MAX_THREADS="1", CI="1")
    os.chdir(ROOT)
    import pytest  # noqa: PLC0415 - not before polars knows its threads

    pytest.main([*_OPTIONS, "--collect-only", *CATCHERS, *OWN_CATCHERS.values()])
    pytest.main([*_OPTIONS, "--collect-only", *CATCHERS_OF_READERS])
    # What stays untouched is shared by all forks.
    gc.collect()
    gc.freeze()


def outcome(mutant: Mutant) -> str:
    """The first test that fails where the rule is broken, or one of `NOT_CAUGHT`."""
    return _in_a_fork(_caught_by, mutant) if mutant.applies else APPLIES_NO_MORE


def first_failure(tests: Sequence[str]) -> str:
    """The first of the tests that fails where all is whole; `SURVIVED` if none does."""
    return _in_a_fork(_first_failure, tests)


def _in_a_fork(work: Callable[Given, str], *args: Given.args, **_: Given.kwargs) -> str:
    """What it returns in a process that is new, but has imported everything."""
    context = get_context("fork")
    answer, told = context.Pipe(duplex=False)
    process = context.Process(target=_tell, args=(told, work, *args))
    process.start()
    told.close()
    try:
        return str(answer.recv())
    except EOFError:
        return DID_NOT_RUN
    finally:
        process.join()
        answer.close()


def _tell(told: Connection, work: Callable[..., str], *args: object) -> None:
    told.send(work(*args))


def _caught_by(mutant: Mutant) -> str:
    break_this_process(mutant)
    known = _first_failure([f"tests/{mutant.caught_by}"])
    return _first_failure(_catchers(mutant.module)) if known in NOT_CAUGHT else known


def _catchers(module: str) -> tuple[str, ...]:
    if module.startswith(READERS):
        return CATCHERS_OF_READERS
    own = OWN_CATCHERS.get(module)
    return (own, *CATCHERS) if own else CATCHERS


class _FirstFailure:
    """What pytest tells of the first test that failed."""

    test = SURVIVED

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.test = report.nodeid

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.test = DID_NOT_RUN


def _first_failure(tests: Sequence[str]) -> str:
    import pytest  # noqa: PLC0415

    for name in [name for name in sys.modules if name.split(".")[0] in _OURS]:
        del sys.modules[name]
    seen = _FirstFailure()
    ended = pytest.main([*_OPTIONS, *tests], plugins=[seen])
    has_run = ended in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
    return seen.test if has_run else DID_NOT_RUN
