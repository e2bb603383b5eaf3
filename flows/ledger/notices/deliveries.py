"""Every attempt to hand a notice to the mail server, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import sqlalchemy as sa

from flows.ledger.connection import Transaction
from flows.ledger.errors import LedgerError
from flows.ledger.notices.changes import named
from flows.ledger.notices.queries import key_of, of_notice
from flows.ledger.tables import deliveries
from transforms.printable import printable

_ANSWER_KEPT: Final = 500


class Outcome(StrEnum):
    """What came of an attempt."""

    ACCEPTED = "accepted"
    # For good.
    REFUSED = "refused"
    # The server has certainly not taken it, and may later.
    TEMPORARY = "temporary"
    # The connection broke where the server may have taken it.
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """An attempt; without an outcome nobody saw its end."""

    customer_id: str
    revision: int
    attempt: int
    message_id: str | None
    recipient: str | None
    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome | None
    answer: str | None


def start_delivery(
    tx: Transaction,
    customer_id: str,
    revision: int,
    *,
    message_id: str,
    recipient: str,
    at: datetime,
) -> int:
    """Record that an attempt begins; its number, from 1. Under the migration's lock."""
    last = sa.select(sa.func.coalesce(sa.func.max(deliveries.c.attempt), 0))
    mine = last.where(of_notice(deliveries))
    key = key_of(tx, customer_id, revision)
    attempt: int = tx.connection.execute(mine, key).scalar_one() + 1
    row = {
        "migration_id": tx.migration_id,
        "customer_id": customer_id,
        "revision": revision,
        "attempt": attempt,
        "message_id": message_id,
        "recipient": recipient,
        "started_at": at,
    }
    tx.connection.execute(sa.insert(deliveries), row)
    return attempt


def end_delivery(
    tx: Transaction,
    customer_id: str,
    revision: int,
    attempt: int,
    *,
    outcome: Outcome,
    answer: str | None,
    at: datetime,
) -> None:
    """Record what came of an attempt; of the server's words, the first 500 characters."""
    kept = None if answer is None else printable(answer, _ANSWER_KEPT)
    open_attempt = sa.update(deliveries).where(
        of_notice(deliveries), deliveries.c.attempt == attempt, deliveries.c.outcome.is_(None)
    )
    ended = {"outcome": outcome, "answer": kept, "ended_at": at}
    key = key_of(tx, customer_id, revision)
    if tx.connection.execute(open_attempt, key | ended).rowcount != 1:
        raise LedgerError(
            f"Attempt {attempt} of {named(customer_id, revision)} has ended already or never began."
        )


def all_deliveries(tx: Transaction) -> list[Delivery]:
    """Every attempt of the migration, by customer, revision and attempt."""
    columns = [column for column in deliveries.c if column.name != "migration_id"]
    wanted = sa.select(*columns).where(deliveries.c.migration_id == tx.migration_id)
    key = (deliveries.c.customer_id, deliveries.c.revision, deliveries.c.attempt)
    rows = tx.connection.execute(wanted.order_by(*key)).mappings()
    return [
        Delivery(**{**row, "outcome": Outcome(row["outcome"]) if row["outcome"] else None})
        for row in rows
    ]
