"""How long the commands take that people wait for: `python -m tests.benchmarks.answers`.

`--help`, `notices list` over a ledger with many notices, and `check`, `status`, `notices show` and
`explain` over the sample migration after one run. Each is a process of its own, several times; the
median of its CPU time is what it would take on an idle machine, and is printed beside wall time.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import polars as pl
import sqlalchemy as sa

import data_samples
from flows.ledger import open_ledger
from flows.ledger.notices import NoticeContent, NoticeItem, put_content
from flows.ledger.runs import start_run
from flows.ledger.tables import findings
from tests.flows.sending.migrations import make_notices
from tests.in_process import whole_run

AT = datetime(2021, 5, 19, 8, tzinfo=UTC)
VERDICTS = ("lost", "stale", "review", "unconfirmed")


def many_notices(folder: Path, *, notices: int, listed: int) -> Path:
    """A migration whose ledger knows so many notices, each with so many items; its file."""
    file = make_notices(folder).file
    with (
        open_ledger("sqlite:///ledger.db", base=folder, migration_id="mini") as ledger,
        ledger.begin() as tx,
    ):
        run = start_run(tx, "made", at=AT)
        for number in range(notices):
            items = [
                NoticeItem(
                    f"{number:08x}{each:08x}", "person", VERDICTS[each % len(VERDICTS)],
                    None, "g", f"Person {each}", AT,
                )
                for each in range(listed)
            ]  # fmt: skip
            content = NoticeContent(
                customer_id=f"{4700 + number}",
                revision=1,
                content_hash=f"{number:064x}",
                recipient=f"kdo@ff-{number}.example" if number % 20 else None,
                is_supplement=False,
                is_final=False,
                items=items,
            )
            put_content(tx, content, run=run, at=AT)
            tx.connection.execute(sa.insert(findings), [_finding(content, each) for each in items])
    return file


def _finding(content: NoticeContent, item: NoticeItem) -> dict[str, object]:
    """Every tenth is done."""
    is_done = item.finding_id.endswith("0")
    return {
        "migration_id": "mini",
        "finding_id": item.finding_id,
        "customer_id": content.customer_id,
        "kind": item.kind,
        "verdict": "restored" if is_done else item.verdict,
        "asks": not is_done,
        "closure": "repaired" if is_done else None,
        "first_run": 1,
        "changed_run": 1,
    }


def sample_after_a_run(folder: Path) -> Path:
    """The sample migration with its results; its file."""
    origin = Path(data_samples.__file__).parent / "sample"
    shutil.copytree(origin, folder)
    file = folder / "migration.toml"
    whole_run(file)
    return file


def seconds(arguments: Sequence[str | Path], *, times: int) -> tuple[float, float]:
    """CPU and wall time of a command, as the median of several."""
    command = [sys.executable, "-c", "from flows.cli import main; main()", *map(str, arguments)]
    cpu, wall = [], []
    for _ in range(times + 1):
        before, begun = os.times(), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        wall.append(time.perf_counter() - begun)
        cpu.append(
            after.children_user + after.children_system
            - before.children_user - before.children_system
        )  # fmt: skip
    # The first one fills the caches.
    return median(cpu[1:]), median(wall[1:])


def commands(folder: Path, chosen: argparse.Namespace) -> Iterator[tuple[str, list[str | Path]]]:
    """What is measured, and how it is called."""
    yield "--help", ["--help"]
    (folder / "many").mkdir()
    many = many_notices(folder / "many", notices=chosen.notices, listed=chosen.items)
    yield f"notices list, {chosen.notices:,} notices", ["notices", "list", many]
    yield "the same as JSON", ["notices", "list", many, "--json"]
    sample = sample_after_a_run(folder / "sample")
    found = pl.read_parquet(sample.parent / "out/frankfurt-2021/findings.parquet")
    lost = found.filter(verdict="lost").row(0, named=True)
    yield "notices show", ["notices", "show", sample, lost["customer_id"]]
    yield "status", ["status", sample]
    yield "explain", ["explain", sample, lost["finding_id"]]
    yield "check", ["check", sample]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.answers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--notices", type=int, default=10_000)
    parser.add_argument("--items", type=int, default=10, help="that each of them lists")
    parser.add_argument("--times", type=int, default=5)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="answers-") as name:
        print(f"{'':32}{'CPU':>8}{'wall':>8}")
        for what, command in commands(Path(name), chosen):
            cpu, wall = seconds(command, times=chosen.times)
            print(f"{what:32}{cpu:6.2f} s{wall:6.2f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
