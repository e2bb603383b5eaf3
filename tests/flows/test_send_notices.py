"""Sending from Prefect: shown first, answered by a person, and only what was shown goes out."""

import json
import threading
import time
from contextlib import contextmanager

import pytest

from flows.ledger.notices import NoticeState
from tests.flows.kept import all_text_of
from tests.flows.sending.mail_server import Mailbox, mail_server
from tests.flows.sending.migrations import Notices, approved, make_notices
from tests.flows.sending.scripted import ScriptedServer

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prefect")]

SENT, DRAFT, APPROVED = NoticeState.SENT, NoticeState.DRAFT, NoticeState.APPROVED


@pytest.fixture
def mailbox():
    with mail_server(Mailbox()) as serving:
        yield serving


@pytest.fixture
def notices(tmp_path, mailbox) -> Notices:
    """Two approved notices, a draft, and a draft without an address."""
    made = approved(make_notices(tmp_path, port=mailbox.port), "a", "b")
    made.put("draft", "draft@example.org")
    made.put("nowhere", None)
    return made


@pytest.fixture
def client():
    from prefect.client.orchestration import get_client  # noqa: PLC0415

    with get_client(sync_client=True) as opened:
        yield opened


def sent(notices, **options):
    """The last state of the flow."""
    from flows.send_notices import send_notices  # noqa: PLC0415

    return send_notices(str(notices.file), **options, return_state=True)


@contextmanager
def answering(client, *answers, meanwhile=lambda: None):
    """Answer the pauses of the run that comes, as the form in the page does; the questions."""
    questions = []
    known = {run.id for run in client.read_flow_runs()}

    def answer():
        for given in answers:
            run = paused(client, known)
            keys = run.state.state_details.run_input_keyset
            questions.append(json.loads(read_input(client, run.id, keys["description"])))
            meanwhile()
            reply = client.request(
                "POST", f"/flow_runs/{run.id}/resume", json={"run_input": given}
            ).json()
            assert reply["status"] == "ACCEPT", reply
            until_it_goes_on(client, run.id, run.state.id)

    thread = threading.Thread(target=answer)
    thread.start()
    yield questions
    thread.join(timeout=60)
    assert len(questions) == len(answers)


def paused(client, known):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for run in client.read_flow_runs():
            if run.id not in known and run.state.is_paused():
                return run
        time.sleep(0.1)
    raise TimeoutError("no run has paused")


def until_it_goes_on(client, run_id, state_id):
    until = time.monotonic() + 60
    while client.read_flow_run(run_id).state.id == state_id and time.monotonic() < until:
        time.sleep(0.05)


def read_input(client, run_id, key):
    return client.request("GET", f"/flow_runs/{run_id}/input/{key}").text


def yes(number):
    return {"number": number}


def test_without_asking_what_is_approved_is_sent(notices, mailbox):
    state = sent(notices, ask_first=False)
    assert (state.type.value, state.name) == ("COMPLETED", "Sent")
    assert state.message == "Of 2 notices: 2 sent."
    assert sorted(mailbox.recipients) == ["a@example.org", "b@example.org"]
    assert notices.states()["draft"] is DRAFT
    again = sent(notices, ask_first=False)
    assert again.name == "NothingToSend"
    assert len(mailbox.received) == 2


def test_a_dry_run_shows_and_sends_nothing(notices, mailbox):
    state = sent(notices, dry_run=True)
    assert state.name == "DryRun"
    assert state.message == (
        "3 notices can be sent: 3 new, 0 supplements, 1 of them not approved yet; 1 are left out."
    )
    assert mailbox.received == []
    assert notices.states()["draft"] is DRAFT


def test_only_those_who_are_named(notices, mailbox):
    assert sent(notices, customers=["b"], ask_first=False).name == "Sent"
    assert mailbox.recipients == ["b@example.org"]
    state = sent(notices, customers=["c"], ask_first=False)
    assert (state.type.value, state.name) == ("FAILED", "NoSuchCustomer")
    assert "there is no notice for c" in state.message


def test_test_mode_wants_addresses_of_ones_own(notices, mailbox, tmp_path):
    state = sent(notices, test_mode=True)
    assert (state.type.value, state.name) == ("FAILED", "Configuration")
    assert "no only_to in [smtp]" in state.message
    make_notices(tmp_path, port=mailbox.port, only_to=("a@example.org",))
    assert sent(notices, test_mode=True, ask_first=False).name == "Sent"
    assert mailbox.recipients == ["a@example.org"]


def test_a_yes_approves_the_drafts_that_were_shown_and_sends_all(notices, mailbox, client):
    with answering(client, yes(3)) as questions:
        state = sent(notices)
    assert state.name == "Sent"
    (question,) = questions
    assert "Send 3 notices?" in question
    assert "Not approved yet, approved by your yes, 1: `draft`" in question
    assert "Left out, 1: no usable address" in question
    assert "@" not in question
    assert len(mailbox.received) == 3
    assert notices.states()["draft"] is SENT
    assert notices.states()["nowhere"] is DRAFT


def test_a_no_changes_nothing(notices, mailbox, client):
    with answering(client, {"number": 0}):
        state = sent(notices)
    assert (state.type.value, state.name) == ("COMPLETED", "Declined")
    assert mailbox.received == []
    assert notices.states()["draft"] is DRAFT


def test_a_wrong_number_asks_again(notices, mailbox, client):
    with answering(client, yes(2), yes(3)) as questions:
        assert sent(notices).name == "Sent"
    assert questions[1].startswith("**2 is not the number of notices.**")
    assert len(mailbox.received) == 3


def test_what_has_changed_since_it_was_shown_is_not_sent(notices, mailbox, client):
    """A run in between may change a draft; what is sent is what was approved."""

    def change():
        notices.put("draft", "draft@example.org", text="Guten Abend")
        notices.put("b", "b@example.org", text="Guten Abend")

    with answering(client, yes(3), meanwhile=change):
        state = sent(notices)
    assert (state.type.value, state.name) == ("FAILED", "SomeNotSent")
    assert state.message == (
        "Of 3 notices: 1 sent, 2 not come to, or changed since they were shown."
    )
    assert mailbox.recipients == ["a@example.org"]
    assert notices.states()["draft"] is DRAFT
    assert notices.states()["b"] is DRAFT


def test_who_is_left_out_and_should_not_be_makes_it_fail(notices, mailbox):
    """As `notices send` does: the files of `a` are not those that were approved."""
    (notices.folder("a") / "notice.txt").write_text("something else", "utf-8")
    state = sent(notices, ask_first=False)
    assert (state.type.value, state.name) == ("FAILED", "SomeNotSent")
    assert state.message.startswith("Of 1 notices: 1 sent. 1 left out: the files on the disk")
    again = sent(notices, ask_first=False)
    assert (again.type.value, again.name) == ("FAILED", "SomeNotSent")
    assert mailbox.recipients == ["b@example.org"]


@contextmanager
def ending(client, state):
    """Set this end to the run that comes, from outside, as soon as it has paused; when it was."""
    known = {run.id for run in client.read_flow_runs()}
    times = []

    def end():
        client.set_flow_run_state(paused(client, known).id, state, force=True)
        times.append(time.monotonic())

    thread = threading.Thread(target=end)
    thread.start()
    yield times
    thread.join(timeout=60)


@pytest.mark.parametrize("end", ["Cancelled", "Cancelling", "Failed"])
def test_a_run_that_is_ended_while_it_is_paused_ends_soon_and_sends_nothing(
    notices, mailbox, client, end
):
    from prefect import states  # noqa: PLC0415

    with ending(client, getattr(states, end)()) as times:
        state = sent(notices)
    assert time.monotonic() - times[0] < 20
    assert (state.type.value, state.name) == ("CANCELLED", "Cancelled")
    said = f"{end} from outside, while a person was asked. Nothing was sent."
    kept = client.read_flow_run(state.state_details.flow_run_id).state
    assert (state.message, kept.message, kept.name) == (said, said, "Cancelled")
    assert mailbox.received == []
    assert notices.states()["draft"] is DRAFT


def test_no_answer_in_time_sends_nothing_and_says_so(notices, mailbox, monkeypatch):
    from functools import partial  # noqa: PLC0415

    from flows import send_notices  # noqa: PLC0415

    monkeypatch.setattr(send_notices, "ask", partial(send_notices.ask, timeout_s=3))
    state = sent(notices)
    assert (state.type.value, state.name) == ("COMPLETED", "NotAnswered")
    assert mailbox.received == []


def test_a_server_that_takes_no_more_is_told_with_counts_and_a_second_start_goes_on(
    notices, mailbox
):
    with ScriptedServer({"MAIL": ["250 ok", "530 who are you"]}) as server:
        make_notices(notices.file.parent, port=server.port)
        state = sent(notices, ask_first=False)
    assert (state.type.value, state.name) == ("FAILED", "MailServer")
    assert "Of 2 notices: 1 sent, 1 left, still approved." in state.message
    make_notices(notices.file.parent, port=mailbox.port)
    assert sent(notices, ask_first=False).message == "Of 1 notices: 1 sent."
    assert mailbox.recipients == ["b@example.org"]


def test_what_a_server_refuses_is_counted_and_its_words_stay_out_of_prefect(
    notices, mailbox, client
):
    mailbox.refused["a@example.org"] = "550 5.1.1 <a@example.org> no such user"
    state = sent(notices, ask_first=False)
    assert (state.type.value, state.name) == ("FAILED", "SomeNotSent")
    assert state.message == "Of 2 notices: 1 failed, 1 sent."
    kept = all_text_of(client, state)
    assert "a@example.org" not in kept
    assert '\\"became\\": \\"failed\\"' in kept
