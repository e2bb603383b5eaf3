"""The logs: what is in them, in which file, and that their size does not matter."""

import json
import re
import tracemalloc
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from data_samples.compression import content
from data_samples.log_files import LOG_FILES, LogWriter, by_source
from data_samples.model import Line, Settings
from data_samples.plan import build
from data_samples.proxies import EDGE, PROXY_A, PROXY_B, escape, render
from data_samples.timeline import (
    ACCEPTED_GAP,
    GROWN_FROM,
    LATE_GAP,
    LIVE,
    LOG_END,
    LOG_START,
    SNAPSHOT,
)

TIMES = {
    PROXY_A: (re.compile(rb"\[(\d\d/\w+/2021:[\d:]{8} \+0200)\]"), "%d/%b/%Y:%H:%M:%S %z"),
    PROXY_B: (re.compile(rb"\[(2021-[\dT:-]+\+02:00)\]"), "%Y-%m-%dT%H:%M:%S%z"),
    EDGE: (re.compile(rb'"time": ?"(2021-[\dT:-]+)\.\d+(?:Z|\+02:00)"'), "%Y-%m-%dT%H:%M:%S"),
}


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory):
    directory = tmp_path_factory.mktemp("logs")
    writer = LogWriter(build(Settings(lines=3_000)))
    first = writer.write(directory / "first", late=False)
    late = writer.write(directory / "late", late=True)
    return directory, first, late


def lines_of(directory: Path, proxy: str) -> list[bytes]:
    return [
        line
        for file in LOG_FILES
        if file.proxy == proxy and (directory / file.path).exists()
        for line in content(directory / file.path).split(b"\n")
        if line
    ]


def silences(lines: list[bytes], proxy: str) -> list[tuple[datetime, datetime]]:
    pattern, spelling = TIMES[proxy]
    seen = sorted(
        datetime.strptime(found.group(1).decode(), spelling)  # noqa: DTZ007
        for line in lines
        if (found := pattern.search(line[:600])) and b"Z" not in found.group()
    )
    pairs = pairwise(seen)
    return [pair for pair in pairs if pair[1] - pair[0] > timedelta(minutes=2)]


def test_lines_are_counted_as_they_are_written(delivered):
    directory, first, late = delivered
    for batch, counts in (("first", first), ("late", late)):
        for proxy, count in by_source(counts).items():
            assert count.read == len(lines_of(directory / batch, proxy))


def test_the_only_silences_are_the_late_gap_and_the_accepted_one(delivered):
    directory, _, _ = delivered
    assert silences(lines_of(directory / "first", PROXY_A), PROXY_A) == []
    [(start, end)] = silences(lines_of(directory / "first", PROXY_B), PROXY_B)
    assert start <= LATE_GAP.start <= LATE_GAP.end <= end
    whole = lines_of(directory / "first", PROXY_B) + lines_of(directory / "late", PROXY_B)
    assert silences(whole, PROXY_B) == []
    [(start, end)] = silences(lines_of(directory / "first", EDGE), EDGE)
    offset = timedelta(hours=2)
    assert (ACCEPTED_GAP.start + offset).replace(tzinfo=None) <= start
    assert end <= (ACCEPTED_GAP.end + offset).replace(tzinfo=None)


def test_the_growing_file_is_continued_and_its_half_line_is_completed(delivered):
    directory, _, _ = delivered
    name = "logs/proxy-a/access.log"
    short = content(directory / "first" / name)
    whole = content(directory / "late" / name)
    assert not short.endswith(b"\n")
    assert whole.startswith(short)
    assert len(whole) > len(short)


def test_a_rotated_file_comes_twice(delivered):
    directory, _, _ = delivered
    plain = directory / "first/logs/proxy-a/access.log.1"
    assert content(plain) == content(plain.with_name("access.log.1.gz"))


def test_the_late_file_repeats_lines_of_its_neighbours(delivered):
    directory, first, late = delivered
    before = set(lines_of(directory / "first", PROXY_B))
    assert before & set(lines_of(directory / "late", PROXY_B))
    assert by_source({**first, **late})[PROXY_B].duplicate > 0


def test_some_lines_come_out_of_order(delivered):
    directory, _, _ = delivered
    pattern, _ = TIMES[PROXY_B]
    lines = content(directory / "first/logs/proxy-b/access-20.log.zst").split(b"\n")
    stamps = [found.group(1) for line in lines if (found := pattern.search(line[:600]))]
    assert stamps != sorted(stamps)


def test_nginx_escapes_what_is_not_printable():
    assert escape('a"b\\c\n\xe4') == r"a\x22b\x5Cc\x0A\xC3\xA4"


def test_json_lines_are_spelled_in_two_ways():
    line = Line(EDGE, SNAPSHOT, "POST", "/a/b", 201, "192.0.2.1", "agent", "rid")
    unusual = Line(EDGE, SNAPSHOT, "POST", "/a/b", 201, "192.0.2.1", "agent", "rid", unusual=True)
    assert b"\\/a\\/b" in render(unusual)
    one, other = json.loads(render(line)), json.loads(render(unusual))
    assert datetime.fromisoformat(one.pop("time")) == datetime.fromisoformat(other.pop("time"))
    assert one == other


def test_the_logs_reach_beyond_the_margins():
    assert SNAPSHOT - timedelta(minutes=30) > LOG_START
    assert LIVE < GROWN_FROM < LOG_END


@pytest.mark.slow
def test_writing_takes_little_memory_whatever_the_size(tmp_path: Path):
    writer = LogWriter(build(Settings(customers=12, lines=150_000)))
    tracemalloc.start()
    try:
        writer.write(tmp_path, late=False)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    written = sum(len(content(path)) for path in tmp_path.rglob("*") if path.is_file())
    assert written > 30_000_000
    assert peak < written / 4
