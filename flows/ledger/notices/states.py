"""The states of a notice, and what may be done in each: the one place that says it.

A notice begins as a draft. Only an approved one can be sent, and `sending` is left by what the
mail server said, or by a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class NoticeState(StrEnum):
    """Where a notice is on its way to its customer."""

    DRAFT = "draft"
    APPROVED = "approved"
    # It is being handed to the mail server, or was when the process died.
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    # A person said that it is not to be sent.
    REJECTED = "rejected"
    # There was nothing left to say.
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What is done to a notice."""

    # By a run.
    CREATE = "create"
    REPLACE = "replace"
    WITHDRAW = "withdraw"
    # By a person.
    APPROVE = "approve"
    REJECT = "reject"
    MARK_SENT = "mark as sent"
    # By what sends.
    BEGIN_SENDING = "begin sending"
    ACCEPTED = "accepted by the mail server"
    FAILED = "failed"
    PUT_BACK = "put back"
    BACK_TO_DRAFT = "make a draft again"


@dataclass(frozen=True)
class Transition:
    """From which states an action leads, and to which."""

    sources: frozenset[NoticeState]
    target: NoticeState


def _from(*sources: NoticeState, to: NoticeState) -> Transition:
    return Transition(frozenset(sources), to)


_S = NoticeState

TRANSITIONS: Final[Mapping[Action, Transition]] = {
    Action.CREATE: _from(to=_S.DRAFT),
    # Other content, from a later run. What may be with the customer stays as it is.
    Action.REPLACE: _from(_S.DRAFT, _S.APPROVED, _S.REJECTED, _S.FAILED, _S.WITHDRAWN, to=_S.DRAFT),
    Action.WITHDRAW: _from(_S.DRAFT, _S.APPROVED, _S.REJECTED, _S.FAILED, to=_S.WITHDRAWN),
    # From `sending`: a person has found out that it did not arrive.
    Action.APPROVE: _from(_S.DRAFT, _S.REJECTED, _S.FAILED, _S.SENDING, to=_S.APPROVED),
    Action.REJECT: _from(_S.DRAFT, _S.APPROVED, _S.FAILED, to=_S.REJECTED),
    # It was sent by other means, or did arrive although nobody saw the server's answer.
    Action.MARK_SENT: _from(_S.DRAFT, _S.APPROVED, _S.FAILED, _S.SENDING, to=_S.SENT),
    Action.BEGIN_SENDING: _from(_S.APPROVED, to=_S.SENDING),
    Action.ACCEPTED: _from(_S.SENDING, to=_S.SENT),
    Action.FAILED: _from(_S.SENDING, to=_S.FAILED),
    # The server has certainly not taken it, and may later.
    Action.PUT_BACK: _from(_S.SENDING, to=_S.APPROVED),
    # The findings have changed since it was approved.
    Action.BACK_TO_DRAFT: _from(_S.APPROVED, to=_S.DRAFT),
}
