"""The way from approved to sent, one notice after the other.

Before the first byte of a mail goes out, the notice stands in the ledger as `sending`; what became
of it is recorded as soon as it is known. A process that dies in between leaves `sending`, which
only a person resolves: so no notice is ever sent twice.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from flows.ledger import Ledger
from flows.ledger.notices import (
    LedgerNotice,
    NoticeStateError,
    Outcome,
    back_to_draft,
    begin_sending,
    end_delivery,
    put_back,
    sending_accepted,
    sending_failed,
    start_delivery,
)
from flows.sending.answers import MailServerError
from flows.sending.clock import Clock, back_off
from flows.sending.letter import Letter
from flows.sending.plan import LeftOut, Plan, Reason, look_at
from flows.sending.transport import Result, Transport
from flows.settings import Settings

TRIES: Final = 4
_TRY_AGAIN_S: Final = 30.0
_CHANGED: Final = "the findings have changed in the database since it was approved"

# Of these customers, those whose notice would be another one now, by the database as it is.
Recheck: TypeAlias = Callable[[Collection[str]], Collection[str]]


class Fate(Enum):
    """What became of a notice."""

    SENT = "sent"
    # The server refused it for good.
    FAILED = "failed"
    # Nobody knows whether the server has it.
    UNRESOLVED = "left in sending"
    # The server asked to come later; it is tried again in a while.
    LATER = "later"
    # The server asked to come later, too often.
    PUT_BACK = "still approved"
    # It could not go out after all.
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class Step:
    """One notice, and what became of it; `says` is why, harmless to show."""

    notice: LedgerNotice
    fate: Fate
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class Sending:
    """What sending needs; `ledger` holds the migration's lock. `who` is the person who sends."""

    settings: Settings
    ledger: Ledger
    transport: Transport
    clock: Clock
    recheck: Recheck
    who: str

    def send(self, plan: Plan) -> Iterator[Step]:
        """Send what is ready; each step as it is done and recorded.

        Who is asked to come later comes again after all the others, a few times. Raises
        MailServerError where nothing can be sent any more, which says how far it came, and
        StoppedError between two mails: whatever was not reached then is still approved.
        """
        fates: dict[LedgerNotice, Fate] = {}
        try:
            for step in self._steps(plan):
                fates[step.notice] = step.fate
                yield step
        except MailServerError as error:
            # Of the same kind, as to come later may help or not.
            raise type(error)(f"{error} {_how_far(plan, fates)}") from error

    def _steps(self, plan: Plan) -> Iterator[Step]:
        for left_out in plan.left_out:
            if left_out.reason is Reason.CHANGED:
                yield self._send_back(left_out.notice)
        waiting = list(plan.ready)
        for tries in range(1, TRIES + 1):
            later = []
            for notice in waiting:
                step = self._send_one(notice, is_last=tries == TRIES)
                if step.fate is Fate.LATER:
                    later.append(notice)
                yield step
            if not later:
                return
            waiting = later
            self.clock.pause(back_off(self.clock, tries=tries, first_s=_TRY_AGAIN_S))

    def _send_one(self, notice: LedgerNotice, *, is_last: bool) -> Step:
        self.transport.make_ready()
        # Files and database as they are now; the plan may be hours old.
        letter = look_at(self.settings, notice)
        if isinstance(letter, LeftOut):
            return Step(notice, Fate.LEFT_OUT, letter.says)
        if notice.customer_id in self.recheck([notice.customer_id]):
            return self._send_back(notice)
        try:
            attempt = self._begin(notice, letter)
        except NoticeStateError as error:
            # Somebody has changed it since the plan was made.
            return Step(notice, Fate.LEFT_OUT, str(error))
        try:
            result = self.transport.hand_over(letter)
        except MailServerError as error:
            self._end(notice, attempt, Result(Outcome.TEMPORARY, str(error)))
            raise
        self._end(notice, attempt, result)
        return Step(notice, _fate(result.outcome, is_last=is_last), result.answer)

    def _send_back(self, notice: LedgerNotice) -> Step:
        name = (notice.customer_id, notice.revision)
        try:
            with self.ledger.begin() as tx:
                back_to_draft(tx, *name, who=self.who, why=_CHANGED, at=self.clock.now())
        except NoticeStateError as error:
            return Step(notice, Fate.LEFT_OUT, str(error))
        return Step(notice, Fate.LEFT_OUT, f"{_CHANGED}; it is a draft again")

    def _begin(self, notice: LedgerNotice, letter: Letter) -> int:
        """Take the notice for sending; the attempt's number."""
        name, now = (notice.customer_id, notice.revision), self.clock.now()
        with self.ledger.begin() as tx:
            begin_sending(
                tx,
                *name,
                content_hash=notice.content_hash,
                recipient=letter.recipient,
                who=self.who,
                at=now,
            )
            return start_delivery(
                tx, *name, message_id=letter.message_id, recipient=letter.recipient, at=now
            )

    def _end(self, notice: LedgerNotice, attempt: int, result: Result) -> None:
        """Record what became of it. What nobody knows stays `sending`."""
        name, now = (notice.customer_id, notice.revision), self.clock.now()
        outcome, answer = result.outcome, result.answer
        with self.ledger.begin() as tx:
            end_delivery(tx, *name, attempt, outcome=outcome, answer=answer, at=now)
            if outcome is Outcome.ACCEPTED:
                sending_accepted(tx, *name, who=self.who, at=now)
            elif outcome is Outcome.REFUSED:
                sending_failed(tx, *name, who=self.who, why=answer, at=now)
            elif outcome is Outcome.TEMPORARY:
                put_back(tx, *name, who=self.who, why=answer, at=now)


def _how_far(plan: Plan, fates: Mapping[LedgerNotice, Fate]) -> str:
    """Say how many notices came how far before nothing could be sent any more."""
    counts = Counter(fates.get(notice, Fate.LATER) for notice in plan.ready)
    left = counts.pop(Fate.LATER, 0) + counts.pop(Fate.PUT_BACK, 0)
    sent = counts.pop(Fate.SENT, 0)
    others = "".join(f"{count} {fate.value}, " for fate, count in counts.items())
    return (
        f"Of {len(plan.ready)} notices: {sent} sent, {others}{left} left, still approved. Once "
        "that is mended, send again: it goes on where it stopped."
    )


def _fate(outcome: Outcome, *, is_last: bool) -> Fate:
    if outcome is Outcome.TEMPORARY:
        return Fate.PUT_BACK if is_last else Fate.LATER
    return {
        Outcome.ACCEPTED: Fate.SENT,
        Outcome.REFUSED: Fate.FAILED,
        Outcome.UNKNOWN: Fate.UNRESOLVED,
    }[outcome]
