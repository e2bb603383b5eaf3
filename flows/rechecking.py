"""Approved notices held against the new database once more, just before they are sent."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from flows.catalogue import load_catalogue
from flows.comparison import compare_with_database
from flows.judging import judge
from flows.ledger import Ledger
from flows.ledger.notices.queries import find_notices, items_of
from flows.ledger.notices.states import NoticeState
from flows.ledger.source_files import known_files
from flows.reading import coverage_rules, log_sources, put_events_together, put_logs_together
from flows.settings import Settings
from flows.shelf import recalled
from flows.sources.extracts import extracts_folder
from flows.sources.kept import KeptFile
from flows.stock import Files
from transforms.coverage import silences
from transforms.matching import match_by_request_id
from transforms.retries import listed_findings
from transforms.writes import settle_writes

# For so long what the database said holds: asking anew for every mail would take longer than to
# send it.
FRESH_SECONDS: Final = 30.0


@dataclass
class Recheck:
    """Says whose approved notice would read otherwise by now; asks again when that is not fresh."""

    settings: Settings
    ledger: Ledger
    clock: Callable[[], float] = time.monotonic
    _looked_at: float | None = None
    _changed: frozenset[str] = field(default=frozenset())

    def __call__(self, customer_ids: Collection[str]) -> frozenset[str]:
        """Give those of the customers whose findings are not those of their approved notice."""
        now = self.clock()
        if self._looked_at is None or now - self._looked_at > FRESH_SECONDS:
            self._changed = changed_customers(self.settings, self.ledger)
            self._looked_at = now
        return self._changed.intersection(customer_ids)


def changed_customers(settings: Settings, ledger: Ledger) -> frozenset[str]:
    """Whose approved notice would list otherwise, judged by the database as it is now."""
    listed = _listed_now(settings, ledger)
    changed = set()
    with ledger.reading() as tx:
        for notice in find_notices(tx, states=[NoticeState.APPROVED]):
            items = items_of(tx, notice.customer_id, notice.revision)
            told = {(item.finding_id, item.verdict) for item in items}
            if told != listed.get(notice.customer_id, set()):
                changed.add(notice.customer_id)
    return frozenset(changed)


def _listed_now(settings: Settings, ledger: Ledger) -> dict[str, set[tuple[str, str]]]:
    catalogue = load_catalogue(settings.catalogue_path)
    folder = extracts_folder(settings.output_folder)
    with ledger.reading() as tx:
        kept = [recalled(row) for row in known_files(tx)]
    logs = put_logs_together(
        settings, _files(kept, [entry.name for entry in settings.access_logs]), folder
    )
    events = put_events_together(
        settings, _files(kept, [entry.name for entry in settings.client_events]), folder
    )
    writes = settle_writes(logs.writes, settings.window, log_sources(settings))
    matching = match_by_request_id(writes, events.events, settings.window)
    compared = compare_with_database(settings, catalogue, matching)
    silent = silences(logs.seen, coverage_rules(settings), settings.window)
    findings = judge(settings, catalogue, compared, silent, ledger).findings
    asked = findings.join(listed_findings(findings, catalogue), on="finding_id", how="semi")
    return {
        str(customer_id): set(rows.select("finding_id", "verdict").iter_rows())
        for (customer_id,), rows in asked.partition_by("customer_id", as_dict=True).items()
    }


def _files(kept: Sequence[KeptFile], sources: Collection[str]) -> Files:
    """The kept files of these entries, as if a run had just taken stock of them."""
    own = tuple(file for file in kept if file.source in sources)
    return Files(kept=own, read=0, skipped=len(own), gone=(), rewritten=())
