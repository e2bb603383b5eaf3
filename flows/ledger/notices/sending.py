"""What sends goes through these states. `who` is the person who started it."""

from datetime import datetime

from flows.ledger.connection import Transaction
from flows.ledger.notices.changes import NoticeStateError, change, check_hash, existing, named
from flows.ledger.notices.states import Action


def begin_sending(
    tx: Transaction,
    customer_id: str,
    revision: int,
    *,
    content_hash: str,
    recipient: str,
    who: str,
    at: datetime,
) -> None:
    """Take an approved notice for sending; to be committed before its first byte goes out.

    `content_hash` is of the bytes at hand, `recipient` is who would get them. Raises
    NoticeStateError where they are not what was approved.
    """
    notice = existing(tx, customer_id, revision)
    check_hash(notice, content_hash)
    if notice.recipient != recipient:
        raise NoticeStateError(
            f"{named(customer_id, revision, capital=True)} was made for another recipient than the "
            "one who would get it now. Start a run, and approve it again."
        )
    change(tx, notice, Action.BEGIN_SENDING, who=who, at=at)


def sending_accepted(
    tx: Transaction, customer_id: str, revision: int, *, who: str, at: datetime
) -> None:
    """The mail server has taken it."""
    change(tx, existing(tx, customer_id, revision), Action.ACCEPTED, who=who, at=at)


def sending_failed(
    tx: Transaction, customer_id: str, revision: int, *, who: str, why: str, at: datetime
) -> None:
    """The mail server has refused it for good; `why` has its words."""
    change(tx, existing(tx, customer_id, revision), Action.FAILED, who=who, at=at, why=why)


def put_back(
    tx: Transaction, customer_id: str, revision: int, *, who: str, why: str, at: datetime
) -> None:
    """The mail server has certainly not taken it, but may later: it stays approved."""
    change(tx, existing(tx, customer_id, revision), Action.PUT_BACK, who=who, at=at, why=why)


def back_to_draft(
    tx: Transaction, customer_id: str, revision: int, *, who: str, why: str, at: datetime
) -> None:
    """What was approved is not true any more: a person has to look at it again."""
    change(tx, existing(tx, customer_id, revision), Action.BACK_TO_DRAFT, who=who, at=at, why=why)
