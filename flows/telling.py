"""Notices written and known to the ledger: the one place where files and ledger meet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from flows.correspondence import read_correspondence
from flows.ledger import Ledger, Transaction
from flows.ledger.findings import JUDGED, record_findings, rows_seen
from flows.ledger.notices.queries import LedgerNotice
from flows.notices import (
    NoticeChanges,
    Telling,
    clear_folders,
    latest_notices,
    notices_due,
    record_notices,
    standing,
    word_notices,
    write_notices,
)
from flows.settings import Settings
from transforms.asking import ASKING
from transforms.history import DELETED_SINCE, seen_rows, with_grounds
from transforms.retries import listed_findings


@dataclass(frozen=True, kw_only=True)
class Told:
    """What became of the notices, each customer's latest one, and what has changed since sent.

    `changes` is of `transforms.supplements.CHANGES`.
    """

    notices: NoticeChanges
    latest: Mapping[str, LedgerNotice]
    changes: pl.DataFrame


def tell_customers(telling: Telling, ledger: Ledger, settings: Settings, *, run: int) -> Told:
    """Write every notice that is due, and let the ledger know of it and of all findings.

    First the files, then the ledger in one transaction, then what no notice needs any more is
    removed. Killed at any point, the next run does the rest.
    """
    output = settings.output_folder
    findings = with_grounds(telling.found.findings)
    with ledger.reading() as tx:
        correspondence = read_correspondence(tx)
    changes = correspondence.changes(findings, listed_findings(findings, telling.catalogue))
    dues = notices_due(
        telling,
        correspondence,
        correspondence.news(changes),
        announce_final=settings.notices.announce_final,
    )
    contents = write_notices(
        output, word_notices(telling, dues), settings.notices.formats, findings
    )
    now = datetime.now(UTC)
    with ledger.begin() as tx:
        became = record_notices(tx, contents, correspondence, run=run, at=now)
        _record_findings(tx, telling, findings, changes, run=run)
        latest = latest_notices(tx)
        kept = standing(tx)
    clear_folders(output, kept)
    return Told(notices=became, latest=latest, changes=changes)


def tell_nobody(telling: Telling, ledger: Ledger) -> Told:
    """Look what has changed since customers were told, and leave notices and ledger as they are."""
    findings = with_grounds(telling.found.findings)
    with ledger.reading() as tx:
        correspondence = read_correspondence(tx)
        latest, kept = latest_notices(tx), standing(tx)
    changes = correspondence.changes(findings, listed_findings(findings, telling.catalogue))
    return Told(notices=NoticeChanges(unchanged=len(kept)), latest=latest, changes=changes)


def _record_findings(
    tx: Transaction, telling: Telling, findings: pl.DataFrame, changes: pl.DataFrame, *, run: int
) -> None:
    closed = changes.filter(pl.col("change").is_in(["done", "withdrawn"]))
    judged = (
        findings.join(
            seen_rows(telling.found, rows_seen(tx)), on="finding_id", how="left", validate="1:1"
        )
        .join(closed.select("finding_id", "change"), on="finding_id", how="left", validate="1:1")
        .with_columns(
            asks=pl.col("verdict").is_in(ASKING),
            closure=pl.when(pl.col("reason") == DELETED_SINCE)
            .then(pl.lit(DELETED_SINCE))
            .otherwise(pl.col("change").replace({"done": "repaired"})),
        )
    )
    record_findings(tx, run, judged.select(*JUDGED))
