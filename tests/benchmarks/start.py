"""How long a run takes before and beside its work: what Prefect needs, and what comes on top.

    python -m tests.benchmarks.start --times 3

A run over a handful of lines, and a flow that does nothing, each in a fresh process: on a server of
its own that has run before, and against one that is running. The median of each is shown.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks.kills.victim import prefect_server
from tests.flows.migrations import write_migration

_TRIVIAL = "from prefect import flow; flow(lambda: None, name='trivial')()"
_RUN = "from flows.cli import main; main()"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.start",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--times", type=int, default=3)
    times = parser.parse_args(arguments).times
    with tempfile.TemporaryDirectory(prefix="start-") as folder:
        home = Path(folder)
        run = [_RUN, "run", str(write_migration(home))]
        with prefect_server(home / "served") as served:
            print(f"against a running server: {_compared([_TRIVIAL], run, served, times)}")
            own = {name: value for name, value in served.items() if name != "PREFECT_API_URL"}
        own |= {"PREFECT_HOME": str(home / "own")}
        print(f"on a server of its own:   {_compared([_TRIVIAL], run, own, times)}")


def _compared(
    trivial: Sequence[str], run: Sequence[str], environment: Mapping[str, str], times: int
) -> str:
    # The first time makes databases and reads programs from the disk.
    first = _took(run, environment)
    alone = median(_took(trivial, environment) for _ in range(times))
    whole = median(_took(run, environment) for _ in range(times))
    return (
        f"Prefect alone {alone:.1f} s, a run with nothing new {whole:.1f} s "
        f"({whole - alone:+.1f} s); the very first run {first:.1f} s"
    )


def _took(program: Sequence[str], environment: Mapping[str, str]) -> float:
    begun = time.monotonic()
    subprocess.run(
        [sys.executable, "-c", *program],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.monotonic() - begun


if __name__ == "__main__":
    main()
