"""How long extraction takes, beside tools that do a part of it, over the same file.

    python -m tests.benchmarks.extraction --lines 1000000 --format nginx
    python -m tests.benchmarks.extraction --lines 1000000 --format nginx --gz

ripgrep (or grep) counts the state-changing lines, pigz decompresses to nothing, and DuckDB takes
the values out of the writes into Parquet; those that are installed are run (`make bench` installs
DuckDB). All run alternately, and the medians and their ratios are printed: absolute times say more
about the machine. The extraction runs in a process of its own, so that its peak memory is its own.
"""

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from flows.catalogue import load_catalogue
from flows.settings import AccessLog
from flows.sources.access_logs import log_reader
from flows.sources.found import LocalFile
from flows.sources.taking import take

LOG_FORMAT = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent" $request_id'
)
FIELDS = {"at": "time", "client_ip": "remote_ip", "method": "req.method", "path": "req.uri"} | {
    "user_agent": "req.ua",
    "request_id": "rid",
}
START = datetime(2021, 5, 18, 18, 0, tzinfo=UTC)
WINDOW = timedelta(hours=3)
# One request in twenty writes; the rest polls.
WRITE_SHARE = 0.05
WRITES = "POST|PUT|PATCH|DELETE"


def main() -> None:
    arguments = _arguments()
    if arguments.extract:
        extract(arguments.extract, arguments.format)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "access.log"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(lines(arguments.lines, arguments.format))
        size = path.stat().st_size
        if arguments.gz:
            subprocess.run(["gzip", "-6", str(path)], check=True)
            path = path.with_name("access.log.gz")
        what = f"{arguments.format}{', compressed' if arguments.gz else ''}"
        print(f"{arguments.lines:,} lines, {size / 1e6:,.0f} MB, {what}")
        compare(path, arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=__spec__.name, description=__doc__.partition("\n")[0])
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--format", choices=["nginx", "json"], default="nginx")
    parser.add_argument("--gz", action="store_true", help="read it compressed")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--extract", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def references(path: Path, arguments: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    """The tools that are here and do a part of the same work: name and command."""
    if arguments.gz:
        if shutil.which("pigz"):
            yield "pigz -dc", ["pigz", "--decompress", "--stdout", str(path)]
        return
    if shutil.which("rg"):
        yield "rg -c", ["rg", "--count", WRITES, str(path)]
    else:
        yield "grep -c", ["grep", "--count", "--extended-regexp", WRITES, str(path)]
    if find_spec("duckdb"):
        module = "tests.benchmarks.duckdb_writes"
        yield "DuckDB", [sys.executable, "-m", module, str(path), arguments.format]


def compare(path: Path, arguments: argparse.Namespace) -> None:
    """Run the extraction and the references alternately and print what they took."""
    tools = dict(references(path, arguments))
    results, seconds = [], defaultdict(list)
    for _ in range(arguments.rounds):
        for name, command in tools.items():
            seconds[name].append(_seconds(command))
        results.append(_extracted(path, arguments.format))
    ours = median(result["seconds"] for result in results)
    print(f"extraction: {ours:.2f} s, {arguments.lines / ours:,.0f} lines a second")
    for name, taken in seconds.items():
        print(f"{name}: {median(taken):.2f} s; ratio {ours / median(taken):.2f}")
    print(f"peak memory: {max(result['peak_bytes'] for result in results) / 1e6:,.0f} MB")
    print(f"lines: {results[-1]['lines']}")


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    # A file, as grep stops at the first match where nobody reads, and a pipe would be copied.
    with tempfile.TemporaryFile() as read:
        subprocess.run(command, check=True, stdout=read)
    return time.perf_counter() - started


def _extracted(path: Path, log_format: str) -> dict[str, float]:
    command = [sys.executable, "-m", __spec__.name, "--format", log_format, "--extract", str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def extract(path: Path, log_format: str) -> None:
    """Extract one file in this process; print seconds, peak memory and counts as JSON."""
    options = {"nginx": {"log_format": LOG_FORMAT}, "json": {"fields": FIELDS}}[log_format]
    entry = AccessLog(name="proxy", paths=(path.name,), format=log_format, **options)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        reader = log_reader(entry, load_catalogue(None))
        kept = take(LocalFile(path.name, path), reader, [], Path(folder)).kept
    seconds = time.perf_counter() - started
    lines = {"read": kept.lines_read, "malformed": kept.lines_malformed}
    lines |= {"writes": kept.rows("writes")}
    # Linux counts in KiB.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "peak_bytes": peak, "lines": lines}))


def lines(count: int, log_format: str) -> Iterator[str]:
    """Make log lines of polling clients, some of which write, with some garbage in between."""
    source = random.Random(20210518)
    for index in range(count):
        at = START + WINDOW * (index / count)
        if index % 5_000 == 4_999:
            yield "\x16\x03\x01 garbage\n"
            continue
        customer = source.randrange(1_000, 9_999)
        if source.random() < WRITE_SHARE:
            method, path, status = _write(source, customer)
        else:
            path = f"/api/v1/customers/{customer}/alarms?since={index}"
            method, status = "GET", 200
        client = f"10.{source.randrange(256)}.{source.randrange(256)}.7"
        agent = f"FE2/2.22.{source.randrange(100, 200)} (Windows Server 2019; Java 11)"
        request_id = f"{source.getrandbits(128):032x}"
        if log_format == "json":
            yield (
                f'{{"time":"{at.isoformat()}","remote_ip":"{client}","req":{{"method":"{method}",'
                f'"uri":"{path}","ua":"{agent}"}},"status":{status},"rid":"{request_id}"}}\n'
            )
        else:
            yield (
                f'{client} - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "{method} {path} HTTP/1.1" {status} '
                f'{source.randrange(9_999)} "-" "{agent}" {request_id}\n'
            )


def _write(source: random.Random, customer: int) -> tuple[str, str, int]:
    base = f"/api/v1/customers/{customer}"
    person = f"P-{source.randrange(10**6)}"
    return source.choice(
        [
            ("POST", f"{base}/persons", 201),
            ("PUT", f"{base}/persons/{person}", 200),
            ("PUT", f"{base}/persons/{person}/availability", 204),
            ("POST", f"/app/v1/devices/d-{person}/alarms/A-{customer}/feedback", 201),
            ("POST", f"{base}/sessions", 201),
        ]
    )


if __name__ == "__main__":
    main()
