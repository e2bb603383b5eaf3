"""Whatever a mail server does: what became of a mail is known, or is said not to be known."""

import re
from contextlib import contextmanager
from email import policy
from email.parser import BytesParser

import pytest

from flows.ledger.notices import Outcome
from flows.sending.answers import MailServerAwayError, MailServerError
from flows.sending.clock import StoppedError
from flows.sending.connection import Patience
from flows.sending.transport import Transport
from flows.settings.sections import Smtp
from tests.flows.sending.clocks import QuickClock
from tests.flows.sending.letters import letter
from tests.flows.sending.scripted import (
    CUT,
    CUT_IN_THE_MAIL,
    SILENCE,
    TAKEN_AND_CUT,
    ScriptedServer,
)

# With a server that answers, however busy this machine is.
PATIENT = Patience(connect_s=30, command_s=30, end_s=30)
# With one that does not.
IMPATIENT = Patience(connect_s=0.2, command_s=0.2, end_s=0.2)
ACCEPTED, REFUSED, TEMPORARY, UNKNOWN = (
    Outcome.ACCEPTED,
    Outcome.REFUSED,
    Outcome.TEMPORARY,
    Outcome.UNKNOWN,
)
NONSENSE = "Guten Tag"
# More than the buffers between two sockets hold.
LONG = ("x" * 76 + "\r\n") * 200_000


def smtp_to(server, **keys):
    return Smtp.model_validate(
        {"host": "127.0.0.1", "port": server.port, "security": "none"} | keys
    )


@contextmanager
def transport_to(server, clock=None, patience=PATIENT, **keys):
    clock = clock or QuickClock()
    with Transport(smtp_to(server, **keys), clock, patience) as transport:
        yield transport


def patience_for(answer):
    # The first line of an answer of several lines, and no more.
    return IMPATIENT if answer in (SILENCE, "250-taken") else PATIENT


# What the server answers at a step, and what the mail's outcome is then.
STEPS = [
    ("MAIL", "451 later", TEMPORARY),
    ("MAIL", "421 later", TEMPORARY),
    ("MAIL", "552 too large", REFUSED),
    ("MAIL", CUT, TEMPORARY),
    ("MAIL", SILENCE, TEMPORARY),
    ("MAIL", NONSENSE, TEMPORARY),
    ("MAIL", "250" + "x" * 9000, TEMPORARY),
    ("RCPT", "450 greylisted", TEMPORARY),
    ("RCPT", "421 later", TEMPORARY),
    ("RCPT", "550 unknown user", REFUSED),
    ("RCPT", "354 what", TEMPORARY),
    ("RCPT", CUT, TEMPORARY),
    ("RCPT", SILENCE, TEMPORARY),
    ("RCPT", NONSENSE, TEMPORARY),
    ("DATA", "451 later", TEMPORARY),
    ("DATA", "554 no", REFUSED),
    ("DATA", "250 what", TEMPORARY),
    ("DATA", CUT, TEMPORARY),
    ("DATA", SILENCE, TEMPORARY),
    ("DATA", NONSENSE, TEMPORARY),
    ("DATA", CUT_IN_THE_MAIL, TEMPORARY),
    ("DOT", "250 taken", ACCEPTED),
    ("DOT", "251 taken", ACCEPTED),
    ("DOT", "451 later", TEMPORARY),
    ("DOT", "421 later", TEMPORARY),
    ("DOT", "554 spam", REFUSED),
    ("DOT", CUT, UNKNOWN),
    ("DOT", TAKEN_AND_CUT, UNKNOWN),
    ("DOT", SILENCE, UNKNOWN),
    ("DOT", NONSENSE, UNKNOWN),
    ("DOT", "354 what", UNKNOWN),
    ("DOT", "550" + "x" * 9000, UNKNOWN),
    ("DOT", "250-taken", UNKNOWN),
]


@pytest.mark.parametrize(
    ("step", "answer", "outcome"), STEPS, ids=[f"{step} {answer[:20]}" for step, answer, _ in STEPS]
)
def test_what_became_of_the_mail(step, answer, outcome):
    """The server's own count of what it took is the measure, and the next mail goes out whole."""
    text = LONG if answer == CUT_IN_THE_MAIL else "Guten Tag\r\n"
    with (
        ScriptedServer({step: [answer]}) as server,
        transport_to(server, patience=patience_for(answer)) as transport,
    ):
        transport.make_ready()
        result = transport.hand_over(letter("a@example.org", text=text))
        was_taken = [taken.recipient for taken in server.taken]
        transport._patience = PATIENT
        transport.make_ready()
        then = transport.hand_over(letter("b@example.org", number=2))
    assert result.outcome is outcome
    assert result.answer.isprintable()
    assert len(result.answer) <= 300
    is_taken = step == "DOT" and (answer.startswith("2") or answer == TAKEN_AND_CUT)
    assert was_taken == ["a@example.org"] * is_taken
    # Nobody is told that a mail is with its customer, or is not, where it may be otherwise.
    assert outcome is UNKNOWN or is_taken == (outcome is ACCEPTED)
    assert then.outcome is ACCEPTED
    # Who has hung up, or spoken out of turn, is not believed any further.
    is_plain = re.fullmatch(r"[45]\d\d [a-z ]+", answer) and not answer.startswith("421")
    assert server.connections == (1 if is_plain or outcome is ACCEPTED else 2)
    assert [taken.recipient for taken in server.taken] == [*was_taken, "b@example.org"]
    assert b"<2@example.org>" in server.taken[-1].content


def test_a_server_that_takes_nothing_from_us_ends_it_all():
    """It would refuse every other mail as well."""
    with ScriptedServer({"MAIL": ["550 not yours"]}) as server, transport_to(server) as transport:
        transport.make_ready()
        with pytest.raises(MailServerError, match="550 not yours"):
            transport.hand_over(letter())
    assert server.taken == []


# What the server answers before there is a connection to send over.
BEFORE = [
    ("GREETING", "421 busy", MailServerAwayError),
    ("GREETING", "554 go away", MailServerError),
    ("GREETING", CUT, MailServerAwayError),
    ("GREETING", SILENCE, MailServerAwayError),
    ("GREETING", NONSENSE, MailServerError),
    ("EHLO", "421 busy", MailServerAwayError),
    ("EHLO", "502 what", MailServerError),
    ("EHLO", CUT, MailServerAwayError),
    ("EHLO", SILENCE, MailServerAwayError),
    ("STARTTLS", "454 not now", MailServerAwayError),
    ("STARTTLS", "501 no", MailServerError),
    ("STARTTLS", CUT, MailServerAwayError),
    ("STARTTLS", SILENCE, MailServerAwayError),
    ("AUTH", "454 not now", MailServerAwayError),
    ("AUTH", "535 wrong", MailServerError),
    ("AUTH", CUT, MailServerAwayError),
    ("AUTH", SILENCE, MailServerAwayError),
]


@pytest.mark.parametrize(
    ("step", "answer", "kind"), BEFORE, ids=[f"{step} {answer}" for step, answer, _ in BEFORE]
)
def test_no_connection(step, answer, kind, trusted):
    """One that may come about later is tried again a few times, after longer and longer waits."""
    clock = QuickClock()
    server = ScriptedServer(
        {step: [answer] * 5}, trusted.server_context("127.0.0.1"), ["STARTTLS", "AUTH PLAIN LOGIN"]
    )
    keys = {"security": "starttls", "username": "support", "password": "geheim"}
    with server, transport_to(server, clock, patience_for(answer), **keys) as transport:
        with pytest.raises(MailServerError) as caught:
            transport.make_ready()
        assert type(caught.value) is kind
        message = str(caught.value)
        assert f"127.0.0.1:{server.port}" in message
        assert answer in message or answer in (CUT, SILENCE, NONSENSE)
        assert "geheim" not in message
        assert server.connections == (5 if kind is MailServerAwayError else 1)
        assert clock.waits == ([2, 8, 32, 128] if kind is MailServerAwayError else [])
        if kind is MailServerAwayError:
            # Now that it is there again.
            transport._patience = PATIENT
            transport.make_ready()
            assert transport.hand_over(letter()).outcome is ACCEPTED
    assert len(server.taken) == (1 if kind is MailServerAwayError else 0)


def test_a_server_without_starttls_is_not_talked_to_in_the_clear():
    keys = {"security": "starttls", "username": "support", "password": "geheim"}
    with (
        ScriptedServer(offers=["AUTH PLAIN"]) as server,
        transport_to(server, **keys) as transport,
        pytest.raises(MailServerError, match="does not offer STARTTLS"),
    ):
        transport.make_ready()
    assert server.steps() == ["EHLO"]


def test_nobody_listens():
    with ScriptedServer() as server:
        pass
    clock = QuickClock()
    with (
        transport_to(server, clock) as transport,
        pytest.raises(MailServerAwayError, match="refused"),
    ):
        transport.make_ready()
    assert len(clock.waits) == 4


@pytest.mark.parametrize("host", ["mail..example.org", "x" * 70 + ".example.org"])
def test_a_name_that_no_host_can_have(host):
    smtp = Smtp.model_validate({"host": host})
    with (
        Transport(smtp, QuickClock(), PATIENT) as transport,
        pytest.raises(MailServerError, match="none that a host can have") as caught,
    ):
        transport.make_ready()
    assert type(caught.value) is MailServerError


def test_one_connection_for_many_mails_as_long_as_it_lives():
    with ScriptedServer() as server, transport_to(server) as transport:
        for number in range(5):
            transport.make_ready()
            assert transport.hand_over(letter(number=number)).outcome is ACCEPTED
        assert server.connections == 1
        # Servers hang up on those who wait.
        server.script["RSET"] = [CUT]
        transport.make_ready()
        assert transport.hand_over(letter(number=5)).outcome is ACCEPTED
    assert server.connections == 2
    assert server.steps()[-1] == "QUIT"
    ids = [
        BytesParser(policy=policy.SMTP).parsebytes(taken.content)["Message-ID"]
        for taken in server.taken
    ]
    assert ids == [f"<{number}@example.org>" for number in range(6)]


def test_lines_of_dots_arrive_as_they_were():
    text = ".\r\n..\r\n.a\r\n\r\n.\r\nEnde.\r\n"
    with ScriptedServer() as server, transport_to(server) as transport:
        transport.make_ready()
        transport.hand_over(letter(text=text))
    assert server.taken[0].content.endswith(b"\r\n\r\n" + text.encode())


def test_the_size_is_said_where_the_server_wants_to_know_it():
    with ScriptedServer(offers=["SIZE 1000000"]) as server, transport_to(server) as transport:
        transport.make_ready()
        transport.hand_over(letter())
    size = len(server.taken[0].content)
    assert f"mail FROM:<support@example.org> SIZE={size}" in server.said


def test_no_more_mails_a_minute_than_allowed():
    clock = QuickClock()
    with ScriptedServer() as server, transport_to(server, clock, per_minute=20) as transport:
        for number in range(4):
            transport.make_ready()
            transport.hand_over(letter(number=number))
    assert clock.waits == [3, 3, 3]
    # What took long by itself is not waited for once more.
    assert len(server.taken) == 4


def test_whoever_asks_to_stop_is_heard_before_the_next_mail():
    clock = QuickClock()
    with ScriptedServer() as server, transport_to(server, clock) as transport:
        transport.make_ready()
        clock.stop()
        assert transport.hand_over(letter()).outcome is ACCEPTED
        with pytest.raises(StoppedError):
            transport.make_ready()
    assert len(server.taken) == 1


def test_the_words_of_the_server_are_harmless():
    with (
        ScriptedServer({"RCPT": ["550-\x1b[2J\r\n550 " + "ü" * 900]}) as server,
        transport_to(server) as transport,
    ):
        transport.make_ready()
        result = transport.hand_over(letter())
    assert result.answer.startswith("550 \\x1b[2J ü")
    assert len(result.answer) <= 310
