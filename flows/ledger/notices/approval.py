"""What people do with notices: approve, reject, say that one was sent. `who` is the person."""

from datetime import datetime

from flows.folders import BusyError
from flows.ledger.connection import Transaction
from flows.ledger.lock import holder
from flows.ledger.notices.changes import change, check_hash, existing, named
from flows.ledger.notices.queries import LedgerNotice
from flows.ledger.notices.states import Action, NoticeState


def approve(
    tx: Transaction,
    customer_id: str,
    revision: int,
    *,
    content_hash: str,
    who: str,
    at: datetime,
    why: str | None = None,
) -> None:
    """Approve the content with this hash, which is what the person has seen; no other is sent.

    One that was left in `sending` can be approved again where the person has found out that it did
    not arrive. Raises NoticeStateError where the content is another one by now; BusyError where it
    is just being sent.
    """
    notice = existing(tx, customer_id, revision)
    check_hash(notice, content_hash)
    _check_sender(tx, notice)
    change(tx, notice, Action.APPROVE, who=who, at=at, why=why)


def reject(
    tx: Transaction,
    customer_id: str,
    revision: int,
    *,
    who: str,
    at: datetime,
    why: str | None = None,
) -> None:
    """Decide that this content is not to be sent."""
    notice = existing(tx, customer_id, revision)
    change(tx, notice, Action.REJECT, who=who, at=at, why=why)


def mark_sent(
    tx: Transaction,
    customer_id: str,
    revision: int,
    *,
    who: str,
    at: datetime,
    why: str | None = None,
) -> None:
    """Record that a person has sent it by other means, or knows that it did arrive.

    Raises BusyError where it is just being sent.
    """
    notice = existing(tx, customer_id, revision)
    _check_sender(tx, notice)
    change(tx, notice, Action.MARK_SENT, who=who, at=at, why=why)


def _check_sender(tx: Transaction, notice: LedgerNotice) -> None:
    """What is in `sending` while its sender lives is the sender's: else it could go out twice."""
    if notice.state is not NoticeState.SENDING:
        return
    at_work = holder(tx)
    if at_work is not None and at_work.purpose == "send":
        raise BusyError(
            f"{named(notice.customer_id, notice.revision, capital=True)} is just being sent. "
            f"{at_work.says(tx.migration_id)} Wait for its end."
        )
