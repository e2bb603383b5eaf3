"""From approved to sent: what is in the ledger is what the mail server has counted."""

from dataclasses import replace

import pytest

from flows.ledger.notices import NoticeState, find_notices, history, reject
from flows.sending.answers import MailServerAwayError, MailServerError
from flows.sending.clock import StoppedError
from flows.sending.connection import Patience
from flows.sending.plan import Reason, make_plan
from flows.sending.send import TRIES, Fate
from notifications.pack_hash import pack_hash
from tests.flows.sending.clocks import QuickClock
from tests.flows.sending.mail_server import Mailbox, mail_server
from tests.flows.sending.migrations import AT, approved, make_notices
from tests.flows.sending.scripted import CUT, SILENCE, TAKEN_AND_CUT, ScriptedServer
from tests.flows.sending.sending import plan_of, send

APPROVED, DRAFT, FAILED, SENDING, SENT = (
    NoticeState.APPROVED,
    NoticeState.DRAFT,
    NoticeState.FAILED,
    NoticeState.SENDING,
    NoticeState.SENT,
)


@pytest.fixture
def mailbox():
    with mail_server(Mailbox()) as serving:
        yield serving


def test_each_approved_notice_is_sent_to_its_customer_once(tmp_path, mailbox):
    notices = approved(make_notices(tmp_path, port=mailbox.port), "a", "b")
    notices.put("draft", "draft@example.org")
    assert send(notices) == [("a", Fate.SENT), ("b", Fate.SENT)]
    assert mailbox.recipients == ["a@example.org", "b@example.org"]
    assert notices.states() == {"a": SENT, "b": SENT, "draft": DRAFT}
    assert notices.deliveries() == [("a", 1, "accepted"), ("b", 1, "accepted")]
    assert send(notices) == []
    assert len(mailbox.received) == 2


def test_what_arrives_is_what_was_approved(tmp_path, mailbox):
    notices = approved(make_notices(tmp_path, port=mailbox.port), "a")
    send(notices)
    document = (notices.folder("a") / "notice.eml").read_bytes()
    date, received = mailbox.received[0].content.split(b"\r\n", 1)
    assert date.startswith(b"Date: ")
    assert received == document.replace(b"X-Unsent: 1\r\n", b"")


def test_it_is_known_who_sent_it_and_what_the_server_said(tmp_path, mailbox):
    notices = approved(make_notices(tmp_path, port=mailbox.port), "a")
    mailbox.refused["a@example.org"] = "550 5.1.1 no such user"
    assert send(notices) == [("a", Fate.FAILED)]
    with notices.ledger() as ledger, ledger.reading() as tx:
        told = [(entry.who, entry.state_after, entry.why) for entry in history(tx, "a", 1)]
    assert told[-2:] == [("anna", SENDING, None), ("anna", FAILED, "550 5.1.1 no such user")]
    assert mailbox.received == []


def test_sending_is_in_the_ledger_before_the_server_hears_of_the_mail(tmp_path):
    seen = []
    with ScriptedServer() as server:
        notices = approved(make_notices(tmp_path, port=server.port), "a")

        def look():
            """Into the ledger, from outside."""
            seen.append(notices.states()["a"])
            return "250 ok"

        server.script["MAIL"] = [look]
        send(notices)
    assert seen == [SENDING]
    assert notices.states() == {"a": SENT}


# What the server does with the mail to "a", what becomes of that notice, and how many mails to "a"
# the server has in the end.
@pytest.mark.parametrize(
    ("script", "state", "outcomes", "taken"),
    [
        (("RCPT", ["450 later"]), SENT, ["temporary", "accepted"], 1),
        (("DATA", [CUT, "451 later"]), SENT, ["temporary"] * 2 + ["accepted"], 1),
        (("DOT", ["451 later"] * 3), SENT, ["temporary"] * 3 + ["accepted"], 1),
        (("DOT", ["451 later"] * TRIES), APPROVED, ["temporary"] * TRIES, 0),
        (("RCPT", ["550 who?"]), FAILED, ["refused"], 0),
        (("DOT", ["554 spam"]), FAILED, ["refused"], 0),
        (("DOT", [CUT]), SENDING, ["unknown"], 0),
        (("DOT", [TAKEN_AND_CUT]), SENDING, ["unknown"], 1),
        (("DOT", ["451 later", TAKEN_AND_CUT]), SENDING, ["temporary", "unknown"], 1),
    ],
)
def test_what_the_server_does_with_one_mail(tmp_path, script, state, outcomes, taken):
    step, answers = script
    with ScriptedServer({step: list(answers)}) as server:
        notices = approved(make_notices(tmp_path, port=server.port), "a")
        send(notices)
        assert notices.states() == {"a": state}
        assert notices.deliveries() == [("a", n, said) for n, said in enumerate(outcomes, 1)]
        # However often it is sent, what may be with the customer does not go out again.
        send(notices)
        send(notices)
    assert [each.recipient for each in server.taken] == ["a@example.org"] * max(
        taken, state is APPROVED
    )


def test_no_answer_at_all_to_a_whole_mail_leaves_it_to_a_person(tmp_path):
    with ScriptedServer({"DOT": [SILENCE]}) as server:
        notices = approved(make_notices(tmp_path, port=server.port), "a", "b")
        impatient = Patience(connect_s=30, command_s=30, end_s=0.2)
        steps = send(notices, patience=impatient)
    assert steps[0] == ("a", Fate.UNRESOLVED)
    assert notices.states()["a"] is SENDING
    assert len(server.taken) == 1


def test_who_is_asked_to_come_later_comes_after_the_others_and_waits_longer_each_time(tmp_path):
    clock = QuickClock()
    with ScriptedServer({"RCPT": ["450 greylisted"]}) as server:
        notices = approved(make_notices(tmp_path, port=server.port), "a", "b", "c")
        server.script["RCPT"] += ["250 ok"] * 2 + ["450 greylisted"] * 2
        steps = send(notices, clock=clock)
    assert steps == [
        ("a", Fate.LATER),
        ("b", Fate.SENT),
        ("c", Fate.SENT),
        ("a", Fate.LATER),
        ("a", Fate.LATER),
        ("a", Fate.SENT),
    ]
    assert [wait for wait in clock.waits if wait > 1] == [30, 120, 480]
    assert sorted(each.recipient[0] for each in server.taken) == ["a", "b", "c"]


def test_a_server_that_is_away_changes_nothing(tmp_path):
    with ScriptedServer() as server:
        pass
    notices = approved(make_notices(tmp_path, port=server.port), "a")
    with pytest.raises(MailServerAwayError):
        send(notices)
    assert notices.states() == {"a": APPROVED}
    assert notices.deliveries() == []


def test_a_server_that_lets_us_send_nothing_ends_it_with_all_still_approved(tmp_path):
    with ScriptedServer({"MAIL": ["250 ok", "530 who are you"]}) as server:
        notices = approved(make_notices(tmp_path, port=server.port), "a", "b", "c")
        with pytest.raises(MailServerError, match="530 who are you") as caught:
            send(notices)
    assert notices.states() == {"a": SENT, "b": APPROVED, "c": APPROVED}
    assert "530 who are you" in notices.find("b").why
    assert str(caught.value).endswith(
        "Of 3 notices: 1 sent, 2 left, still approved. Once that is mended, send again: it goes on "
        "where it stopped."
    )
    with mail_server(Mailbox()) as mended:
        make_notices(tmp_path, port=mended.port)
        assert send(notices) == [("b", Fate.SENT), ("c", Fate.SENT)]


def test_a_server_that_goes_away_on_the_way_is_told_with_all_that_came_of_it(tmp_path):
    """The first is taken, the second refused for good; the third may have arrived; then no more."""
    script = {"DOT": ["250 ok", "554 spam", TAKEN_AND_CUT], "GREETING": ["220 hello"] + [CUT] * 5}
    with ScriptedServer(script) as server:
        notices = approved(make_notices(tmp_path, port=server.port), "a", "b", "c", "d")
        with pytest.raises(MailServerAwayError) as caught:
            send(notices)
    told = "Of 4 notices: 1 sent, 1 failed, 1 left in sending, 1 left, still approved."
    assert told in str(caught.value)
    assert notices.states() == {"a": SENT, "b": FAILED, "c": SENDING, "d": APPROVED}


def test_whoever_stops_it_leaves_the_rest_approved(tmp_path, mailbox):
    notices = approved(make_notices(tmp_path, port=mailbox.port), "a", "b", "c")
    clock = QuickClock()
    with pytest.raises(StoppedError):
        send(notices, clock=clock, on_step=lambda _step: clock.stop())
    assert notices.states() == {"a": SENT, "b": APPROVED, "c": APPROVED}
    assert send(notices) == [("b", Fate.SENT), ("c", Fate.SENT)]
    assert mailbox.recipients == ["a@example.org", "b@example.org", "c@example.org"]


class Database:
    """Stands for the database: what each customer still lacks, as their notice says or not."""

    def __init__(self, noticed):
        self.noticed = dict(noticed)
        self.now = dict(noticed)
        self.asked = []

    def recheck(self, customers):
        self.asked.append(list(customers))
        return {each for each in customers if self.now[each] != self.noticed[each]}


def test_a_notice_whose_findings_have_changed_goes_back_to_draft_even_in_the_last_moment(
    tmp_path, mailbox
):
    notices = approved(make_notices(tmp_path, port=mailbox.port), "a", "b", "c")
    database = Database({"a": "P-1", "b": "P-2", "c": "P-3"})
    database.now["a"] = "nothing"
    plan = plan_of(notices, database.recheck(["a", "b", "c"]))
    assert [each.customer_id for each in plan.ready] == ["b", "c"]

    def repairs(step):
        if step.notice.customer_id == "b":
            database.now["c"] = "nothing"

    steps = send(notices, plan=plan, recheck=database.recheck, on_step=repairs)
    assert steps == [("a", Fate.LEFT_OUT), ("b", Fate.SENT), ("c", Fate.LEFT_OUT)]
    assert notices.states() == {"a": DRAFT, "b": SENT, "c": DRAFT}
    assert "changed in the database" in notices.find("c").why
    assert mailbox.recipients == ["b@example.org"]
    # Before each one, not once for all.
    assert database.asked == [["a", "b", "c"], ["b"], ["c"]]


class TestWhoIsLeftOut:
    def reasons(self, notices):
        plan = plan_of(notices)
        return (
            [each.customer_id for each in plan.ready],
            {each.notice.customer_id: each.reason for each in plan.left_out},
        )

    def test_without_an_address(self, tmp_path):
        notices = approved(make_notices(tmp_path), "a")
        notices.put("b", None)
        notices.approve("b")
        assert self.reasons(notices) == (["a"], {"b": Reason.NO_ADDRESS})

    def test_in_test_mode_all_but_those_named_whatever_the_case(self, tmp_path, mailbox):
        notices = make_notices(tmp_path, port=mailbox.port, only_to=("B@Example.org",))
        approved(notices, "a", "b", "c")
        assert self.reasons(notices) == (
            ["b"],
            {"a": Reason.NOT_IN_ONLY_TO, "c": Reason.NOT_IN_ONLY_TO},
        )
        assert send(notices) == [("b", Fate.SENT)]
        assert mailbox.recipients == ["b@example.org"]
        assert notices.states() == {"a": APPROVED, "b": SENT, "c": APPROVED}

    def test_test_mode_that_begins_after_the_plan_still_holds(self, tmp_path, mailbox):
        notices = approved(make_notices(tmp_path, port=mailbox.port), "a", "b")
        plan = plan_of(notices)
        make_notices(tmp_path, port=mailbox.port, only_to=("b@example.org",))
        assert send(notices, plan=plan) == [("a", Fate.LEFT_OUT), ("b", Fate.SENT)]
        assert mailbox.recipients == ["b@example.org"]

    @pytest.mark.parametrize(
        "damage",
        [
            lambda folder: (folder / "notice.txt").write_text("something else"),
            lambda folder: (folder / "notice.txt").unlink(),
            lambda folder: (folder / "more.csv").touch(),
            lambda folder: [file.unlink() for file in folder.iterdir()] and folder.rmdir(),
        ],
    )
    def test_with_other_files_than_were_approved(self, tmp_path, mailbox, damage):
        notices = approved(make_notices(tmp_path, port=mailbox.port), "a", "b")
        plan = plan_of(notices)
        damage(notices.folder("a"))
        assert self.reasons(notices) == (["b"], {"a": Reason.OTHER_FILES})
        assert send(notices, plan=plan)[0] == ("a", Fate.LEFT_OUT)
        assert mailbox.recipients == ["b@example.org"]
        assert notices.states()["a"] is APPROVED

    def test_what_office_programs_leave_beside_the_files_does_not_matter(self, tmp_path):
        notices = approved(make_notices(tmp_path), "a")
        for name in (".~lock.reprovisioning.xlsx#", "~$reprovisioning.xlsx", ".DS_Store"):
            (notices.folder("a") / name).touch()
        assert self.reasons(notices) == (["a"], {})

    def test_left_in_sending(self, tmp_path):
        with ScriptedServer({"DOT": [TAKEN_AND_CUT]}) as server:
            notices = approved(make_notices(tmp_path, port=server.port), "a", "b")
            send(notices)
        assert self.reasons(notices) == ([], {"a": Reason.UNRESOLVED})

    def test_an_email_to_or_from_somebody_else(self, tmp_path):
        notices = approved(make_notices(tmp_path), "a")
        with notices.ledger() as ledger, ledger.reading() as tx:
            (notice,) = find_notices(tx)
        other = replace(notice, recipient="other@example.org")
        (left_out,) = make_plan(notices.settings, [other], ()).left_out
        assert (left_out.reason, "another address" in left_out.says) == (Reason.UNSENDABLE, True)
        toml = notices.file.read_text("utf-8").replace("support@example.org", "new@example.org")
        notices.file.write_text(toml, "utf-8")
        (left_out,) = plan_of(notices).left_out
        assert "is not from [notices] sender" in left_out.says

    def test_without_an_email(self, tmp_path):
        notices = make_notices(tmp_path)
        notice = notices.put("a", "a@example.org")
        (notices.folder("a") / "notice.eml").unlink()
        alone = replace(
            notice,
            state=APPROVED,
            content_hash=pack_hash({"notice.txt": b"Guten Tag\n"}),
        )
        (left_out,) = make_plan(notices.settings, [alone], ()).left_out
        assert "name eml in [notices] formats" in left_out.says


def test_what_somebody_rejects_in_the_meantime_does_not_go_out(tmp_path, mailbox):
    notices = approved(make_notices(tmp_path, port=mailbox.port), "a", "b")

    def rejects(step):
        if step.notice.customer_id == "a":
            with notices.ledger() as ledger, ledger.begin() as tx:
                reject(tx, "b", 1, who="bert", why="they called", at=AT)

    assert send(notices, on_step=rejects) == [("a", Fate.SENT), ("b", Fate.LEFT_OUT)]
    assert mailbox.recipients == ["a@example.org"]
    assert notices.states()["b"] is NoticeState.REJECTED


def test_an_approval_does_not_hold_for_what_came_after_it(tmp_path, mailbox):
    notices = approved(make_notices(tmp_path, port=mailbox.port), "a")
    plan = plan_of(notices)
    notices.put("a", "a@example.org", text="Guten Tag, etwas mehr")
    assert send(notices, plan=plan) == [("a", Fate.LEFT_OUT)]
    assert mailbox.received == []
    assert notices.states() == {"a": DRAFT}
