"""A person's yes in Prefect: the run pauses with a form, and holds nothing meanwhile."""

from enum import Enum
from typing import Final

from prefect.input import RunInput
from pydantic import Field

from flows.ledger.notices import LedgerNotice
from flows.sending.pause import AWAY_S, NotAnsweredError, pause
from flows.sending.proposal import Proposal
from transforms.printable import printable

TIMEOUT_S: Final = 24 * 3600
_TRIES: Final = 3
_SHOWN: Final = 100


class Answer(Enum):
    """What came of the question; the value names the run's last state."""

    SEND = "Sent"
    DECLINED = "Declined"
    NOT_CONFIRMED = "NotConfirmed"
    NOT_ANSWERED = "NotAnswered"


class Decision(RunInput):
    """The form of the pause: one number, typed by hand, says yes or no."""

    number: int = Field(
        title="How many notices to send",
        description="Type the number above to send them all, or 0 to send nothing.",
    )


def ask(proposal: Proposal, *, timeout_s: float = TIMEOUT_S, away_s: float = AWAY_S) -> Answer:
    """Pause until a person has answered, a day at most.

    What is no number leaves the run paused, by Prefect's rule; a wrong number asks again. Raises
    EndedError where the run is cancelled meanwhile, and OrchestrationError where Prefect's server
    is away for longer than `away_s`.
    """
    wrong = ""
    for _ in range(_TRIES):
        form = Decision.with_initial_data(description=wrong + question(proposal))
        try:
            decision = pause(form, timeout_s=timeout_s, away_s=away_s)
        except NotAnsweredError:
            return Answer.NOT_ANSWERED
        if decision.number == 0:
            return Answer.DECLINED
        if decision.number == len(proposal.ready):
            return Answer.SEND
        wrong = f"**{decision.number} is not the number of notices.** Nothing was sent so far.\n\n"
    return Answer.NOT_CONFIRMED


def question(proposal: Proposal) -> str:
    """What is to be decided, as Markdown: ids and counts."""
    drafts = {notice.customer_id for notice in proposal.drafts}
    groups = {
        "New": [one for one in proposal.ready if not one.is_supplement],
        "Supplements": [one for one in proposal.ready if one.is_supplement],
        "Not approved yet, approved by your yes": [
            one for one in proposal.ready if one.customer_id in drafts
        ],
    }
    told = [f"{title}, {len(of)}: {_ids(of)}" for title, of in groups.items() if of]
    reasons: dict[str, list[str]] = {}
    for one in proposal.left_out:
        reasons.setdefault(one.reason.value, []).append(one.notice.customer_id)
    told += [f"Left out, {len(of)}: {why} ({_listed(of)})" for why, of in reasons.items()]
    points = "\n".join(f"- {line}" for line in told)
    number = len(proposal.ready)
    return (
        f"**Send {number} {'notice' if number == 1 else 'notices'}?**\n\n{points}\n\nWhat has "
        "changed by the time of your answer is not sent."
    )


def _ids(notices: list[LedgerNotice]) -> str:
    return _listed([notice.customer_id for notice in notices])


def _listed(ids: list[str]) -> str:
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    return ", ".join(f"`{printable(id_).replace('`', '')}`" for id_ in ids[:_SHOWN]) + more
