"""Whatever people, runs and senders do, in any order: nothing goes out twice, or unapproved."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from flows.ledger.notices import (
    TRANSITIONS,
    Action,
    NoSuchNoticeError,
    NoticeContent,
    NoticeItem,
    NoticeState,
    NoticeStateError,
    Put,
    approve,
    back_to_draft,
    begin_sending,
    find_notice,
    find_notices,
    history,
    last_sent_items,
    mark_sent,
    put_back,
    put_content,
    reject,
    sending_accepted,
    sending_failed,
    withdraw,
)
from tests.conftest import EFFORT

DOCUMENT = Path(__file__).parents[3] / "docs" / "ledger.md"
AT = datetime(2021, 5, 20, 9, tzinfo=UTC)
# Mostly the last revision; else the one before it, or the next one.
steps = st.sampled_from([0, 0, 0, 0, 0, -1, 1])
hashes = st.sampled_from(["h1", "h2"])
recipients = st.sampled_from(["a@example.org", "a@example.org", "b@example.org"])
# Mostly what stands in the ledger is approved and sent.
is_right = st.sampled_from([True, True, True, False])
OTHERS = {
    "withdraw": (withdraw, {"why": "nothing left"}),
    "reject": (reject, {"who": "anna", "why": "no"}),
    "mark sent": (mark_sent, {"who": "anna"}),
    "back to draft": (back_to_draft, {"who": "anna", "why": "repaired"}),
}
ANSWERS = {
    "accepted": (sending_accepted, {"who": "anna"}),
    "failed": (sending_failed, {"who": "anna", "why": "550"}),
    "put back": (put_back, {"who": "anna", "why": "451"}),
}


class Course(RuleBasedStateMachine):
    """One customer's notices; what was done is remembered here in the words of the rules."""

    def __init__(self, ledger):
        super().__init__()
        self.ledger = ledger
        self.done = {}
        # The revision that the sender is just sending.
        self.at_hand = None
        self.mailbox = []

    @initialize()
    def begin(self):
        with self.ledger.begin() as tx:
            for table in ("notice_items", "notice_history", "notices"):
                tx.connection.exec_driver_sql(f"DELETE FROM {table}")

    def revision(self, step):
        return max(1, max(self.done, default=1) + step)

    def do(self, name, revision, function, **given):
        """Remember what was done, if it could be done."""
        try:
            with self.ledger.begin() as tx:
                function(tx, "4711", revision, at=AT, **given)
        except (NoticeStateError, NoSuchNoticeError):
            return False
        self.done.setdefault(revision, []).append((name, given.get("content_hash")))
        return True

    @rule(step=steps, content_hash=hashes, recipient=recipients)
    def put(self, step, content_hash, recipient):
        revision = self.revision(step)
        content = NoticeContent(
            customer_id="4711",
            revision=revision,
            content_hash=content_hash,
            recipient=recipient,
            is_supplement=revision > 1,
            is_final=False,
            items=[NoticeItem(content_hash, "person", "lost")],
        )
        try:
            with self.ledger.begin() as tx:
                what = put_content(tx, content, run=1, at=AT)
        except NoticeStateError:
            return
        if what is not Put.UNCHANGED:
            self.done.setdefault(revision, []).append(("put", (content_hash, recipient)))

    @rule(step=steps, is_right=is_right)
    def approve(self, step, is_right):
        revision = self.revision(step)
        content_hash, _ = self.known(revision) if is_right else ("h1", None)
        self.do("approve", revision, approve, content_hash=content_hash, who="anna")

    @rule(step=steps, name=st.sampled_from(sorted(OTHERS)))
    def do_another_thing(self, step, name):
        function, given = OTHERS[name]
        self.do(name, self.revision(step), function, **given)

    @precondition(lambda self: self.at_hand is None)
    @rule(step=steps, is_right=is_right)
    def begin_sending(self, step, is_right):
        revision = self.revision(step)
        content_hash, recipient = self.known(revision) if is_right else ("h1", "a@example.org")
        given = {"content_hash": content_hash, "recipient": recipient, "who": "anna"}
        before = list(self.done.get(revision, ()))
        if self.do("begin", revision, begin_sending, **given):
            self.check_sending(before, content_hash, recipient)
            self.at_hand = revision

    @precondition(lambda self: self.at_hand is None)
    @rule(content_hash=hashes)
    def go_the_usual_way(self, content_hash):
        """So that courses come to supplements."""
        step = 1 if "accepted" in [name for name, _ in self.done.get(self.revision(0), ())] else 0
        self.put(step, content_hash, "a@example.org")
        self.approve(0, is_right=True)
        self.begin_sending(0, is_right=True)

    def known(self, revision):
        with self.ledger.reading() as tx:
            notice = find_notice(tx, "4711", revision)
        return (notice.content_hash, notice.recipient) if notice else ("h1", "a@example.org")

    @staticmethod
    def check_sending(before, content_hash, recipient):
        """The rules, as a person would say them."""
        put = max(number for number, (name, _) in enumerate(before) if name == "put")
        assert before[put][1] == (content_hash, recipient), "not the content of the last run"
        since = [name for name, _ in before[put:]]
        assert "approve" in since, "unapproved"
        after_approval = since[len(since) - since[::-1].index("approve") :]
        # What the server has certainly not taken may be tried again.
        while after_approval[:2] == ["begin", "put back"]:
            after_approval = after_approval[2:]
        assert after_approval == [], "approved, but not as the last thing that happened"

    @precondition(lambda self: self.at_hand is not None)
    @rule(name=st.sampled_from(["accepted", *ANSWERS]))
    def server_answers(self, name):
        function, given = ANSWERS[name]
        if self.do(name, self.at_hand, function, **given) and name == "accepted":
            self.mailbox.append(self.at_hand)
        self.at_hand = None

    @precondition(lambda self: self.at_hand is not None)
    @rule()
    def sender_dies(self):
        self.at_hand = None

    @invariant()
    def the_rest_follows(self):
        with self.ledger.reading() as tx:
            known = find_notices(tx)
            listed = last_sent_items(tx)
            told = {each.revision: history(tx, "4711", each.revision) for each in known}
        self.nothing_goes_out_twice()
        self.all_but_the_last_are_sent(known, listed)
        for notice in known:
            self.the_history_leads_to_the_present(notice, told[notice.revision])

    def nothing_goes_out_twice(self):
        assert len(set(self.mailbox)) == len(self.mailbox)

    @staticmethod
    def all_but_the_last_are_sent(known, listed):
        assert [each.revision for each in known] == [*range(1, len(known) + 1)]
        assert all(each.state is NoticeState.SENT for each in known[:-1])
        # What was sent stays known as it was sent.
        sent = [each for each in known if each.state is NoticeState.SENT]
        expected = {"4711": [sent[-1].content_hash]} if sent else {}
        assert {key: [item.finding_id for item in items] for key, items in listed.items()} == (
            expected
        )

    @staticmethod
    def the_history_leads_to_the_present(notice, told):
        assert told[-1].state_after == notice.state
        assert told[-1].content_hash == notice.content_hash
        befores = [entry.state_before for entry in told]
        assert befores == [None, *(entry.state_after for entry in told[:-1])]


@pytest.mark.slow
def test_no_course_sends_twice_or_unapproved(ledger):
    is_lite = ledger.engine.dialect.name == "sqlite"
    run_state_machine_as_test(
        lambda: Course(ledger),
        settings=settings(max_examples=(25 if is_lite else 6) * EFFORT, stateful_step_count=40),
    )


def test_sending_begins_from_approved_only_and_sent_is_the_end():
    assert TRANSITIONS[Action.BEGIN_SENDING].sources == {NoticeState.APPROVED}
    for action, transition in TRANSITIONS.items():
        assert NoticeState.SENT not in transition.sources, action
        if transition.target is NoticeState.APPROVED:
            assert action in {Action.APPROVE, Action.PUT_BACK}


def test_every_state_can_be_reached_and_every_action_is_of_some_use():
    reached, actions = set(), set()
    todo = [TRANSITIONS[Action.CREATE].target]
    while todo:
        state = todo.pop()
        reached.add(state)
        for action, transition in TRANSITIONS.items():
            if state in transition.sources:
                actions.add(action)
                if transition.target not in reached:
                    todo.append(transition.target)
    assert reached == set(NoticeState)
    assert actions == set(Action) - {Action.CREATE}


def test_the_diagram_shows_just_what_is_allowed():
    drawn = re.findall(r"^ +(\S+) --> (\S+): (.+)$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    allowed = {
        (source, str(transition.target), str(action))
        for action, transition in TRANSITIONS.items()
        for source in map(str, transition.sources or ["[*]"])
    }
    assert set(drawn) == allowed
    assert len(drawn) == len(allowed)
