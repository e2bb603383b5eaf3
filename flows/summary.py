"""What a run says at its end: counts and places, no personal data."""

import resource
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl

from flows.notices import NoticeChanges
from flows.outcome import Published, Run
from transforms.balance import EventCounts, LineCounts

STAGES = ("logs", "events", "database", "verdicts", "notices")


@dataclass
class Stopwatch:
    """The wall time of each stage, without what the orchestrator needs to start."""

    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))
    started: float = field(default_factory=time.perf_counter)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time within for the stage."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - begin

    def read(self) -> dict[str, float]:
        """Seconds by stage, and in total since the start."""
        total = time.perf_counter() - self.started
        return {name: round(value, 3) for name, value in (self.seconds | {"total": total}).items()}


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The end of a run. `losses_beyond` counts findings by the reason that calls for alarm."""

    run_id: str
    migration: str
    files_read: int
    files_skipped: int
    lines: LineCounts
    events: EventCounts
    gaps: tuple[tuple[str, datetime, datetime], ...]
    findings: Mapping[str, int]
    losses_beyond: Mapping[str, int]
    customers: int
    notices: NoticeChanges
    unattributed: int
    changes: Mapping[str, int]
    sources_without_files: tuple[str, ...]
    broken_files: tuple[str, ...]
    gone_files: tuple[str, ...]
    rewritten_files: tuple[str, ...]
    seconds: Mapping[str, float]
    output: Path

    @property
    def is_complete(self) -> bool:
        """Whether every source was seen for the whole window."""
        return not self.gaps

    @property
    def result(self) -> str:
        """How a run that had something to do has ended, in a word."""
        return "Final" if self.is_complete else "Preliminary"

    def as_json(self) -> dict[str, object]:
        """The object that `run --json` prints."""
        lines, events, notices = self.lines, self.events, self.notices
        return {
            "run_id": self.run_id,
            "migration": self.migration,
            "files": {"read": self.files_read, "skipped": self.files_skipped},
            "lines": vars(lines) | {},
            "events": {
                "read": events.read,
                "malformed": events.malformed,
                "duplicate": events.duplicate,
            },
            "coverage": {
                "complete": self.is_complete,
                "gaps": [
                    {"source": source, "from": begin.isoformat(), "to": end.isoformat()}
                    for source, begin, end in self.gaps
                ],
            },
            "findings": dict(self.findings),
            "customers": self.customers,
            "notices": {
                "new": notices.new,
                "replaced": notices.replaced,
                "supplement": notices.supplement,
                "withdrawn": notices.withdrawn,
                "unchanged": notices.unchanged,
            },
            "unattributed": self.unattributed,
            "seconds": dict(self.seconds),
            "peak_memory_bytes": peak_memory_bytes(),
            "output": str(self.output),
        }


def summarise(run: Run, published: Published, *, watch: Stopwatch) -> Summary:
    """The end of a run that has written all it had to write."""
    findings = run.found.findings
    beyond = findings.filter(
        pl.col("reason").is_in(["after_live", "before_snapshot"]),
        pl.col("verdict").is_in(["lost", "stale", "resurrected"]),
    )
    silent = [entry.name for entry in run.settings.access_logs if entry.name not in _read(run)]
    return Summary(
        run_id=run.id,
        migration=run.settings.migration.id,
        files_read=run.files.read,
        files_skipped=run.files.skipped,
        lines=published.lines,
        events=published.events,
        gaps=tuple(run.silences.filter(~pl.col("accepted")).drop("accepted").iter_rows()),
        findings=count_by(findings, "verdict"),
        losses_beyond=count_by(beyond, "reason"),
        customers=published.customers,
        notices=published.notices,
        unattributed=run.found.unattributed.height,
        changes=changes_since(published.previous, findings),
        sources_without_files=tuple(silent),
        broken_files=run.files.broken,
        gone_files=run.files.gone,
        rewritten_files=run.files.rewritten,
        seconds=watch.read(),
        output=run.output,
    )


def _read(run: Run) -> set[str]:
    return {each.source for each in run.logs.files.kept}


def count_by(findings: pl.DataFrame, column: str) -> dict[str, int]:
    """How many findings have each value of the column."""
    counted = findings.drop_nulls(column).group_by(column).len().sort(column)
    return dict(counted.iter_rows())


def peak_memory_bytes() -> int:
    """The most memory that this process has had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def changes_since(previous: pl.DataFrame | None, findings: pl.DataFrame) -> dict[str, int]:
    """How many findings are new, have another verdict, or are gone since the run before."""
    if previous is None:
        return {}
    both = previous.select("finding_id", before="verdict").join(
        findings.select("finding_id", "verdict"), on="finding_id"
    )
    return {
        "new": findings.height - both.height,
        "changed": both.filter(pl.col("before") != pl.col("verdict")).height,
        "gone": previous.height - both.height,
    }
