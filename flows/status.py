"""How a migration stands, by what the ledger knows: no log, no database, no result is read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flows.ledger import open_ledger
from flows.ledger.lock import Holder, holder
from flows.ledger.notices.queries import find_notices
from flows.ledger.purging import purged_at
from flows.ledger.runs import LedgerRun, RunState, all_runs
from flows.settings import Settings

RUNS_SHOWN: Final = 10


@dataclass(frozen=True, kw_only=True)
class Status:
    """The runs, what the last one that came to its end counted, the notices, who is at work."""

    migration: str
    runs: Sequence[LedgerRun]
    summary: Mapping[str, Any]
    notices: Mapping[str, int]
    at_work: Holder | None
    purged_at: datetime | None

    @property
    def gaps(self) -> Sequence[Sequence[str]]:
        """Source, from and to of each silence that is not accepted."""
        gaps: Sequence[Sequence[str]] = self.summary.get("gaps", [])
        return gaps

    def as_json(self) -> dict[str, Any]:
        """What `status --json` prints."""
        return {
            "migration": self.migration,
            "runs": [
                {
                    "number": run.number,
                    "run_id": run.run_id,
                    "started_at": run.started_at.isoformat(),
                    "ended_at": run.ended_at.isoformat() if run.ended_at else None,
                    "state": run.state.value,
                    "result": run.result,
                }
                for run in self.runs
            ],
            "coverage": {
                "complete": bool(self.summary) and not self.gaps,
                "gaps": [
                    {"source": source, "from": begin, "to": end} for source, begin, end in self.gaps
                ],
            },
            "findings": self.summary.get("findings", {}),
            "customers": self.summary.get("customers", 0),
            "notices": self.notices,
            "lock": None
            if self.at_work is None
            else {
                "purpose": self.at_work.purpose,
                "host": self.at_work.process.host,
                "pid": self.at_work.process.pid,
                "taken_at": self.at_work.taken_at.isoformat(),
            },
            "purged_at": self.purged_at.isoformat() if self.purged_at else None,
        }


def read_status(settings: Settings) -> Status:
    """Read it from the ledger, all of one moment."""
    migration_id = settings.migration.id
    with (
        open_ledger(settings.ledger.url, base=settings.base, migration_id=migration_id) as ledger,
        ledger.reading() as tx,
    ):
        runs = all_runs(tx)
        done = [run for run in runs if run.state is RunState.DONE and run.counts]
        return Status(
            migration=migration_id,
            runs=runs,
            summary=(done[-1].counts or {}).get("summary", {}) if done else {},
            notices=dict(sorted(Counter(one.state.value for one in find_notices(tx)).items())),
            at_work=holder(tx),
            purged_at=purged_at(tx),
        )
