"""Notices on their way from draft to sent; nothing here commits, the caller's transaction does.

Every change is compare-and-set: it says in which state it expects the notice, and fails without
having done anything where another process was faster.
"""

from flows.ledger.notices.approval import approve, mark_sent, reject
from flows.ledger.notices.changes import NoSuchNoticeError, NoticeStateError
from flows.ledger.notices.contents import NoticeContent, Put, put_content, withdraw
from flows.ledger.notices.deliveries import (
    Delivery,
    Outcome,
    all_deliveries,
    end_delivery,
    start_delivery,
)
from flows.ledger.notices.queries import (
    HistoryEntry,
    LedgerNotice,
    NoticeItem,
    find_notice,
    find_notices,
    history,
    items_of,
    last_sent_items,
    latest_by_customer,
)
from flows.ledger.notices.sending import (
    back_to_draft,
    begin_sending,
    put_back,
    sending_accepted,
    sending_failed,
)
from flows.ledger.notices.states import TRANSITIONS, Action, NoticeState

__all__ = [
    "TRANSITIONS",
    "Action",
    "Delivery",
    "HistoryEntry",
    "LedgerNotice",
    "NoSuchNoticeError",
    "NoticeContent",
    "NoticeItem",
    "NoticeState",
    "NoticeStateError",
    "Outcome",
    "Put",
    "all_deliveries",
    "approve",
    "back_to_draft",
    "begin_sending",
    "end_delivery",
    "find_notice",
    "find_notices",
    "history",
    "items_of",
    "last_sent_items",
    "latest_by_customer",
    "mark_sent",
    "put_back",
    "put_content",
    "reject",
    "sending_accepted",
    "sending_failed",
    "start_delivery",
    "withdraw",
]
