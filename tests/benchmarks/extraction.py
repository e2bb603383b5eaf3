"""How long extraction takes, beside a search for the state-changing lines in the same file.

    python -m tests.benchmarks.extraction --lines 1000000 --format nginx

The two run alternately, and the medians and their ratio are printed: absolute times say more about
the machine. The extraction runs in a process of its own, so that its peak memory is its own.
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
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from flows.catalogue import load_catalogue
from flows.settings import AccessLog
from flows.sources.access_logs import log_reader
from flows.sources.files import FoundFile
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
REFERENCES = {
    "rg": ["rg", "--count", "POST|PUT|PATCH|DELETE"],
    "grep": ["grep", "--count", "--extended-regexp", "POST|PUT|PATCH|DELETE"],
}


def main() -> None:
    arguments = _arguments()
    if arguments.extract:
        extract(arguments.extract, arguments.format)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "access.log"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(lines(arguments.lines, arguments.format))
        print(f"{arguments.lines:,} lines, {path.stat().st_size / 1e6:,.0f} MB, {arguments.format}")
        compare(path, arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--format", choices=["nginx", "json"], default="nginx")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--extract", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def compare(path: Path, arguments: argparse.Namespace) -> None:
    """Run the extraction and the reference alternately and print what they took."""
    name = next(name for name in REFERENCES if shutil.which(name))
    ours, reference, results = [], [], []
    for _ in range(arguments.rounds):
        reference.append(_seconds([*REFERENCES[name], str(path)]))
        results.append(_extracted(path, arguments.format))
        ours.append(results[-1]["seconds"])
    seconds = median(ours)
    print(f"{name}: {median(reference):.2f} s; extraction: {seconds:.2f} s")
    print(f"ratio: {seconds / median(reference):.2f}")
    print(f"lines per second: {arguments.lines / seconds:,.0f}")
    print(f"peak memory: {max(result['peak_bytes'] for result in results) / 1e6:,.0f} MB")
    print(f"lines: {results[-1]['lines']}")


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    # grep stops at the first match where nobody reads the count.
    subprocess.run(command, check=True, capture_output=True)
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
        kept = take(FoundFile(path.name, path), reader, [], Path(folder)).kept
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
