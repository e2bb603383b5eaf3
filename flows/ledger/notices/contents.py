"""What runs do: put a notice's content, and take back what has nothing left to say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from flows.ledger.connection import Transaction
from flows.ledger.notices.changes import NoticeStateError, change, existing, remember_created
from flows.ledger.notices.queries import (
    LedgerNotice,
    NoticeItem,
    find_notice,
    find_revisions,
    items_of,
    key_of,
    of_notice,
)
from flows.ledger.notices.states import Action, NoticeState
from flows.ledger.tables import notice_items, notices
from transforms.printable import printable

# Who does what no person does.
PROGRAM: Final = "cutover-recon"
_SENT_OR_BEING_SENT: Final = frozenset({NoticeState.SENDING, NoticeState.SENT})
_FORGET_ITEMS: Final = sa.delete(notice_items).where(of_notice(notice_items))


@dataclass(frozen=True, kw_only=True)
class NoticeContent:
    """What a run wants a customer to be told.

    `content_hash` is of the bytes of all files; `recipient` is the address that they are made for,
    None where there is none that can be used.
    """

    customer_id: str
    revision: int
    content_hash: str
    recipient: str | None
    is_supplement: bool
    is_final: bool
    items: Sequence[NoticeItem] = ()


class Put(StrEnum):
    """What became of a notice."""

    NEW = "new"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"


def put_content(tx: Transaction, content: NoticeContent, *, run: int, at: datetime) -> Put:
    """Bring a notice to this content; unless it has it already, it is a draft then.

    The same hash and recipient as before leave it in its state; but one that was withdrawn comes
    back. What it lists is brought up to date as long as it was not sent: not all of that shows in
    the files, and later runs look there for what was told. A new revision needs the one before it
    to be sent. Raises NoticeStateError for that, and for another content of a notice that is being
    sent or was.
    """
    before = find_notice(tx, content.customer_id, content.revision)
    if before is None:
        _create(tx, content, run=run, at=at)
        return Put.NEW
    is_same = (before.content_hash, before.recipient) == (content.content_hash, content.recipient)
    if is_same and before.state is not NoticeState.WITHDRAWN:
        if before.state not in _SENT_OR_BEING_SENT:
            _renew_items(tx, content)
        return Put.UNCHANGED
    values = {**_columns(content), "changed_run": run}
    change(tx, before, Action.REPLACE, who=PROGRAM, at=at, content=values)
    _renew_items(tx, content)
    return Put.REPLACED


def withdraw(tx: Transaction, customer_id: str, revision: int, *, why: str, at: datetime) -> None:
    """Take back a notice that was not sent. What it lists stays known."""
    notice = existing(tx, customer_id, revision)
    change(tx, notice, Action.WITHDRAW, who=PROGRAM, at=at, why=why)


def _create(tx: Transaction, content: NoticeContent, *, run: int, at: datetime) -> None:
    _check_revision(content, find_revisions(tx, content.customer_id))
    notice = LedgerNotice(
        customer_id=content.customer_id,
        revision=content.revision,
        state=NoticeState.DRAFT,
        state_at=at,
        why=None,
        created_run=run,
        changed_run=run,
        **_columns(content),
    )
    row = {"migration_id": tx.migration_id, **vars(notice)}
    tx.connection.execute(sa.insert(notices), row)
    remember_created(tx, notice, who=PROGRAM)
    _write_items(tx, content)


def _check_revision(content: NoticeContent, known: Sequence[LedgerNotice]) -> None:
    """A customer has no two notices at once that were not sent."""
    last = known[-1] if known else None
    is_sent = last is None or last.state is NoticeState.SENT
    revision = last.revision if last else 0
    right = revision + 1 if is_sent else revision
    if content.revision != right:
        state = f"is {revision}, which is {last.state}" if last else "is none"
        raise NoticeStateError(
            f"Revision {content.revision} for customer {printable(content.customer_id, 100)} can't "
            f"be made: the last one {state}. Right would be revision {right}."
        )


def _columns(content: NoticeContent) -> dict[str, Any]:
    return {
        "content_hash": content.content_hash,
        "recipient": content.recipient,
        "is_supplement": content.is_supplement,
        "is_final": content.is_final,
    }


def _renew_items(tx: Transaction, content: NoticeContent) -> None:
    key = (content.customer_id, content.revision)
    if items_of(tx, *key) != sorted(content.items, key=lambda item: item.finding_id):
        tx.connection.execute(_FORGET_ITEMS, key_of(tx, *key))
        _write_items(tx, content)


def _write_items(tx: Transaction, content: NoticeContent) -> None:
    notice = {
        "migration_id": tx.migration_id,
        "customer_id": content.customer_id,
        "revision": content.revision,
    }
    rows = [{**notice, **item._asdict()} for item in content.items]
    if rows:
        tx.connection.execute(sa.insert(notice_items), rows)
