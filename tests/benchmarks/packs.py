"""How many customers' packs a run writes in a second, and what each part of a pack costs.

    python -m tests.benchmarks.packs --customers 10000 --rows 30

Makes findings of customers who never were, then does what a run does with them: words the notices,
renders all files, reads them back, writes them. The reference is the plain loop of one process
over some of the same customers, before and after. Where the machine is busy with other things,
wall time says little; "by CPU time" is what it would be without them. The run is in a process of
its own, so that its peak memory is its own.
"""

import argparse
import json
import os
import pickle
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl

from flows.catalogue import load_catalogue
from flows.notices import write_notices
from flows.packs import write_pack
from notifications import html, lists, mail, pdf, text, workbook
from notifications.content import Customer, Notice
from notifications.pack import render_pack
from notifications.readback import read_back
from tests.benchmarks.made_findings import first_notices, found_of, made, some_of, telling_of
from transforms.history import with_grounds

FORMATS = ("html", "txt", "eml", "pdf", "xlsx", "csv")
RENDERERS: Mapping[str, Callable[[Notice], bytes]] = {
    "html": html.notice_html,
    "txt": text.notice_text,
    "pdf": pdf.notice_pdf,
    "xlsx": workbook.workbook,
    "csv": lists.reprovisioning_csv,
}
CATALOGUE = load_catalogue(None)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    chosen = _parser().parse_args(arguments)
    if chosen.work:
        print(json.dumps(run(chosen.work, chosen.formats)))
        return
    print(f"{chosen.customers:,} customers of {chosen.rows} rows; {', '.join(chosen.formats)}")
    findings, customers = made(chosen.customers, chosen.rows)
    sample = some_of(findings, chosen.sample)
    print(*costs(sample, customers, chosen.formats), sep="\n")
    with tempfile.TemporaryDirectory(prefix="packs-") as folder:
        findings.write_parquet(f"{folder}/findings.parquet")
        Path(folder, "customers").write_bytes(pickle.dumps(customers))
        before = alone(sample, customers, chosen.formats)
        command = [sys.executable, "-m", __spec__.name, "--formats", *chosen.formats]
        done = subprocess.run([*command, "--work", folder], check=True, stdout=subprocess.PIPE)
        after = alone(sample, customers, chosen.formats)
    print(*told(json.loads(done.stdout), len(customers), median([before, after])), sep="\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.packs",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--rows", type=int, default=30, help="in each customer's notice")
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    parser.add_argument("--sample", type=int, default=100, help="customers of the reference")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    return parser


def told(result: Mapping[str, Any], customers: int, reference: float) -> Iterator[str]:
    """Say what came of the run."""
    packs = customers / result["seconds"]
    cores = len(os.sched_getaffinity(0))
    yield f"one process alone: {reference:.1f} packs a second"
    yield f"a run: {packs:.1f} packs a second, {result['seconds']:.0f} s in all"
    yield f"ratio: {packs / reference:.2f}"
    yield f"CPU: {1000 * result['cpu'] / customers:.1f} ms a pack, in all processes together"
    yield f"by CPU time, on {cores} cores: {cores * customers / result['cpu']:.1f} packs a second"
    words = f"{result['first'] / 1e6:,.0f} MB, of the processes that it starts"
    each = ", ".join(f"{peak / 1e6:,.0f}" for peak in result["others"])
    yield f"peak memory of the process that words: {words}: {each or 'none'} MB"


def run(kept: Path, formats: Sequence[str]) -> dict[str, Any]:
    """Do in this process what a run does; seconds and bytes."""
    found = found_of(pl.read_parquet(kept / "findings.parquet"))
    customers = pickle.loads((kept / "customers").read_bytes())
    begin, cpu = time.perf_counter(), _cpu_seconds()
    notices = first_notices(telling_of(found, customers, CATALOGUE))
    with peaks_of_others() as others:
        written = write_notices(kept / "out", notices, formats, with_grounds(found.findings))
    seconds, cpu = time.perf_counter() - begin, _cpu_seconds() - cpu
    assert len(written) == len(customers)
    return {
        "seconds": seconds,
        "cpu": cpu,
        "first": peak_of(os.getpid()),
        "others": sorted(others.values()),
    }


@contextmanager
def peaks_of_others() -> Iterator[dict[int, int]]:
    """Look ten times a second at the peak memory of each process that this one starts.

    What the system says of processes that have ended counts from before they ran what they were
    started for, when they were a copy of this one.
    """
    peaks: dict[int, int] = {}
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.1):
            tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
            for child in {int(id_) for task in tasks for id_ in task.read_text().split()}:
                if is_another_program(child):
                    peaks[child] = max(peaks.get(child, 0), peak_of(child))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peaks
    finally:
        ended.set()
        watcher.join()


def is_another_program(process: int) -> bool:
    """Whether a child has begun with what it was started for: its arguments are its own."""
    with suppress(OSError):
        own = Path("/proc/self/cmdline").read_bytes()
        return Path(f"/proc/{process}/cmdline").read_bytes() not in {own, b""}
    return False


def peak_of(process: int) -> int:
    """The most memory that a process has held, in bytes; 0 where it has ended."""
    with suppress(OSError):
        if found := re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text()):
            return 1024 * int(found[1])
    return 0


def alone(
    findings: pl.DataFrame, customers: Mapping[str, Customer], formats: Sequence[str]
) -> float:
    """Packs a second of one process."""
    with tempfile.TemporaryDirectory(prefix="packs-") as folder:
        begin = time.perf_counter()
        packs = [write_pack(Path(folder), formats, one) for one in worded(findings, customers)]
        return len(packs) / (time.perf_counter() - begin)


def worded(findings: pl.DataFrame, customers: Mapping[str, Customer]) -> Iterator[Notice]:
    """Word the notices as a run does."""
    return first_notices(telling_of(found_of(findings), customers, CATALOGUE))


def costs(
    findings: pl.DataFrame, customers: Mapping[str, Customer], formats: Sequence[str]
) -> Iterator[str]:
    """A line for each step of a pack: CPU, and bytes of what was made."""
    notices = list(worded(findings, customers))

    def cost(name: str, step: Callable[[], Sequence[bytes]]) -> str:
        step()
        begin = time.process_time()
        made = step()
        milliseconds = 1000 * (time.process_time() - begin) / len(notices)
        size = sum(map(len, made)) / len(notices) / 1000
        return f"{name:14}{milliseconds:7.1f} ms{size:8.1f} kB"

    yield cost("wording", lambda: list(worded(findings, customers)) and [])
    yield cost("to processes", lambda: [pickle.dumps(one) for one in notices])
    for name, render in RENDERERS.items():
        if name in formats:
            yield cost(name, lambda render=render: [render(one) for one in notices])
    pairs = [(one, render_pack(one, formats)) for one in notices]
    if "eml" in formats:
        without = [(one, pack | {mail.NAME: b""}) for one, pack in pairs]
        yield cost("eml", lambda: [mail.notice_eml(*pair) for pair in without])
    yield cost("reading back", lambda: [read_back(pack, one) or b"" for one, pack in pairs])


def _cpu_seconds() -> float:
    """CPU time of this process and of those that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    main()
