"""What customers have been sent so far, and what of it has changed: read from the ledger."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from flows.ledger import Transaction
from flows.ledger.notices.queries import (
    LedgerNotice,
    NoticeItem,
    find_notices,
    last_sent_items,
)
from flows.ledger.notices.states import NoticeState
from notifications.due import LastSent, News, Standing
from notifications.supplement import Withdrawn
from transforms.supplements import SENT, changes_since_sent


@dataclass(frozen=True, kw_only=True)
class Correspondence:
    """Each customer's notices: the latest, how far they have come, what the last one sent lists."""

    latest: Mapping[str, LedgerNotice]
    standings: Mapping[str, Standing]
    sent: Mapping[str, Sequence[NoticeItem]]

    def changes(self, findings: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
        """What has changed since (`transforms.supplements.CHANGES`).

        `findings` has `grounds` beside the columns of FINDINGS; `listed` is of `finding_id`.
        """
        rows = [
            (customer_id, item.finding_id, item.verdict, item.grounds)
            for customer_id, items in self.sent.items()
            for item in items
        ]
        return changes_since_sent(pl.DataFrame(rows, schema=SENT, orient="row"), findings, listed)

    def news(self, changes: pl.DataFrame) -> dict[str, News]:
        """The changes that are to be written about, by customer."""
        items = {item.finding_id: item for own in self.sent.values() for item in own}
        found: dict[str, list[str]] = defaultdict(list)
        withdrawn: dict[str, list[Withdrawn]] = defaultdict(list)
        for customer_id, finding_id, change, verdict in changes.iter_rows():
            if change == "found":
                found[customer_id].append(finding_id)
            elif change == "withdrawn":
                withdrawn[customer_id].append(_withdrawn(items[finding_id], verdict))
        return {
            customer_id: News(
                found=tuple(found[customer_id]), withdrawn=tuple(withdrawn[customer_id])
            )
            for customer_id in sorted({*found, *withdrawn})
        }


def read_correspondence(tx: Transaction) -> Correspondence:
    """Read what the ledger knows of all customers of the migration."""
    latest: dict[str, LedgerNotice] = {}
    last_sent: dict[str, LastSent] = {}
    for notice in find_notices(tx):
        latest[notice.customer_id] = notice
        if notice.state is NoticeState.SENT:
            last_sent[notice.customer_id] = LastSent(
                revision=notice.revision, sent_at=notice.state_at, is_final=notice.is_final
            )
    standings = {
        customer_id: Standing(
            revision=notice.revision,
            is_unresolved=notice.state is NoticeState.SENDING,
            last_sent=last_sent.get(customer_id),
        )
        for customer_id, notice in latest.items()
    }
    return Correspondence(latest=latest, standings=standings, sent=last_sent_items(tx))


def _withdrawn(item: NoticeItem, verdict: str | None) -> Withdrawn:
    return Withdrawn(kind=item.kind, at=item.at, what=item.what or item.finding_id, verdict=verdict)
