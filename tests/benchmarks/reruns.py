"""What a run costs where nothing is new: `python -m tests.benchmarks.reruns --lines 3000000`.

Simulates a migration, lets `cutover-recon run` come to its end, and then again, several times: no
file is new, and the new database is as it was. Prints the seconds of the first run and of the
others by stage, without Prefect's start, and their ratio. Exit code 1 where a further run has read
a file, changed a byte, or taken more than 2 % of the first one's time.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any

from data_samples.simulate import simulate
from tests.benchmarks.kills.victim import Environment, prefect_server

MOST = 0.02
STAGES = ("logs", "events", "database", "verdicts", "notices", "total")


def results(folder: Path) -> Mapping[str, str]:
    """What every file of the results holds."""
    output = folder / "out"
    paths = [path for path in output.rglob("*") if path.is_file()]
    return {str(path.relative_to(output)): sha256(path.read_bytes()).hexdigest() for path in paths}


def run(folder: Path, environment: Environment) -> dict[str, Any]:
    """Let the command come to its end; what it says."""
    command = [sys.executable, "-c", "from flows.cli import main; main()", "run", "--json"]
    done = subprocess.run(
        [*command, str(folder / "migration.toml")],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def told(name: str, said: Mapping[str, Any]) -> str:
    """A line for a run."""
    seconds = "".join(f"{said['seconds'][stage]:10.3f}" for stage in STAGES)
    return f"{name:10}{said['files']['read']:6}{said['files']['skipped']:8}{seconds}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.reruns",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--lines", type=int, default=3_000_000)
    parser.add_argument("--customers", type=int, default=400)
    parser.add_argument("--times", type=int, default=3, help="further runs")
    chosen = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="reruns-") as name,
        prefect_server(Path(name, "prefect")) as environment,
    ):
        folder = Path(name, "migration")
        simulate(folder, customers=chosen.customers, lines=chosen.lines, batches=False)
        first = run(folder, environment)
        print(f"{first['lines']['read']:,} lines, {chosen.customers} customers")
        print(f"{'':10}{'read':>6}{'known':>8}" + "".join(f"{stage:>10}" for stage in STAGES))
        print(told("first", first), flush=True)
        before = results(folder)
        others = [run(folder, environment) for _ in range(chosen.times)]
        print(*(told("again", said) for said in others), sep="\n")
        is_same = results(folder) == before
    ratio = median(said["seconds"]["total"] for said in others) / first["seconds"]["total"]
    has_read = any(said["files"]["read"] for said in others)
    print(
        f"ratio: {ratio:.2%} (at most {MOST:.0%}); files read again: {'some' if has_read else 0}; "
        f"results: {'the same to the byte' if is_same else 'CHANGED'}"
    )
    return 0 if ratio <= MOST and is_same and not has_read else 1


if __name__ == "__main__":
    sys.exit(main())
