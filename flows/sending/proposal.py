"""What would be sent, to be shown to a person: their yes holds for these very notices."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flows.ledger import Ledger
from flows.ledger.notices import (
    LedgerNotice,
    NoticeState,
    NoticeStateError,
    approve,
    latest_by_customer,
)
from flows.rechecking import Recheck
from flows.sending.plan import LeftOut, Plan, look_at, make_plan
from flows.settings import Settings
from transforms.errors import CutoverError
from transforms.printable import printable

_SENDABLE = {NoticeState.APPROVED, NoticeState.SENDING}
_NAMED = 5


class NoSuchCustomerError(CutoverError):
    """A customer is named who has no notice."""


@dataclass(frozen=True)
class Proposal:
    """Notices as they were looked at, by customer id; `drafts` are to be approved before."""

    approved: tuple[LedgerNotice, ...]
    drafts: tuple[LedgerNotice, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def ready(self) -> tuple[LedgerNotice, ...]:
        """All that would be sent."""
        return tuple(sorted((*self.approved, *self.drafts), key=lambda each: each.customer_id))

    @property
    def is_as_wanted(self) -> bool:
        """Whether nothing has to be put right before those who are left out can be written to."""
        return all(one.reason.is_wanted for one in self.left_out)

    @property
    def why_left_out(self) -> str:
        """Why, for those for whom something has to be put right."""
        reasons = Counter(one.reason for one in self.left_out if not one.reason.is_wanted)
        return " ".join(f"{count} left out: {why.value}." for why, count in reasons.items())

    @property
    def says(self) -> str:
        """It in numbers."""
        supplements = sum(notice.is_supplement for notice in self.ready)
        return (
            f"{len(self.ready)} notices can be sent: {len(self.ready) - supplements} new, "
            f"{supplements} supplements, {len(self.drafts)} of them not approved yet; "
            f"{len(self.left_out)} are left out."
        )


def propose(
    settings: Settings, ledger: Ledger, customers: Sequence[str], *, with_drafts: bool
) -> Proposal:
    """Look which notices can go out as they lie there now; no customer named means all.

    Raises NoSuchCustomerError where one of them has no notice.
    """
    with ledger.reading() as tx:
        latest = latest_by_customer(tx)
    if unknown := sorted(set(customers) - latest.keys()):
        named = ", ".join(printable(each) for each in unknown[:_NAMED])
        raise NoSuchCustomerError(
            f"customers: there is no notice for {named}. The table of customers of the last run "
            "shows who has one. Nothing was sent."
        )
    chosen = [latest[id_] for id_ in (sorted(set(customers)) or sorted(latest))]
    recheck = Recheck(settings, ledger)
    plan = plan_of(settings, recheck, [one for one in chosen if one.state in _SENDABLE])
    drafts = [one for one in chosen if with_drafts and one.state is NoticeState.DRAFT]
    looked = {one: look_at(settings, as_approved(one)) for one in drafts}
    return Proposal(
        approved=plan.ready,
        drafts=tuple(one for one, found in looked.items() if not isinstance(found, LeftOut)),
        left_out=(*plan.left_out, *(one for one in looked.values() if isinstance(one, LeftOut))),
    )


def plan_of(settings: Settings, recheck: Recheck, notices: Collection[LedgerNotice]) -> Plan:
    """Look at approved notices, their findings held against the new database once more."""
    approved = [one.customer_id for one in notices if one.state is NoticeState.APPROVED]
    changed = recheck(approved) if approved else frozenset[str]()
    return make_plan(settings, notices, changed)


def approve_as_shown(ledger: Ledger, settings: Settings, proposal: Proposal, *, who: str) -> None:
    """Approve the drafts that were shown, by their content; a changed one is left a draft."""
    for notice in proposal.drafts:
        if isinstance(look_at(settings, as_approved(notice)), LeftOut):
            continue
        try:
            with ledger.begin() as tx:
                approve(
                    tx,
                    notice.customer_id,
                    notice.revision,
                    content_hash=notice.content_hash,
                    who=who,
                    at=datetime.now(UTC),
                )
        except NoticeStateError:
            # Another content, or another state, than the one that was shown.
            continue


def as_approved(notice: LedgerNotice) -> LedgerNotice:
    """Give the draft as it would be after a yes."""
    return replace(notice, state=NoticeState.APPROVED)
