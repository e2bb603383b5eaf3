"""Support's commands: what they say, what they change, and that a refused one changes nothing."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows.ledger.lock import hold
from flows.ledger.notices import NoticeItem, NoticeState, history
from flows.ledger.tables import locks
from tests.flows.sending.mail_server import Mailbox, mail_server
from tests.flows.sending.migrations import make_notices
from tests.flows.sending.scripted import CUT, TAKEN_AND_CUT, ScriptedServer

APPROVED, DRAFT, FAILED, REJECTED, SENDING, SENT = (
    NoticeState.APPROVED,
    NoticeState.DRAFT,
    NoticeState.FAILED,
    NoticeState.REJECTED,
    NoticeState.SENDING,
    NoticeState.SENT,
)


@pytest.fixture
def notices(tmp_path):
    """Drafts for a and b."""
    made = make_notices(tmp_path)
    for customer in ("a", "b"):
        made.put(customer, f"{customer}@example.org")
    return made


@pytest.fixture
def run(cli, notices):
    """Runs a command of `notices` on the migration."""

    def run(command, *arguments):
        return cli("notices", command, notices.file, *arguments)

    return run


def told(notices, customer="a"):
    """Who did what to a notice, and why; the last first."""
    with notices.ledger() as ledger, ledger.reading() as tx:
        entries = history(tx, customer, 1)
    return [(entry.who, entry.action.value, entry.why) for entry in reversed(entries)]


def send_with(script, notices, run, *arguments):
    """Send by a server that behaves as it is told to."""
    with ScriptedServer(script) as server:
        make_notices(notices.file.parent, port=server.port)
        result = run("send", *arguments)
    return result, server


class TestList:
    def test_what_is_to_be_seen_to(self, notices, run):
        notices.put("c", None)
        notices.approve("b")
        code, out, err = run("list")
        assert (code, err) == (0, "")
        rows = [" ".join(line.split()) for line in out.splitlines()]
        assert rows[0] == "customer revision list state since done address listed why"
        assert [row[0] for row in rows[1:4]] == ["a", "b", "c"]
        assert rows[1] == "a 1 preliminary draft 2021-05-19 08:00 0 of 0 a@example.org"
        assert " approved " in rows[2]
        assert "no usable address" in rows[3]
        assert "3 notices: 2 draft, 1 approved; 1 without a usable address." in out

    def test_what_is_sent_is_listed_where_it_is_asked_for(self, run):
        run("mark-sent", "a")
        assert "a@example.org" not in run("list")[1]
        for asked in (["--all"], ["a"], ["--state", "sent"]):
            assert "a@example.org" in run("list", *asked)[1]
        run("mark-sent", "b")
        assert run("list")[1] == "There is nothing to see to here; --all shows all 2 notices.\n"

    def test_only_some_of_them(self, notices, run):
        notices.put("c", None)
        notices.approve("c")

        def listed(*arguments):
            document = json.loads(run("list", "--json", *arguments)[1])
            return [each["customer_id"] for each in document["notices"]]

        assert listed() == ["a", "b", "c"]
        assert listed("--no-address") == ["c"]
        assert listed("--state", "draft") == ["a", "b"]
        assert listed("--state", "draft", "--state", "approved") == ["a", "b", "c"]
        assert listed("c", "a") == ["a", "c"]
        assert listed("a", "--state", "approved") == []

    def test_for_scripts(self, notices, run):
        items = [
            NoticeItem("f1", "person", "lost"),
            NoticeItem("f2", "person", "lost"),
            NoticeItem("f3", "person", "review"),
        ]
        notice = notices.put("c", "c@example.org", items=items)
        notices.close("f2", "repaired")
        notices.close("f3", "withdrawn")
        code, out, err = run("list", "c", "--json")
        assert (code, err) == (0, "")
        assert json.loads(out) == {
            "migration": "mini",
            "notices": [
                {
                    "customer_id": "c",
                    "revision": 1,
                    "supplement": False,
                    "final": False,
                    "state": "draft",
                    "state_at": "2021-05-19T08:00:00+00:00",
                    "why": None,
                    "recipient": "c@example.org",
                    "content_hash": notice.content_hash,
                    "listed": 3,
                    "done": 1,
                    "verdicts": {"lost": 2, "review": 1},
                }
            ],
        }
        (row,) = run("list", "c")[1].splitlines()[1:2]
        assert " ".join(row.split()).endswith(" 1 of 3 c@example.org 2 lost, 1 review")

    def test_earlier_revisions_too(self, notices, run):
        run("mark-sent", "a")
        notices.put("a", "a@example.org", revision=2)
        rows = [line.split()[:4] for line in run("list", "--all")[1].splitlines()[1:4]]
        assert rows == [
            ["a", "1", "preliminary", "sent"],
            ["a", "2,", "supplement", "preliminary"],
            ["b", "1", "preliminary", "draft"],
        ]

    def test_what_was_left_in_sending_is_said_with_what_to_do(self, notices, run):
        notices.approve("a")
        send_with({"DOT": [TAKEN_AND_CUT]}, notices, run, "--all", "--yes")
        out = run("list")[1]
        assert "1 sending" in out
        assert "`notices mark-sent` it, or `notices approve` it" in out

    def test_why_it_failed(self, notices, run):
        notices.approve("a")
        send_with({"RCPT": ["550 5.1.1 who?"]}, notices, run, "a", "--yes")
        (row,) = [line for line in run("list")[1].splitlines() if line.startswith("a ")]
        assert " failed " in row
        assert row.endswith("  550 5.1.1 who?")

    def test_there_are_none_yet(self, cli, tmp_path):
        empty = make_notices(tmp_path)
        code, out, _ = cli("notices", "list", empty.file)
        assert (code, out) == (0, "There are no notices yet: `cutover-recon run` writes them.\n")

    def test_ids_from_strangers_do_not_reach_the_terminal(self, notices, run):
        notices.put("\x1b[2J[red]x", "x@example.org")
        out = run("list")[1]
        assert "\x1b" not in out
        assert "\\x1b[2J[red]x" in out
        assert json.loads(run("list", "--json")[1])["notices"][0]["customer_id"] == "\x1b[2J[red]x"

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["nobody"], "There is no notice for nobody"),
            (["--state", "gone"], "--state gone is no state of a notice; write one of draft,"),
        ],
    )
    def test_what_is_not_understood(self, run, arguments, says):
        code, out, err = run("list", *arguments)
        assert (code, out) == (2, "")
        assert says in err
        assert err.count("\n") == 1


class TestApprove:
    def test_by_name(self, notices, run):
        code, out, err = run("approve", "a", "--as", "Anna")
        assert (code, err) == (0, "")
        notice = notices.find("a")
        lines = out.splitlines()
        assert lines[0] == f"a revision 1: approved, to a@example.org ({notice.content_hash[:12]})"
        assert lines[1] == "1 notice approved."
        assert notices.states() == {"a": APPROVED, "b": DRAFT}
        assert told(notices)[0] == ("Anna", "approve", None)

    def test_all_drafts(self, notices, run):
        notices.put("c", None)
        run("reject", "b", "--reason", "they called")
        code, out, _ = run("approve", "--all")
        assert code == 0
        assert "2 notices approved." in out
        assert "1 of them can't be sent by e-mail: there is no usable address." in out
        assert notices.states() == {"a": APPROVED, "b": REJECTED, "c": APPROVED}
        assert run("approve", "--all")[1] == "Nothing approved: no notice is draft.\n"
        assert run("approve", "--all", "--state", "rejected")[0] == 0
        assert notices.states()["b"] is APPROVED

    def test_by_default_it_was_the_systems_user(self, notices, run, monkeypatch):
        monkeypatch.setenv("LOGNAME", "bert")
        run("approve", "a")
        assert told(notices)[0][0] == "bert"

    def test_files_that_no_run_has_written_are_not_approved_and_neither_is_anything_else(
        self, notices, run
    ):
        (notices.folder("b") / "notice.txt").write_text("changed by hand")
        code, out, err = run("approve", "--all")
        assert (code, out) == (1, "")
        assert "b revision 1 is not approved, and no other either" in err
        assert str(notices.folder("b")) in err
        assert notices.states() == {"a": DRAFT, "b": DRAFT}

    def test_one_in_the_wrong_state_undoes_it_for_all(self, notices, run):
        run("mark-sent", "b")
        code, _, err = run("approve", "a", "b")
        assert code == 1
        assert "Revision 1 for customer b is sent" in err
        assert notices.states() == {"a": DRAFT, "b": SENT}

    def test_what_was_left_in_sending_only_by_name(self, notices, run):
        run("approve", "a")
        send_with({"DOT": [CUT]}, notices, run, "a", "--yes")
        code, _, err = run("approve", "--all", "--state", "sending")
        assert code == 2
        assert "may have arrived" in err
        assert notices.states()["a"] is SENDING
        assert "a revision 1: approved, once more, to a@example.org" in run("approve", "a")[1]
        (code, _, _), server = send_with({}, notices, run, "a", "--yes")
        assert code == 0
        assert len(server.taken) == 1


class TestReject:
    def test_it_says_why_and_who(self, notices, run):
        code, out, _ = run("reject", "a", "--reason", "they\x1b called", "--as", "Bert")
        assert (code, out) == (0, "a revision 1: rejected\n1 notice rejected.\n")
        assert told(notices)[0] == ("Bert", "reject", "they\\x1b called")
        assert notices.states() == {"a": REJECTED, "b": DRAFT}

    def test_nobody_has_to_say_why(self, notices, run):
        assert run("reject", "a")[0] == 0
        assert told(notices)[0][1:] == ("reject", None)
        assert notices.states() == {"a": REJECTED, "b": DRAFT}

    @pytest.mark.parametrize("reason", [["--reason", " "], ["--reason", "x" * 1001]])
    def test_a_reason_is_some_words(self, notices, run, reason):
        assert run("reject", "a", *reason)[0] == 2
        assert notices.states()["a"] is DRAFT

    def test_it_comes_back_when_its_content_changes(self, notices, run):
        run("reject", "a", "--reason", "they called")
        notices.put("a", "a@example.org")
        assert notices.states()["a"] is REJECTED
        notices.put("a", "a@example.org", text="something new")
        assert notices.states()["a"] is DRAFT


class TestMarkSent:
    def test_by_other_means(self, notices, run):
        code, out, _ = run("mark-sent", "a", "--how", "by letter", "--as", "Anna")
        assert (code, out) == (0, "a revision 1: recorded as sent\n1 notice recorded as sent.\n")
        assert told(notices)[0] == ("Anna", "mark as sent", "by letter")
        assert notices.states() == {"a": SENT, "b": DRAFT}

    def test_all_means_the_approved_ones(self, notices, run):
        run("approve", "b")
        run("mark-sent", "--all", "--reason", "by fax")
        assert notices.states() == {"a": DRAFT, "b": SENT}

    def test_one_left_in_sending_that_did_arrive_is_not_sent_again(self, notices, run):
        run("approve", "a")
        _, server = send_with({"DOT": [TAKEN_AND_CUT]}, notices, run, "a", "--yes")
        assert len(server.taken) == 1
        run("mark-sent", "a", "--how", "they have it")
        assert notices.states()["a"] is SENT
        (code, _, err), server = send_with({}, notices, run, "a", "--yes")
        assert code == 1
        assert "a revision 1 is sent" in err
        assert server.taken == []


@pytest.mark.parametrize("command", ["approve", "reject", "mark-sent", "send", "show"])
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Name the customers, or write --all."),
        (["a", "--all"], "not both"),
        (["a", "nobody"], "There is no notice for nobody"),
    ],
)
def test_it_has_to_be_clear_who_is_meant(notices, run, command, arguments, says):
    more = ["--reason", "why"] if command == "reject" else []
    code, out, err = run(command, *arguments, *more)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1
    assert notices.states() == {"a": DRAFT, "b": DRAFT}


@pytest.mark.parametrize("name", ["", " ", "a\nb", "\x1b[2J", "x" * 101])
def test_who_does_it_has_a_name_on_one_line(notices, run, name):
    code, _, err = run("approve", "a", "--as", name)
    assert code == 2
    assert "--as wants a name" in err
    assert notices.states()["a"] is DRAFT


class TestShow:
    def test_the_notice_and_what_became_of_it(self, notices, run):
        notices.put("a", "a@example.org", text="Guten Tag,\n\x1b[2J\n\tSie haben …")
        run("approve", "a", "--as", "Anna")
        send_with({"RCPT": ["550 who?"]}, notices, run, "a", "--yes", "--as", "Bert")
        code, out, err = run("show", "a")
        assert (code, err) == (0, "")
        lines = out.splitlines()
        assert lines[0] == "── a revision 1: failed ──"
        assert "Guten Tag," in lines
        assert "\\x1b[2J" in lines
        assert any(line.endswith("approve (by Anna), now approved") for line in lines)
        assert any(line.endswith("failed (by Bert), now failed: 550 who?") for line in lines)
        assert any("attempt 1, <a.1." in line and "refused: 550 who?" in line for line in lines)

    def test_an_earlier_one(self, notices, run):
        run("mark-sent", "a")
        notices.put("a", "a@example.org", revision=2, text="Nachtrag")
        assert "Nachtrag" in run("show", "a")[1].splitlines()
        assert "Guten Tag" in run("show", "a", "--revision", "1")[1].splitlines()
        code, _, err = run("show", "a", "--revision", "3")
        assert (code, err) == (2, "There is no revision 3 for a; the latest is 2.\n")

    def test_other_files_than_the_runs_are_said_to_be_that(self, notices, run):
        (notices.folder("a") / "notice.txt").write_text("changed by hand")
        assert "WARNING: these files are not those" in run("show", "a")[1]

    def test_all_of_them(self, run):
        out = run("show", "--all")[1]
        assert out.index("── a revision 1") < out.index("── b revision 1")

    @pytest.mark.slow
    def test_in_the_browser(self, notices, run, tmp_path, monkeypatch):
        opener = tmp_path / "bin" / "xdg-open"
        opener.parent.mkdir()
        opener.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
        opener.chmod(0o700)
        monkeypatch.setenv("PATH", f"{opener.parent}:{os.environ['PATH']}")
        code, _, err = run("show", "a", "--open")
        assert code == 2
        assert "name html in [notices] formats" in err
        page = notices.folder("a") / "notice.html"
        page.touch()
        # The opener outlives the program.
        subprocess.run([*PROGRAM, "show", notices.file, "a", "--open"], check=True, timeout=60)
        deadline = time.monotonic() + 30
        while not (tmp_path / "opened").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert (tmp_path / "opened").read_text().strip() == str(page)


@pytest.fixture
def mailbox(notices):
    with mail_server(Mailbox()) as serving:
        make_notices(notices.file.parent, port=serving.port)
        yield serving


class TestSend:
    def test_the_plan_and_each_mail(self, notices, run, mailbox):
        run("approve", "a", "b")
        notices.put("c", None)
        notices.approve("c")
        mailbox.refused["b@example.org"] = "550 who?"
        code, out, err = run("send", "--all", "--yes")
        assert (code, err) == (1, "")
        assert out == (
            "2 of 3 notices can be sent: 2 new, 0 supplements. From support@example.org by "
            f"127.0.0.1:{mailbox.port}, at most 6000 a minute.\n"
            "Left out, 1: no usable address; send it by other means and then `notices mark-sent`, "
            "or correct the address and start a run (c)\n"
            "a revision 1: sent: 250 taken\n"
            "b revision 1: failed: 550 who?\n"
            "Of 2: 1 sent, 1 failed.\n"
        )
        assert mailbox.recipients == ["a@example.org"]
        assert notices.states() == {"a": SENT, "b": FAILED, "c": APPROVED}

    def test_supplements_are_counted_apart(self, notices, run, mailbox):
        run("mark-sent", "a")
        notices.put("a", "a@example.org", revision=2)
        run("approve", "a", "b")
        code, out, _ = run("send", "--all", "--yes")
        assert code == 0
        assert "2 of 2 notices can be sent: 1 new, 1 supplements." in out
        assert "a revision 2 (supplement): sent" in out
        assert len(mailbox.received) == 2

    def test_a_dry_run_sends_nothing_and_changes_nothing(self, notices, run, mailbox):
        run("approve", "a")
        with notices.ledger() as ledger, hold(ledger, "run"):
            code, out, _ = run("send", "--all", "--dry-run")
        assert code == 0
        assert "1 of 1 notices can be sent" in out
        assert mailbox.received == []
        assert notices.states()["a"] is APPROVED

    def test_a_notice_that_does_not_say_any_more_what_is_so_is_a_draft_again(
        self, notices, run, mailbox
    ):
        # By the logs and the new database, nobody lacks anything.
        notices.put("c", "c@example.org", items=[NoticeItem("f1", "person", "lost")])
        notices.approve("a", "c")
        code, out, _ = run("send", "--all", "--yes")
        assert code == 1
        assert "1 of 2 notices can be sent" in out
        assert "so it goes back to draft (c)" in out
        assert mailbox.recipients == ["a@example.org"]
        assert notices.states() == {"a": SENT, "b": DRAFT, "c": DRAFT}

    def test_only_what_is_approved(self, notices, run, mailbox):
        run("approve", "a")
        code, out, err = run("send", "a", "b", "--yes")
        assert (code, out) == (1, "")
        assert "Only what is approved is sent, and b revision 1 is draft" in err
        assert mailbox.received == []

    def test_nobody_else_in_test_mode(self, notices, run, mailbox):
        make_notices(notices.file.parent, port=mailbox.port, only_to=("a@example.org",))
        run("approve", "--all")
        code, out, _ = run("send", "--all", "--yes")
        assert code == 0
        assert "TEST MODE: nobody is written to but [smtp] only_to: a@example.org" in out
        assert "Left out, 1: test mode: the address is not in [smtp] only_to (b)" in out
        assert mailbox.recipients == ["a@example.org"]
        assert notices.states() == {"a": SENT, "b": APPROVED}

    def test_a_trial_goes_to_oneself_and_changes_nothing(self, notices, run, mailbox):
        make_notices(notices.file.parent, port=mailbox.port, only_to=("me@example.org",))
        run("approve", "b")
        code, out, err = run("send", "a", "b", "--trial", "me@example.org")
        assert (code, err) == (0, "")
        assert "a revision 1, a trial to me@example.org: accepted: 250 taken\n" in out
        assert "Nothing was sent to any customer" in out
        assert mailbox.recipients == ["me@example.org"] * 2
        assert b"[TRIAL]" in mailbox.received[0].content
        assert notices.states() == {"a": DRAFT, "b": APPROVED}
        assert notices.deliveries() == []

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["a", "--trial", "you@example.org"], "is not in [smtp] only_to"),
            (["a", "--trial", "me"], "is no address that can be written to"),
            (["--all", "--trial", "me@example.org"], "name the customers"),
        ],
    )
    def test_a_trial_to_whom_it_may_not_go(self, notices, run, mailbox, arguments, says):
        make_notices(notices.file.parent, port=mailbox.port, only_to=("me@example.org",))
        code, _, err = run("send", *arguments)
        assert code == 2
        assert says in err
        assert mailbox.received == []

    def test_without_a_terminal_what_is_approved_is_sent_without_a_question(self, run, mailbox):
        run("approve", "a")
        code, out, _ = run("send", "--all")
        assert code == 0
        assert "1 of 1 notices can be sent" in out
        assert mailbox.recipients == ["a@example.org"]

    def test_while_a_run_is_at_work(self, notices, run, mailbox):
        run("approve", "a")
        with notices.ledger() as ledger, hold(ledger, "run"):
            code, _, err = run("send", "--all", "--yes")
        assert code == 1
        assert f"A run is at work on mini (process {os.getpid()} on" in err
        assert mailbox.received == []

    @pytest.mark.parametrize(("section", "what"), [("[smtp]", "[smtp]"), ("sender", "[notices]")])
    def test_a_file_that_does_not_say_how(self, notices, run, section, what):
        text = notices.file.read_text("utf-8")
        kept = text.partition("[smtp]")[0] if section == "[smtp]" else text.replace("sender =", "#")
        notices.file.write_text(kept, "utf-8")
        code, _, err = run("send", "--all", "--yes")
        assert code == 2
        assert f"has no {what}" in err

    def test_a_server_that_is_not_there_is_told_with_all_still_approved(self, notices, run):
        run("approve", "a")
        (code, _, err), _ = send_with({"GREETING": ["554 go away"]}, notices, run, "a", "--yes")
        assert code == 1
        assert "it said 554 go away" in err
        assert "Of 1 notices: 0 sent, 1 left, still approved." in err
        assert notices.states()["a"] is APPROVED

    def test_what_could_not_be_written_down_is_not_said_to_be_approved(self, notices, run):
        run("approve", "a", "b")

        def take_over():
            """Another process takes this one for dead, while the server has the whole mail."""
            with notices.ledger() as ledger, ledger.begin() as tx:
                tx.connection.execute(sa.delete(locks))
            return "250 taken"

        (code, out, err), server = send_with({"DOT": [take_over]}, notices, run, "--all", "--yes")
        assert code == 1
        assert "taken over by another process" in err
        assert "But one of them may be left in sending: see `notices list`." in out
        assert notices.states() == {"a": SENDING, "b": APPROVED}
        assert len(server.taken) == 1

    @pytest.mark.slow
    @pytest.mark.parametrize(("answer", "mails"), [("y", 1), ("n", 0), ("", 0)])
    def test_a_person_is_asked_first(self, notices, run, mailbox, answer, mails):
        run("approve", "a")
        said, code = at_a_terminal(notices.file, answer)
        assert "Send 1 of 1 notices now? [y/N]" in said
        assert code == (0 if mails else 1)
        assert len(mailbox.received) == mails

    @pytest.mark.slow
    def test_ctrl_c_finishes_the_mail_that_is_under_way_and_begins_no_other(self, notices, run):
        run("approve", "a", "b")
        process = None

        def press():
            """Ctrl-C, while the server is asked for the first recipient."""
            process.send_signal(signal.SIGINT)
            time.sleep(0.3)
            return "250 ok"

        with ScriptedServer() as server:
            make_notices(notices.file.parent, port=server.port)
            server.script["RCPT"] = [press]
            process = subprocess.Popen(
                [*PROGRAM, "send", str(notices.file), "--all", "--yes"],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            out, err = process.communicate(timeout=60)
        assert process.returncode == 1
        assert "Stopping after this mail" in err
        assert out.splitlines()[-3:] == [
            "a revision 1: sent: 250 taken",
            "Stopped.",
            "Of 2: 1 sent, 1 not sent. What was not sent is approved as before.",
        ]
        assert [taken.recipient for taken in server.taken] == ["a@example.org"]
        assert notices.states() == {"a": SENT, "b": APPROVED}


PROGRAM = [sys.executable, "-c", "from flows.cli import main; main()", "notices"]


def at_a_terminal(file: Path, answer: str) -> tuple[str, int]:
    """Send all at a terminal, and answer its question; what it said, and how it ended."""
    person, terminal = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, "send", str(file), "--all"], stdin=terminal, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    os.write(person, f"{answer}\n".encode())
    said = b""
    while True:
        try:
            part = os.read(person, 4096)
        except OSError:
            # The terminal of a process that has ended.
            break
        if not part:
            break
        said += part
    os.close(person)
    return said.decode(), process.wait(60)
