"""kill -9 while mails go out: no second mail, and at most one notice for a person to resolve."""

import os
import random
import signal
import subprocess
import sys
import threading
import time

import pytest

from flows.ledger.notices import NoticeState
from tests.flows.sending.migrations import approved, make_notices
from tests.flows.sending.scripted import CUT, CUT_IN_THE_MAIL, TAKEN_AND_CUT, ScriptedServer
from tests.flows.sending.sending import mails, resolve, send

APPROVED, SENDING, SENT = NoticeState.APPROVED, NoticeState.SENDING, NoticeState.SENT
PROGRAM = [sys.executable, "-c", "from flows.cli import main; main()", "notices", "send"]
CUSTOMERS = ("a", "b", "c")
KILLS = int(os.environ.get("KILLS", "4"))


class Sender:
    """The program, sending everything in a process of its own."""

    def __init__(self, notices):
        self.process = subprocess.Popen(
            [*PROGRAM, str(notices.file), "--all", "--yes"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self):
        said, _ = self.process.communicate(timeout=120)
        return said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "answer", "state", "taken"),
    [
        ("GREETING", CUT, APPROVED, []),
        ("EHLO", CUT, APPROVED, []),
        ("MAIL", CUT, SENDING, []),
        ("RCPT", CUT, SENDING, []),
        ("DATA", CUT, SENDING, []),
        ("DATA", CUT_IN_THE_MAIL, SENDING, []),
        ("DOT", CUT, SENDING, []),
        ("DOT", TAKEN_AND_CUT, SENDING, ["a"]),
        # The second mail's turn.
        ("RSET", CUT, SENT, ["a"]),
    ],
)
def test_killed_at_a_step(tmp_path, step, answer, state, taken):
    with ScriptedServer() as server:
        notices = approved(make_notices(tmp_path, port=server.port), *CUSTOMERS)
        sender = None

        def kill():
            sender.kill()
            return answer

        server.script[step] = [kill]
        sender = Sender(notices)
        sender.end()
        assert notices.states() == {"a": state, "b": APPROVED, "c": APPROVED}
        assert mails(server) == taken

        # The dead process's lock is nobody's; what it left in sending goes out to nobody.
        send(notices)
        others = {"a": SENDING if state is SENDING else SENT, "b": SENT, "c": SENT}
        assert notices.states() == others
        assert mails(server) == sorted({*taken, *[name for name in others if others[name] is SENT]})

        resolve(notices, server)
        send(notices)
    assert set(notices.states().values()) == {SENT}
    assert mails(server) == ["a", "b", "c"]


@pytest.mark.slow
def test_killed_at_any_moment(tmp_path):
    """Again and again, until all is sent. KILLS=200 takes its time."""
    seed = random.randrange(1_000_000)
    chance = random.Random(seed)
    kills = 0
    with ScriptedServer() as server:
        customers = tuple(chr(ord("a") + n) for n in range(20))
        for round_ in range(KILLS):
            folder = tmp_path / str(round_)
            folder.mkdir()
            del server.taken[:]
            notices = approved(make_notices(folder, port=server.port), *customers)
            sender = Sender(notices)
            # Once it has begun to talk; the time until then only says how busy this machine is.
            heard = len(server.said)
            while len(server.said) == heard and sender.process.poll() is None:
                time.sleep(0.005)
            timer = threading.Timer(chance.uniform(0, 0.3), sender.kill)
            timer.start()
            sender.end()
            timer.join()
            kills += sender.process.returncode == -signal.SIGKILL
            states = notices.states()
            left = [name for name, state in states.items() if state is SENDING]
            assert len(left) <= 1, seed
            sent = [name for name, state in states.items() if state is SENT]
            assert set(sent) <= set(mails(server)) <= {*sent, *left}, seed
            send(notices)
            resolve(notices, server)
            send(notices)
            assert set(notices.states().values()) == {SENT}, seed
            assert mails(server) == list(customers), seed
    assert kills, "it was never killed, so nothing was tried"
