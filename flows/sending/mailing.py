"""The sending of a proposal, and what became of each of its notices."""

from collections import Counter
from dataclasses import dataclass, field

from flows.ledger import Ledger
from flows.ledger.notices import LedgerNotice, NoticeState, latest_by_customer
from flows.rechecking import Recheck
from flows.sending.clock import Clock
from flows.sending.plan import described
from flows.sending.proposal import Proposal, plan_of
from flows.sending.send import Fate, Sending
from flows.sending.stopping import stops_between_mails
from flows.sending.transport import Transport
from flows.settings import Settings

Key = tuple[str, int]


@dataclass
class Mailing:
    """Sends what a person has said yes to, as far as it is still what was shown.

    `ledger` holds the migration's lock; `fates` is by customer and revision.
    """

    settings: Settings
    ledger: Ledger
    proposal: Proposal
    who: str
    fates: dict[Key, Fate] = field(default_factory=dict)

    def send(self) -> None:
        """Send them. Raises StoppedError between two mails, MailServerError where none can go."""
        smtp, _ = described(self.settings)
        recheck = Recheck(self.settings, self.ledger)
        plan = plan_of(self.settings, recheck, self._as_shown())
        self.fates |= {_key(one.notice): Fate.LEFT_OUT for one in plan.left_out}
        clock = Clock()
        with stops_between_mails(clock, lambda _: None), Transport(smtp, clock) as transport:
            sending = Sending(
                settings=self.settings,
                ledger=self.ledger,
                transport=transport,
                clock=clock,
                recheck=recheck,
                who=self.who,
            )
            for step in sending.send(plan):
                self.fates[_key(step.notice)] = step.fate

    def _as_shown(self) -> list[LedgerNotice]:
        """Find the notices that are approved now, with the content that was shown."""
        with self.ledger.reading() as tx:
            latest = latest_by_customer(tx)
        return [
            now
            for shown in self.proposal.ready
            if (now := latest.get(shown.customer_id)) is not None
            and now.state is NoticeState.APPROVED
            and (now.revision, now.content_hash) == (shown.revision, shown.content_hash)
        ]

    def fate(self, notice: LedgerNotice) -> Fate | None:
        """What became of a notice that was shown; None where it was not come to."""
        return self.fates.get(_key(notice))

    @property
    def counts(self) -> Counter[Fate]:
        """How many notices came how far."""
        return Counter(self.fates.values())

    @property
    def is_all_sent(self) -> bool:
        """Whether all that was shown is sent, and nobody was left out who should not be."""
        is_sent = self.counts[Fate.SENT] == len(self.proposal.ready)
        return is_sent and self.proposal.is_as_wanted

    @property
    def says(self) -> str:
        """It in numbers."""
        told = [f"{count} {fate.value}" for fate, count in self.counts.items()]
        missing = len(self.proposal.ready) - len(self.fates)
        told += [f"{missing} not come to, or changed since they were shown"] if missing else []
        left = [] if self.proposal.is_as_wanted else [self.proposal.why_left_out]
        said = f"Of {len(self.proposal.ready)} notices: {', '.join(told) or 'none sent'}."
        return " ".join([said, *left])


def _key(notice: LedgerNotice) -> Key:
    return notice.customer_id, notice.revision
