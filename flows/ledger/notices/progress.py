"""How much of what the notices list is done."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from flows.ledger.connection import Transaction
from flows.ledger.tables import findings, notice_items

# Closed because the customer has seen to it; not because it turned out never to have been lost.
_DONE: Final = ("repaired", "deleted_since")


@dataclass(frozen=True)
class Progress:
    """What a notice lists, counted by verdict, and how much of it is done."""

    verdicts: Mapping[str, int] = field(default_factory=dict)
    done: int = 0

    @property
    def listed(self) -> int:
        """How much the notice lists."""
        return sum(self.verdicts.values())


def progress_of_all(tx: Transaction) -> dict[tuple[str, int], Progress]:
    """The progress of every notice that lists anything, by customer and revision."""
    is_done = sa.case((findings.c.closure.in_(_DONE), 1), else_=0)
    key = (notice_items.c.customer_id, notice_items.c.revision, notice_items.c.verdict)
    its_finding = (findings.c.migration_id == notice_items.c.migration_id) & (
        findings.c.finding_id == notice_items.c.finding_id
    )
    counted = (
        sa.select(*key, sa.func.count(), sa.func.sum(is_done))
        .select_from(notice_items.outerjoin(findings, its_finding))
        .where(notice_items.c.migration_id == tx.migration_id)
        .group_by(*key)
        .order_by(*key)
    )
    verdicts: defaultdict[tuple[str, int], dict[str, int]] = defaultdict(dict)
    done: Counter[tuple[str, int]] = Counter()
    for customer_id, revision, verdict, count, done_of_it in tx.connection.execute(counted):
        of = customer_id, revision
        verdicts[of][verdict] = count
        done[of] += done_of_it
    return {of: Progress(counts, done[of]) for of, counts in verdicts.items()}
