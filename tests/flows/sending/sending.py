"""Sending as the command does it, in this process and with waits that take no time."""

from flows.ledger.lock import hold
from flows.ledger.notices import NoticeState, approve, find_notices, mark_sent
from flows.sending.connection import Patience
from flows.sending.plan import make_plan
from flows.sending.send import Sending
from flows.sending.transport import Transport
from tests.flows.sending.clocks import QuickClock
from tests.flows.sending.migrations import AT

PATIENT = Patience(connect_s=30, command_s=30, end_s=30)


def nothing_changed(_customers):
    return frozenset()


def plan_of(notices, changed=()):
    with notices.ledger() as ledger, ledger.reading() as tx:
        found = find_notices(tx, states={NoticeState.APPROVED, NoticeState.SENDING})
    return make_plan(notices.settings, found, changed)


def send(
    notices, *, clock=None, recheck=nothing_changed, plan=None, patience=PATIENT, on_step=None
):
    """Send what is approved, as the command does; what became of whom, step by step."""
    clock = clock or QuickClock()
    settings = notices.settings
    steps = []
    plan = plan or plan_of(notices)
    with (
        notices.ledger() as ledger,
        hold(ledger, "send") as held,
        Transport(settings.smtp, clock, patience) as transport,
    ):
        sending = Sending(
            settings=settings,
            ledger=held,
            transport=transport,
            clock=clock,
            recheck=recheck,
            who="anna",
        )
        for step in sending.send(plan):
            steps.append((step.notice.customer_id, step.fate))
            if on_step:
                on_step(step)
    return steps


def mails(server):
    """The customers, by the first letters of the addresses that the server took mails for."""
    return sorted(taken.recipient.partition("@")[0] for taken in server.taken)


def resolve(notices, server):
    """What a person does about `sending`: look into the server's log, and say what is so."""
    for customer, state in notices.states().items():
        if state is not NoticeState.SENDING:
            continue
        notice = notices.find(customer)
        with notices.ledger() as ledger, ledger.begin() as tx:
            if customer in mails(server):
                mark_sent(tx, customer, 1, who="anna", at=AT)
            else:
                approve(tx, customer, 1, content_hash=notice.content_hash, who="anna", at=AT)
