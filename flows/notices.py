"""Each customer's notice over time: what is due now, worded, written, and known to the ledger."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from flows.correspondence import Correspondence
from flows.folders import settle
from flows.ledger import Transaction
from flows.ledger.notices.contents import NoticeContent, Put, put_content, withdraw
from flows.ledger.notices.queries import LedgerNotice, NoticeItem, find_notices
from flows.ledger.notices.states import NoticeState
from flows.packs import write_packs
from notifications.cases import Case, read_cases
from notifications.content import Customer, MigrationFacts, Notice
from notifications.due import Due, News, Standing, due
from notifications.notice import word_notice
from notifications.paths import notice_folder
from transforms.asking import ASKING
from transforms.balance import NoticeRowCounts
from transforms.catalogue import Catalogue
from transforms.errors import BalanceError
from transforms.findings import Findings

_CUSTOMERS_AT_ONCE: Final = 500
_NOTHING_SHOWN: Final = NoticeRowCounts(asking=0, rows=0, retries=0, acknowledgements=0)
# What no customer has seen, and so may be taken back.
_NOT_SENT: Final = frozenset(
    {NoticeState.DRAFT, NoticeState.APPROVED, NoticeState.REJECTED, NoticeState.FAILED}
)


@dataclass(frozen=True, kw_only=True)
class NoticeChanges:
    """What became of the notices in one run; `unchanged` are all others that there are."""

    new: int = 0
    replaced: int = 0
    supplement: int = 0
    withdrawn: int = 0
    unchanged: int = 0


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What the notices of a run are made from.

    `found` has been settled with what earlier runs knew (`transforms.history`), `rows` are those of
    the new database by kind, `shown` is how each customer's findings are shown (`retries`).
    """

    found: Findings
    rows: Mapping[str, pl.DataFrame]
    customers: Mapping[str, Customer]
    facts: MigrationFacts
    catalogue: Catalogue
    shown: Mapping[str, NoticeRowCounts]


def notices_due(
    telling: Telling,
    correspondence: Correspondence,
    news: Mapping[str, News],
    *,
    announce_final: bool,
) -> dict[str, Due]:
    """Which notice each customer is due, by customer id in order; most are due none twice."""
    with_rows = {customer_id for customer_id, counts in telling.shown.items() if counts.rows}
    wanted = {
        customer_id: due(
            correspondence.standings.get(customer_id, Standing()),
            news.get(customer_id, News()),
            becomes_final=telling.facts.coverage.is_complete,
            announce_final=announce_final,
        )
        for customer_id in sorted(with_rows | news.keys())
    }
    return {customer_id: one for customer_id, one in wanted.items() if one}


def word_notices(telling: Telling, dues: Mapping[str, Due]) -> Iterator[Notice]:
    """Word the notices that are due, some customers at a time: all cases would fill the memory.

    Each is held to the very numbers that are in the run's sums; raises BalanceError.
    """
    found, catalogue = telling.found, telling.catalogue
    ids = pl.DataFrame({"customer_id": list(dues)}, schema={"customer_id": pl.String})
    for some in ids.iter_slices(_CUSTOMERS_AT_ONCE):
        cases = read_cases(
            found.findings.join(some, on="customer_id", how="semi", maintain_order="left"),
            found.evidence.join(some, on="customer_id", how="semi", maintain_order="left"),
            {
                kind: frame.join(some, on="customer_id", how="semi")
                for kind, frame in telling.rows.items()
            },
            catalogue,
            old_sources=telling.facts.old_sources,
        )
        for customer_id in some.get_column("customer_id"):
            one = dues[customer_id]
            case = cases.get(customer_id) or Case(customer_id=customer_id)
            customer = telling.customers.get(customer_id) or Customer(id=customer_id)
            notice = word_notice(
                case,
                customer,
                telling.facts,
                catalogue,
                revision=one.revision,
                supplement=one.supplement,
            )
            shown = telling.shown.get(customer_id, _NOTHING_SHOWN)
            if notice is None or notice.counts != shown:
                raise BalanceError(
                    f"A notice shows {notice.counts if notice else 'nothing'}, but the findings of "
                    f"its customer make {shown}. Nothing of it was written. Please report this."
                )
            yield notice


def write_notices(
    output: Path, notices: Iterable[Notice], formats: Iterable[str], findings: pl.DataFrame
) -> list[NoticeContent]:
    """Write the packs, and say what the ledger is to know of each.

    `findings` has `grounds` beside the columns of FINDINGS. Every file is read back and its rows
    counted before any of its customer's is put in place.
    """
    asking = findings.filter(pl.col("verdict").is_in(ASKING))
    judged = {
        finding_id: told
        for finding_id, *told in asking.select(
            "finding_id", "verdict", "reason", "grounds"
        ).iter_rows()
    }
    worded: dict[str, NoticeContent] = {}

    def noted() -> Iterator[Notice]:
        for notice in notices:
            worded[notice.customer_id] = _content(notice, judged)
            yield notice

    hashes = dict(write_packs(output, noted(), tuple(formats)))
    settle()
    return [
        replace(content, content_hash=hashes[customer_id])
        for customer_id, content in worded.items()
    ]


def _content(notice: Notice, judged: Mapping[str, list[str | None]]) -> NoticeContent:
    items = []
    for row in notice.asking:
        for finding_id in row.finding_ids:
            verdict, reason, grounds = judged[finding_id]
            items.append(
                NoticeItem(
                    finding_id=finding_id,
                    kind=row.kind,
                    verdict=str(verdict),
                    reason=reason,
                    grounds=grounds,
                    what=f"{row.what} ({row.who})" if row.who else row.what,
                    at=row.at,
                )
            )
    return NoticeContent(
        customer_id=notice.customer_id,
        revision=notice.revision,
        content_hash="",
        recipient=notice.envelope.recipient,
        is_supplement=notice.changes is not None,
        is_final=notice.state == "final",
        items=items,
    )


def record_notices(
    tx: Transaction,
    contents: Iterable[NoticeContent],
    correspondence: Correspondence,
    *,
    run: int,
    at: datetime,
) -> NoticeChanges:
    """Let the ledger know what was written, and withdraw what has nothing left to say."""
    became = {
        content.customer_id: (put_content(tx, content, run=run, at=at), content.is_supplement)
        for content in contents
    }
    stale = [
        notice
        for notice in correspondence.latest.values()
        if notice.state in _NOT_SENT and notice.customer_id not in became
    ]
    for notice in stale:
        withdraw(
            tx,
            notice.customer_id,
            notice.revision,
            why="the logs at hand and the new database show nothing more to tell",
            at=at,
        )
    new = [is_supplement for put, is_supplement in became.values() if put is Put.NEW]
    replaced = sum(put is Put.REPLACED for put, _ in became.values())
    present = sum(
        notice.state is not NoticeState.WITHDRAWN for notice in latest_notices(tx).values()
    )
    return NoticeChanges(
        new=len(new) - sum(new),
        supplement=sum(new),
        replaced=replaced,
        withdrawn=len(stale),
        unchanged=present - len(new) - replaced,
    )


def latest_notices(tx: Transaction) -> dict[str, LedgerNotice]:
    """Each customer's latest notice, whatever became of it."""
    return {notice.customer_id: notice for notice in find_notices(tx)}


def standing(tx: Transaction) -> list[LedgerNotice]:
    """Every notice whose files are to be kept: all that were sent, and what may yet be."""
    return [notice for notice in find_notices(tx) if notice.state is not NoticeState.WITHDRAWN]


def clear_folders(output: Path, kept: Iterable[LedgerNotice]) -> None:
    """Remove what is below `notices/` and belongs to no notice that stands."""
    folders = {output / notice_folder(notice.customer_id, notice.revision) for notice in kept}
    notices = output / "notices"
    if not notices.is_dir():
        return
    for customer in sorted(notices.iterdir()):
        for folder in sorted(customer.iterdir()) if customer.is_dir() else [customer]:
            if folder not in folders:
                shutil.rmtree(folder) if folder.is_dir() else folder.unlink()
        if customer.is_dir() and not any(customer.iterdir()):
            customer.rmdir()
