from datetime import UTC, datetime, timedelta

import pytest

from flows.folders import BusyError
from flows.ledger import open_ledger
from flows.ledger.lock import hold
from flows.ledger.notices import (
    Action,
    NoSuchNoticeError,
    NoticeContent,
    NoticeItem,
    NoticeState,
    NoticeStateError,
    Outcome,
    Put,
    all_deliveries,
    approve,
    back_to_draft,
    begin_sending,
    end_delivery,
    find_notice,
    find_notices,
    history,
    items_of,
    last_sent_items,
    latest_by_customer,
    mark_sent,
    put_back,
    put_content,
    reject,
    sending_accepted,
    sending_failed,
    start_delivery,
    withdraw,
)
from flows.ledger.notices.changes import change

AT = datetime(2021, 5, 20, 9, tzinfo=UTC)
MAIL = "kdo@ff-beispiel.de"
JOERG = NoticeItem("f1", "person", "lost", None, "g1", "Jörg Müller", AT)
INES = NoticeItem("f2", "person", "review", "two", "g2", "Ines")


class Notice:
    """One customer's notice, and what is done to it, each in a transaction of its own."""

    def __init__(self, ledger, customer_id="4711", revision=1):
        self.ledger = ledger
        self.key = (customer_id, revision)

    def do(self, function, /, **given):
        with self.ledger.begin() as tx:
            return function(tx, *self.key, **{"at": AT, **given})

    def put(self, content_hash="h1", *, run=1, items=(JOERG,), recipient=MAIL, **more):
        content = NoticeContent(
            customer_id=self.key[0],
            revision=self.key[1],
            content_hash=content_hash,
            recipient=recipient,
            items=items,
            **{"is_supplement": self.key[1] > 1, "is_final": False, **more},
        )
        with self.ledger.begin() as tx:
            return put_content(tx, content, run=run, at=AT)

    def approve(self, content_hash="h1", **given):
        self.do(approve, content_hash=content_hash, who="anna", **given)

    def begin(self, content_hash="h1", recipient=MAIL):
        self.do(begin_sending, content_hash=content_hash, recipient=recipient, who="anna")

    def send(self, content_hash="h1"):
        self.approve(content_hash)
        self.begin(content_hash)
        self.do(sending_accepted, who="anna")

    def bring_to(self, state):
        """A notice that has just been put goes to a state as it does in life."""
        if state in {"approved", "sending", "sent", "failed"}:
            self.approve()
        if state in {"sending", "sent", "failed"}:
            self.begin()
        last = {
            "sent": (sending_accepted, {"who": "anna"}),
            "failed": (sending_failed, {"who": "anna", "why": "550 no such user"}),
            "rejected": (reject, {"who": "bert", "why": "knows already"}),
            "withdrawn": (withdraw, {"why": "repaired"}),
        }
        if state in last:
            function, given = last[state]
            self.do(function, **given)
        assert self.state == state

    @property
    def now(self):
        with self.ledger.reading() as tx:
            return find_notice(tx, *self.key)

    @property
    def state(self):
        return self.now.state

    @property
    def items(self):
        with self.ledger.reading() as tx:
            return items_of(tx, *self.key)

    @property
    def history(self):
        with self.ledger.reading() as tx:
            return history(tx, *self.key)


@pytest.fixture
def notice(ledger):
    made = Notice(ledger)
    made.put()
    return made


OPEN = ["draft", "approved", "rejected", "failed"]


def test_a_notice_begins_as_a_draft(notice):
    assert notice.now.state is NoticeState.DRAFT
    assert (notice.now.created_run, notice.now.changed_run, notice.now.recipient) == (1, 1, MAIL)
    assert notice.items == [JOERG]
    (made,) = notice.history
    assert (made.number, made.action, made.state_before, made.state_after, made.at) == (
        *(1, Action.CREATE, None, NoticeState.DRAFT, AT),
    )


def test_the_course_from_draft_to_sent_is_remembered(notice):
    notice.send()
    told = [(entry.who, entry.action, entry.state_after) for entry in notice.history]
    assert told == [
        ("cutover-recon", "create", "draft"),
        ("anna", "approve", "approved"),
        ("anna", "begin sending", "sending"),
        ("anna", "accepted by the mail server", "sent"),
    ]
    assert [entry.number for entry in notice.history] == [1, 2, 3, 4]
    assert {entry.content_hash for entry in notice.history} == {"h1"}


@pytest.mark.parametrize("state", [*OPEN, "sending", "sent"])
def test_the_same_content_leaves_a_notice_as_it_is(notice, state):
    notice.bring_to(state)
    before = (notice.now, notice.history)
    assert notice.put(run=2) is Put.UNCHANGED
    assert (notice.now, notice.history) == before


@pytest.mark.parametrize("state", OPEN)
def test_what_it_lists_is_as_the_last_run_knew_it_even_where_no_file_shows_that(notice, state):
    notice.bring_to(state)
    later = JOERG._replace(grounds="g1 and more", at=AT + timedelta(milliseconds=66))
    assert notice.put(run=2, items=[INES, later]) is Put.UNCHANGED
    assert notice.items == [later, INES]
    assert notice.state == state


@pytest.mark.parametrize("state", ["sending", "sent"])
def test_what_was_listed_when_it_was_sent_stays(notice, state):
    notice.bring_to(state)
    assert notice.put(run=2, items=[INES]) is Put.UNCHANGED
    assert notice.items == [JOERG]


@pytest.mark.parametrize("state", [*OPEN, "withdrawn"])
def test_another_content_makes_it_a_draft_again(notice, state):
    notice.bring_to(state)
    assert notice.put("h2", run=2, items=[INES]) is Put.REPLACED
    now = notice.now
    assert (now.state, now.content_hash, now.why) == ("draft", "h2", None)
    assert (now.created_run, now.changed_run) == (1, 2)
    assert notice.items == [INES]
    last = notice.history[-1]
    assert (last.state_before, last.state_after, last.content_hash) == (state, "draft", "h2")


@pytest.mark.parametrize("state", ["sending", "sent"])
def test_what_may_be_with_the_customer_is_never_changed(notice, state):
    notice.bring_to(state)
    before = (notice.now, notice.items)
    with pytest.raises(NoticeStateError, match=f"Revision 1 for customer 4711 is {state}"):
        notice.put("h2", items=[INES])
    assert (notice.now, notice.items) == before


def test_another_recipient_is_another_content(notice):
    notice.bring_to("approved")
    assert notice.put(recipient=None) is Put.REPLACED
    assert (notice.state, notice.now.recipient) == ("draft", None)


def test_a_withdrawn_notice_comes_back_with_the_same_content(notice):
    notice.bring_to("withdrawn")
    assert notice.put(run=2) is Put.REPLACED
    assert notice.state == "draft"
    assert notice.items == [JOERG]


def test_a_supplement_follows_a_sent_notice_only(notice):
    supplement = Notice(notice.ledger, revision=2)
    for state in ("draft", "rejected"):
        notice.bring_to(state)
        with pytest.raises(NoticeStateError, match=f"the last one is 1, which is {state}. Right"):
            supplement.put()
    notice.put("h2")
    notice.send("h2")
    assert supplement.put("h3") is Put.NEW
    assert supplement.now.is_supplement
    with pytest.raises(NoticeStateError, match="Right would be revision 2"):
        Notice(notice.ledger, revision=3).put()


def test_the_first_revision_is_1(ledger):
    with pytest.raises(NoticeStateError, match=r"last one is none\. Right would be revision 1"):
        Notice(ledger, revision=2).put()


@pytest.mark.parametrize("state", ["draft", "failed", "rejected", "sending"])
def test_an_approval_is_for_the_content_that_was_seen(notice, state):
    notice.bring_to(state)
    with pytest.raises(NoticeStateError, match="another content"):
        notice.approve("h2")
    assert notice.state == state
    notice.approve("h1", why="looked at")
    assert (notice.state, notice.now.why) == ("approved", "looked at")


@pytest.mark.parametrize("state", ["draft", "rejected", "failed", "sending", "sent", "withdrawn"])
def test_only_what_is_approved_is_sent(notice, state):
    notice.bring_to(state)
    with pytest.raises(NoticeStateError, match="Right would be approved"):
        notice.begin()
    assert notice.state == state


def test_other_bytes_than_the_approved_ones_are_not_sent(notice):
    notice.approve()
    with pytest.raises(NoticeStateError, match="another content"):
        notice.begin("h2")
    with pytest.raises(NoticeStateError, match="another recipient") as caught:
        notice.begin(recipient="other@example.org")
    assert "@" not in str(caught.value)
    assert notice.state == "approved"


def test_what_the_server_said_stands_with_the_notice(notice):
    notice.bring_to("failed")
    assert notice.now.why == "550 no such user"
    with pytest.raises(NoticeStateError, match="is failed") as caught:
        notice.begin()
    assert "550" not in str(caught.value)


def test_what_was_not_taken_yet_stays_approved(notice):
    notice.bring_to("sending")
    notice.do(put_back, who="anna", why="451 later")
    assert notice.state == "approved"
    notice.begin()


def test_what_is_not_true_any_more_is_a_draft_again(notice):
    notice.approve()
    notice.do(back_to_draft, who="anna", why="2 findings were repaired")
    assert notice.state == "draft"


@pytest.mark.parametrize("state", ["draft", "approved", "failed", "sending"])
def test_a_person_may_have_sent_it_by_other_means(notice, state):
    notice.bring_to(state)
    notice.do(mark_sent, who="bert", why="by post")
    assert notice.state == "sent"
    assert (notice.history[-1].who, notice.history[-1].why) == ("bert", "by post")


@pytest.mark.parametrize("state", ["sent", "withdrawn", "rejected"])
def test_what_is_over_can_not_be_marked_as_sent(notice, state):
    notice.bring_to(state)
    with pytest.raises(NoticeStateError, match="can't be done: mark as sent"):
        notice.do(mark_sent, who="bert", why="by post")


@pytest.mark.parametrize("action", ["approve", "mark_sent"])
def test_nobody_takes_a_notice_from_its_living_sender(notice, action):
    """Else it would go out, and be sent again later."""
    resolve = notice.approve if action == "approve" else lambda: notice.do(mark_sent, who="bert")
    with hold(notice.ledger, "send"):
        notice.bring_to("sending")
        with pytest.raises(BusyError, match=r"just being sent\. Notices are being sent"):
            resolve()
    resolve()


def test_what_does_not_exist_is_named(notice):
    other = Notice(notice.ledger, customer_id="47\x1b[1m12")
    with pytest.raises(NoSuchNoticeError, match=r"revision 1 for customer 47\\x1b"):
        other.approve()


def test_of_two_that_saw_the_same_only_one_changes_it(notice):
    """The second one began before the first one was done."""
    with notice.ledger.reading() as seen:
        before = find_notice(seen, *notice.key)
    notice.put("h2")
    says = "changed by somebody else in this moment"
    with pytest.raises(NoticeStateError, match=says), notice.ledger.begin() as tx:
        change(tx, before, Action.APPROVE, who="anna", at=AT)
    assert (notice.state, len(notice.history)) == ("draft", 2)


def test_lists_by_state_and_customer(url, ledger, tmp_path):
    for customer in ("1", "2", "3"):
        Notice(ledger, customer).put()
    Notice(ledger, "2").send()
    Notice(ledger, "2", 2).put()
    with open_ledger(url, base=tmp_path, migration_id="other") as other:
        Notice(other, "9").put()

    def found(**filters):
        with ledger.reading() as tx:
            return [(each.customer_id, each.revision) for each in find_notices(tx, **filters)]

    assert found() == [("1", 1), ("2", 1), ("2", 2), ("3", 1)]
    assert found(states=[NoticeState.DRAFT]) == [("1", 1), ("2", 2), ("3", 1)]
    assert found(customers=["2", "9"]) == [("2", 1), ("2", 2)]
    assert found(states=[NoticeState.SENT], customers=["1"]) == []
    with ledger.reading() as tx:
        latest = latest_by_customer(tx)
    assert [(key, each.revision) for key, each in latest.items()] == [("1", 1), ("2", 2), ("3", 1)]


def test_what_the_last_sent_notice_listed(ledger):
    Notice(ledger, "1").put()
    Notice(ledger, "2").put(items=[INES, JOERG])
    Notice(ledger, "2").send()
    Notice(ledger, "2", 2).put("h2", items=[])
    with ledger.reading() as tx:
        assert last_sent_items(tx) == {"2": [JOERG, INES]}
    Notice(ledger, "2", 2).send("h2")
    with ledger.reading() as tx:
        assert last_sent_items(tx) == {"2": []}


def test_attempts_are_counted_and_end_once(notice):
    def start():
        return notice.do(start_delivery, message_id="<1@x>", recipient=MAIL)

    def end(attempt, outcome, answer):
        with notice.ledger.begin() as tx:
            at = AT + timedelta(seconds=1)
            end_delivery(tx, *notice.key, attempt, outcome=outcome, answer=answer, at=at)

    assert start() == 1
    end(1, Outcome.TEMPORARY, "451 " + "x" * 600 + "\r\n")
    assert start() == 2
    with notice.ledger.reading() as tx:
        first, second = all_deliveries(tx)
    assert (first.outcome, len(first.answer)) == (Outcome.TEMPORARY, 500)
    assert (second.outcome, second.ended_at, second.recipient) == (None, None, MAIL)
    end(2, Outcome.ACCEPTED, None)
    with pytest.raises(Exception, match="has ended already"):
        end(2, Outcome.REFUSED, None)
