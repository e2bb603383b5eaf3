"""How many verdicts are right: `python -m tests.benchmarks.verdicts --seeds 20`.

Simulates migrations, each with another seed and every third with an end that is known only to five
minutes, and runs the product on each: on its first batch, and again on all. It runs the steps of
the flow from files to findings in this process, without Prefect and without writing notices. Then
it holds what was found against what was planted, and prints the share of right verdicts (with
confidence, reason and, of what was restored, the row), a table of planted by found, and the wrong
ones by planted case.

Exit code 1 if a planted finding is missed, one is invented, one that must ask for something is
silent, or one is wrongly `restored`.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from data_samples.simulate import simulate
from tests.in_process import findings_of
from tests.simulated import Outcome, Simulated, outcomes

# As the table of the verdicts has them.
VERDICTS = (
    "lost", "stale", "resurrected", "review", "unidentified", "unconfirmed",
    "restored", "cancelled", "consistent",
)  # fmt: skip
EVERY_THIRD = 3


def measured(seed: int, *, customers: int, lines: int) -> Iterator[Outcome]:
    """What became of each planted finding of one migration, in both batches."""
    uncertainty = 5 if seed % EVERY_THIRD == 0 else 0
    with tempfile.TemporaryDirectory(prefix="simulated-") as folder:
        simulated = Simulated(Path(folder))
        simulate(
            simulated.folder,
            seed=seed,
            customers=customers,
            lines=lines,
            uncertainty_minutes=uncertainty,
        )
        for final in (False, True):
            if final:
                simulated.deliver_late()
            found = findings_of(simulated.migration_file).findings
            yield from outcomes(found, simulated.truth(final=final))


def accuracy(results: Sequence[Outcome]) -> Iterator[str]:
    """A line for each verdict: planted, right, and their share."""
    planted = Counter(one.wanted for one in results if one.planted)
    right = Counter(one.wanted for one in results if one.is_right)
    yield f"{'verdict':14}{'planted':>9}{'right':>9}{'share':>10}"
    for verdict in VERDICTS:
        if planted[verdict]:
            share = right[verdict] / planted[verdict]
            yield f"{verdict:14}{planted[verdict]:9}{right[verdict]:9}{share:10.2%}"
    share = right.total() / planted.total()
    yield f"{'all':14}{planted.total():9}{right.total():9}{share:10.2%}"


def confusion(results: Sequence[Outcome]) -> Iterator[str]:
    """Planted verdicts in the rows, found ones in the columns."""
    cells = Counter((one.wanted, one.got) for one in results)
    columns = (*VERDICTS, "missed")
    yield "planted in the rows, found in the columns"
    yield f"{'':14}" + "".join(f"{name[:11]:>13}" for name in columns)
    for wanted in (*VERDICTS, "invented"):
        counts = (f"{cells[wanted, got] or '·':>13}" for got in columns)
        yield f"{wanted:14}" + "".join(counts)


def wrong_by_case(results: Sequence[Outcome], *, shown: int) -> Iterator[str]:
    """For each case that has gone wrong: how often, and some of them."""
    wrong = [one for one in results if not one.is_right]
    for case, count in sorted(Counter(one.case for one in wrong).items()):
        yield f"{case}: {count} wrong"
        yield from (f"  {one}" for one in [one for one in wrong if one.case == case][:shown])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.verdicts",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seeds", type=int, default=20, help="how many migrations (default 20)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (default 1)")
    parser.add_argument(
        "--customers", type=int, default=40, help="of each; 40 have every case once"
    )
    parser.add_argument("--lines", type=int, default=18_000, help="polling traffic of each")
    parser.add_argument("--show", type=int, default=3, help="how many wrong ones of each case")
    chosen = parser.parse_args(arguments)
    begin = time.perf_counter()
    results: list[Outcome] = []
    for seed in range(chosen.first, chosen.first + chosen.seeds):
        results += measured(seed, customers=chosen.customers, lines=chosen.lines)
    seconds = time.perf_counter() - begin
    runs = 2 * chosen.seeds
    print(
        f"{chosen.seeds} migrations of {chosen.customers} customers, {runs} runs, {seconds:.0f} s"
    )
    for part in (accuracy(results), confusion(results), wrong_by_case(results, shown=chosen.show)):
        print("", *part, sep="\n")
    costly = sum(one.is_costly for one in results)
    wrong = sum(not one.is_right for one in results)
    print(f"{wrong} wrong, {costly} of them missed, invented, silent or wrongly restored")
    return 1 if costly else 0


if __name__ == "__main__":
    sys.exit(main())
