"""What other processes do with a ledger while the test looks on: real ones, started together."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flows.folders import BusyError
from flows.ledger import open_ledger
from flows.ledger.lock import hold

# Loads this module once; each process starts from there, with nothing of the test's.
_FRESH = multiprocessing.get_context("forkserver")
_FRESH.set_forkserver_preload([__name__])
_PATIENCE_SECONDS = 120


@contextmanager
def together(number: int, act: Callable[..., Iterator[Any]], *args: Any) -> Iterator[list[Any]]:
    """Some processes that do the same in the same moment; what each yields.

    Within the block they stay where they are; at its end they are killed.
    """
    gate = _FRESH.Barrier(number)
    said = _FRESH.Queue()
    processes = [
        _FRESH.Process(target=_go, args=(gate, said, act, args), daemon=True) for _ in range(number)
    ]
    for process in processes:
        process.start()
    try:
        yield [said.get(timeout=_PATIENCE_SECONDS) for _ in processes]
    finally:
        for process in processes:
            process.kill()
            process.join()


def _go(gate, said, act, args) -> None:
    gate.wait(_PATIENCE_SECONDS)
    for word in act(*args):
        said.put(word)
        signal.pause()


def open_it(url: str, base: Path) -> Iterator[str]:
    with open_ledger(url, base=base, migration_id=f"m-{os.getpid()}"):
        yield "opened"


def take_it(url: str, base: Path) -> Iterator[int | str]:
    """Take the migration and keep it: the process's number; or what is said of who has it."""
    with open_ledger(url, base=base, migration_id="frankfurt-2021") as ledger:
        try:
            with hold(ledger, "run"):
                yield os.getpid()
        except BusyError as busy:
            yield str(busy)
