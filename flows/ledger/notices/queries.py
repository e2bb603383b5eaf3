"""What the ledger knows of notices."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from flows.ledger.connection import Transaction
from flows.ledger.notices.states import Action, NoticeState
from flows.ledger.tables import notice_history, notice_items, notices


@dataclass(frozen=True, kw_only=True)
class LedgerNotice:
    """A notice as it stands; see `tables.notices`."""

    customer_id: str
    revision: int
    state: NoticeState
    state_at: datetime
    why: str | None
    content_hash: str
    recipient: str | None
    is_supplement: bool
    is_final: bool
    created_run: int
    changed_run: int


class NoticeItem(NamedTuple):
    """One finding as a notice lists it; `what` is in words for the customer."""

    finding_id: str
    kind: str
    verdict: str
    reason: str | None = None
    grounds: str | None = None
    what: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class HistoryEntry:
    """One change of a notice; see `tables.notice_history`."""

    number: int
    at: datetime
    who: str
    action: Action
    state_before: NoticeState | None
    state_after: NoticeState
    why: str | None
    content_hash: str


def of_notice(table: sa.Table) -> sa.ColumnElement[bool]:
    """The rows of a table that belong to the notice which `key_of` names.

    There may be ten thousand notices, and to make a statement takes longer than to execute it: so
    each is made once.
    """
    return sa.and_(
        table.c.migration_id == sa.bindparam("its_migration"),
        table.c.customer_id == sa.bindparam("its_customer"),
        table.c.revision == sa.bindparam("its_revision"),
    )


def key_of(tx: Transaction, customer_id: str, revision: int) -> dict[str, str | int]:
    """What a statement with `of_notice` is executed with."""
    return {
        "its_migration": tx.migration_id,
        "its_customer": customer_id,
        "its_revision": revision,
    }


_NOTICES: Final = sa.select(*(column for column in notices.c if column.name != "migration_id"))
_NOTICE: Final = _NOTICES.where(of_notice(notices))
_REVISIONS: Final = _NOTICES.where(
    notices.c.migration_id == sa.bindparam("its_migration"),
    notices.c.customer_id == sa.bindparam("its_customer"),
).order_by(notices.c.revision)
# The customer, then the columns in the order of NoticeItem.
_ITEMS: Final = sa.select(
    *(notice_items.c[name] for name in ("customer_id", *NoticeItem._fields))
).order_by(notice_items.c.customer_id, notice_items.c.finding_id)


def find_notices(
    tx: Transaction,
    *,
    states: Collection[NoticeState] | None = None,
    customers: Collection[str] | None = None,
) -> list[LedgerNotice]:
    """The notices in these states and of these customers (None: all), by customer and revision."""
    wanted = _of_migration(tx)
    if states is not None:
        wanted = wanted.where(notices.c.state.in_(states))
    found = [_notice(row) for row in tx.connection.execute(wanted).mappings()]
    if customers is None:
        return found
    # Compared here, as a statement takes only so many values.
    named = frozenset(customers)
    return [notice for notice in found if notice.customer_id in named]


def find_notice(tx: Transaction, customer_id: str, revision: int) -> LedgerNotice | None:
    """One notice, if there is such a one."""
    key = key_of(tx, customer_id, revision)
    row = tx.connection.execute(_NOTICE, key).mappings().first()
    return _notice(row) if row is not None else None


def find_revisions(tx: Transaction, customer_id: str) -> list[LedgerNotice]:
    """All notices of one customer, by revision."""
    key = {"its_migration": tx.migration_id, "its_customer": customer_id}
    return [_notice(row) for row in tx.connection.execute(_REVISIONS, key).mappings()]


def latest_by_customer(tx: Transaction) -> dict[str, LedgerNotice]:
    """Each customer's notice with the highest revision."""
    return {notice.customer_id: notice for notice in find_notices(tx)}


def items_of(tx: Transaction, customer_id: str, revision: int) -> list[NoticeItem]:
    """What a notice lists."""
    wanted = _ITEMS.where(of_notice(notice_items))
    rows = tx.connection.execute(wanted, key_of(tx, customer_id, revision))
    return [NoticeItem(*row[1:]) for row in rows]


def last_sent_items(tx: Transaction) -> dict[str, list[NoticeItem]]:
    """For each customer who was sent a notice, what the last one sent lists."""
    sent = (
        sa.select(
            notices.c.customer_id.label("customer"), sa.func.max(notices.c.revision).label("last")
        )
        .where(notices.c.migration_id == tx.migration_id, notices.c.state == NoticeState.SENT)
        .group_by(notices.c.customer_id)
        .subquery()
    )
    wanted = _ITEMS.join(
        sent,
        (notice_items.c.customer_id == sent.c.customer)
        & (notice_items.c.revision == sent.c.last)
        & (notice_items.c.migration_id == tx.migration_id),
    )
    customers = tx.connection.execute(sa.select(sent.c.customer).order_by(sent.c.customer))
    found: dict[str, list[NoticeItem]] = {customer: [] for customer in customers.scalars()}
    for customer, *item in tx.connection.execute(wanted):
        found[customer].append(NoticeItem(*item))
    return found


def history(tx: Transaction, customer_id: str, revision: int) -> list[HistoryEntry]:
    """All that was done to a notice, in order."""
    names = ("migration_id", "customer_id", "revision")
    columns = [column for column in notice_history.c if column.name not in names]
    wanted = sa.select(*columns).where(of_notice(notice_history)).order_by(notice_history.c.number)
    rows = tx.connection.execute(wanted, key_of(tx, customer_id, revision)).mappings()
    return [_entry(row) for row in rows]


def _of_migration(tx: Transaction) -> sa.Select[Any]:
    mine = _NOTICES.where(notices.c.migration_id == tx.migration_id)
    return mine.order_by(notices.c.customer_id, notices.c.revision)


def _notice(row: sa.RowMapping) -> LedgerNotice:
    return LedgerNotice(**{**row, "state": NoticeState(row["state"])})


def _entry(row: sa.RowMapping) -> HistoryEntry:
    before = row["state_before"]
    return HistoryEntry(
        **{
            **row,
            "action": Action(row["action"]),
            "state_before": None if before is None else NoticeState(before),
            "state_after": NoticeState(row["state_after"]),
        }
    )
