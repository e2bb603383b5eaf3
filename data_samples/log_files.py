"""The proxies' log files: rotated, compressed, given twice, still growing, or late."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from data_samples.compression import written
from data_samples.model import Line, Migration, RawLine
from data_samples.polling import Polling, make_polling
from data_samples.proxies import EDGE, PROXIES, PROXY_A, PROXY_B, logged_at, render
from data_samples.timeline import (
    GROWN_FROM,
    LATE_FILE,
    LATE_GAP,
    LIVE,
    LOG_END,
    LOG_START,
    MARGIN,
    SNAPSHOT,
)

_MINUTE = timedelta(minutes=1)
_WINDOW = (SNAPSHOT - MARGIN, LIVE + MARGIN)


@dataclass(frozen=True, slots=True)
class LogFile:
    """One file: which stretch of its proxy's log it holds, and when it comes."""

    proxy: str
    path: str
    start: datetime
    end: datetime
    # Where the first batch has less of the file than the late one.
    first_end: datetime | None = None
    late: bool = False
    # The machine stopped in the middle of the last line.
    torn: bool = False
    # Not all lines come in the order of their times.
    shuffled: bool = False
    # Appended to when it was compressed already: several compressed members in one file.
    members: bool = False
    # Holds nothing that another file of the proxy does not hold.
    copy: bool = False


def _minute(count: int) -> datetime:
    return SNAPSHOT + timedelta(minutes=count)


LOG_FILES = (
    LogFile(PROXY_A, "logs/proxy-a/access.log.3.gz", LOG_START, _minute(45)),
    LogFile(PROXY_A, "logs/proxy-a/access.log.2.gz", _minute(45), _minute(105), members=True),
    LogFile(PROXY_A, "logs/proxy-a/access.log.1", _minute(105), _minute(165)),
    LogFile(PROXY_A, "logs/proxy-a/access.log.1.gz", _minute(105), _minute(165), copy=True),
    LogFile(PROXY_A, "logs/proxy-a/access.log", _minute(165), LOG_END, first_end=GROWN_FROM),
    LogFile(PROXY_B, "logs/proxy-b/access-18.log.zst", LOG_START, LATE_GAP.start),
    LogFile(PROXY_B, "logs/proxy-b/access-19.log.gz", LATE_FILE.start, LATE_FILE.end, late=True),
    LogFile(PROXY_B, "logs/proxy-b/access-20.log.zst", LATE_GAP.end, LOG_END, shuffled=True),
    LogFile(EDGE, "logs/edge/edge-18.jsonl.gz", LOG_START, _minute(60)),
    LogFile(EDGE, "logs/edge/edge-19.jsonl.zst", _minute(60), _minute(150), members=True),
    LogFile(EDGE, "logs/edge/edge-21.jsonl.gz", _minute(150), LOG_END, torn=True),
    LogFile(EDGE, "logs/edge/edge-empty.jsonl", LOG_END, LOG_END),
)


@dataclass(slots=True)
class LogCount:
    """What a source's files hold, added up while they are written."""

    read: int = 0
    malformed: int = 0
    disputed: int = 0
    writes: int = 0
    outside: int = 0
    duplicate: int = 0

    def plus(self, other: "LogCount") -> "LogCount":
        """Add up two counts."""
        sums = {name: mine + getattr(other, name) for name, mine in asdict(self).items()}
        return LogCount(**sums)

    def add(self, entry: Line | RawLine, *, twice: bool) -> None:
        """Count one planted line; `twice`: another file has shown it already."""
        if isinstance(entry, RawLine):
            self.disputed += entry.disputed
            self.malformed += not entry.disputed
        elif entry.writes:
            inside = _WINDOW[0] <= logged_at(entry.proxy, entry.at) < _WINDOW[1]
            self.outside += not inside
            self.duplicate += inside and twice
            self.writes += inside and not twice


@dataclass(slots=True)
class LogWriter:
    """Writes the log files of a migration, planted lines among the polling traffic."""

    migration: Migration
    polling: dict[str, Polling] = field(init=False)
    planted: dict[str, dict[datetime, list[Line | RawLine]]] = field(init=False)

    def __post_init__(self) -> None:
        settings = self.migration.settings
        self.polling = make_polling(self.migration.customers, settings.lines, settings.seed)
        self.planted = {proxy: defaultdict(list) for proxy in PROXIES}
        for case in self.migration.planted:
            entries: tuple[Line | RawLine, ...] = (*case.lines, *case.raw_lines)
            for entry in entries:
                minute = entry.at.replace(second=0, microsecond=0)
                self.planted[entry.proxy][minute].append(entry)
        for minutes in self.planted.values():
            for planted in minutes.values():
                planted.sort(key=lambda entry: entry.at)

    def write(self, directory: Path, *, late: bool) -> dict[str, LogCount]:
        """Write the files of one delivery, and count what each of them holds.

        The first delivery lacks the late files and the tail of the one that still grows; the late
        one brings these alone.
        """
        counts: dict[str, LogCount] = {}
        for file in LOG_FILES:
            grows = file.first_end is not None
            if late == file.late or (late and grows):
                end = file.end if late or file.first_end is None else file.first_end
                counts[file.path] = LogCount()
                self._write(file, end, directory / file.path, counts[file.path])
        return counts

    def _write(self, file: LogFile, end: datetime, path: Path, count: LogCount) -> None:
        half = file.start + (file.end - file.start) / 2
        parts = ((file.start, half), (half, end)) if file.members else ((file.start, end),)
        for number, (start, stop) in enumerate(parts):
            with written(path, append=number > 0) as out:
                for text in self._texts(file, start, stop, count):
                    out.write(text)
        if file.torn or end < file.end:
            with written(path, append=True) as out:
                out.write(_half_line(self.polling[file.proxy], end))
            count.read += 1
            count.malformed += 1

    def _texts(
        self, file: LogFile, start: datetime, end: datetime, count: LogCount
    ) -> Iterator[bytes]:
        minutes = list(_minutes(start, end))
        if file.shuffled:
            pairs = zip(minutes[1::2], minutes[::2], strict=False)
            rest = minutes[-1:] if len(minutes) % 2 else []
            minutes = [minute for pair in pairs for minute in pair] + rest
        for minute in minutes:
            entries = self.planted[file.proxy].get(minute, [])
            for entry in entries:
                count.add(entry, twice=file.copy or _told_before(file, entry.at))
            lines = self.polling[file.proxy].between(minute, min(minute + _MINUTE, end))
            count.read += len(lines) + len(entries)
            yield from _merged(self.polling[file.proxy], minute, lines, entries)


def by_source(counts: Mapping[str, LogCount]) -> dict[str, LogCount]:
    """Add up the files' counts for each proxy."""
    sums = {proxy: LogCount() for proxy in PROXIES}
    for file in LOG_FILES:
        if file.path in counts:
            sums[file.proxy] = sums[file.proxy].plus(counts[file.path])
    return sums


def _told_before(file: LogFile, moment: datetime) -> bool:
    # The late file repeats the minutes before and after the gap.
    return file.late and not LATE_GAP.holds(moment)


def _minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += _MINUTE


def _merged(
    polling: Polling, minute: datetime, lines: list[str], entries: Sequence[Line | RawLine]
) -> Iterator[bytes]:
    """Put the planted lines where their second has come."""
    first = polling.before(minute)
    places = [
        min(polling.before(entry.at.replace(microsecond=0)) - first, len(lines))
        for entry in entries
    ]
    yield "".join(lines[: places[0]] if places else lines).encode()
    for entry, (start, end) in zip(entries, pairwise([*places, len(lines)]), strict=True):
        yield (entry.text if isinstance(entry, RawLine) else render(entry)) + b"\n"
        yield "".join(lines[start:end]).encode()


def _half_line(polling: Polling, end: datetime) -> bytes:
    """Give the beginning of the line that would have come next."""
    line = polling.between(end, end + _MINUTE)[0]
    return line.encode()[: len(line) // 4]
