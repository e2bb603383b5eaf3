"""The one way in which a notice goes from state to state: compare-and-set, with its history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from flows.ledger.connection import Transaction
from flows.ledger.notices.queries import LedgerNotice, find_notice, key_of, of_notice
from flows.ledger.notices.states import TRANSITIONS, Action
from flows.ledger.tables import notice_history, notices
from transforms.errors import CutoverError
from transforms.printable import printable

# What it becomes is given as parameters.
_CHANGE: Final = sa.update(notices).where(
    of_notice(notices),
    notices.c.state == sa.bindparam("was_state"),
    notices.c.content_hash == sa.bindparam("was_hash"),
    notices.c.recipient.is_not_distinct_from(sa.bindparam("was_recipient")),
)
_LAST_NUMBER: Final = sa.select(sa.func.coalesce(sa.func.max(notice_history.c.number), 0)).where(
    of_notice(notice_history)
)
_REMEMBER: Final = sa.insert(notice_history)


class NoticeStateError(CutoverError):
    """What was asked for can't be done with a notice as it is."""


class NoSuchNoticeError(CutoverError):
    """There is no such notice."""

    exit_code = 2


def existing(tx: Transaction, customer_id: str, revision: int) -> LedgerNotice:
    """The notice as it is now. Raises NoSuchNoticeError."""
    notice = find_notice(tx, customer_id, revision)
    if notice is None:
        raise NoSuchNoticeError(
            f"There is no notice {named(customer_id, revision)}; `notices list` shows all."
        )
    return notice


def check_hash(notice: LedgerNotice, content_hash: str) -> None:
    """Raises NoticeStateError where the notice does not have the content that is meant."""
    if notice.content_hash != content_hash:
        raise NoticeStateError(
            f"{named(notice.customer_id, notice.revision, capital=True)} ({notice.state}) has "
            "another content than the one that is meant: it was changed since, or its files were. "
            "Look at it again, or start a run."
        )


def change(
    tx: Transaction,
    notice: LedgerNotice,
    action: Action,
    *,
    who: str,
    at: datetime,
    why: str | None = None,
    content: Mapping[str, Any] | None = None,
) -> None:
    """Do something to a notice, which has to be just as it is in `notice`.

    `content` has the columns that change with it. Raises NoticeStateError where the notice's state
    does not allow it, or where another process has changed the notice since.
    """
    transition = TRANSITIONS[action]
    if notice.state not in transition.sources:
        raise NoticeStateError(_not_allowed(notice, action))
    values = {"state": transition.target, "state_at": at, "why": why, **(content or {})}
    as_it_was = {
        **key_of(tx, notice.customer_id, notice.revision),
        "was_state": notice.state,
        "was_hash": notice.content_hash,
        "was_recipient": notice.recipient,
    }
    if tx.connection.execute(_CHANGE, as_it_was | values).rowcount != 1:
        now = existing(tx, notice.customer_id, notice.revision)
        raise NoticeStateError(
            f"{named(notice.customer_id, notice.revision, capital=True)} was changed by somebody "
            f"else in this moment; it is {now.state} now. Look at it again."
        )
    _remember(tx, notice, action, values, who=who)


def remember_created(tx: Transaction, notice: LedgerNotice, *, who: str) -> None:
    """Begin the history of a notice that has just been made."""
    values = {"state": notice.state, "state_at": notice.state_at, "why": None}
    _remember(tx, notice, Action.CREATE, values, who=who, is_first=True)


def named(customer_id: str, revision: int, *, capital: bool = False) -> str:
    """How a message names a notice."""
    return (
        f"{'Revision' if capital else 'revision'} {revision} for customer "
        f"{printable(customer_id, 100)}"
    )


def _not_allowed(notice: LedgerNotice, action: Action) -> str:
    sources = sorted(TRANSITIONS[action].sources)
    return (
        f"{named(notice.customer_id, notice.revision, capital=True)} is {notice.state} (since "
        f"{notice.state_at:%Y-%m-%d %H:%M} UTC), so this can't be done: {action}. Right would be "
        f"{' or '.join(sources)}."
    )


def _remember(
    tx: Transaction,
    notice: LedgerNotice,
    action: Action,
    values: Mapping[str, Any],
    *,
    who: str,
    is_first: bool = False,
) -> None:
    # The notice's own row is locked by now, so nobody else takes the same number.
    key = key_of(tx, notice.customer_id, notice.revision)
    row = {
        "migration_id": tx.migration_id,
        "customer_id": notice.customer_id,
        "revision": notice.revision,
        "number": 1 if is_first else tx.connection.execute(_LAST_NUMBER, key).scalar_one() + 1,
        "at": values["state_at"],
        "who": who,
        "action": action,
        "state_before": None if is_first else notice.state,
        "state_after": values["state"],
        "why": values["why"],
        "content_hash": values.get("content_hash", notice.content_hash),
    }
    tx.connection.execute(_REMEMBER, row)
