"""The server proves who it is before it hears anything, and we prove who we are."""

import pytest

from flows.ledger.notices import Outcome
from flows.sending.answers import MailServerError
from flows.sending.connection import Patience
from flows.sending.transport import Transport
from flows.settings.sections import Smtp
from tests.flows.sending.certificates import make_authority
from tests.flows.sending.clocks import QuickClock
from tests.flows.sending.letters import letter
from tests.flows.sending.mail_server import Mailbox, mail_server
from tests.flows.sending.scripted import ScriptedServer

# For a server that answers, however busy this machine is.
PATIENT = Patience(connect_s=30, command_s=30, end_s=30)
USERS = {"support": "geheim: Größe §1"}


def send_to(port, **keys):
    smtp = Smtp.model_validate({"host": "127.0.0.1", "port": port} | keys)
    with Transport(smtp, QuickClock(), PATIENT) as transport:
        transport.make_ready()
        return transport.hand_over(letter())


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_with_a_certificate_gets_the_mail_of_whoever_may_log_in(trusted, security):
    tls = trusted.server_context("127.0.0.1")
    with mail_server(Mailbox(users=USERS), tls, implicit=security == "tls") as mailbox:
        result = send_to(
            mailbox.port, security=security, username="support", password=USERS["support"]
        )
    assert result.outcome is Outcome.ACCEPTED
    (envelope,) = mailbox.received
    assert (envelope.mail_from, envelope.rcpt_tos) == ("support@example.org", ["wehr@example.org"])
    assert mailbox.logins == ["PLAIN"]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_of_another_name_is_refused(trusted, security):
    tls = trusted.server_context("mail.example.org", "127.0.0.2")
    with (
        mail_server(Mailbox(users=USERS), tls, implicit=security == "tls") as mailbox,
        pytest.raises(MailServerError, match=r"certificate does not prove.*127\.0\.0\.1"),
    ):
        send_to(mailbox.port, security=security, username="support", password="x")
    assert (mailbox.received, mailbox.logins) == ([], [])


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_of_an_unknown_authority_is_refused(trusted, security, tmp_path_factory):
    unknown = make_authority(tmp_path_factory.mktemp("unknown"))
    tls = unknown.server_context("127.0.0.1")
    with (
        mail_server(Mailbox(users=USERS), tls, implicit=security == "tls") as mailbox,
        pytest.raises(MailServerError, match="SSL_CERT_FILE"),
    ):
        send_to(mailbox.port, security=security, username="support", password="x")
    assert (mailbox.received, mailbox.logins) == ([], [])


def test_the_wrong_kind_of_encryption_is_said_to_be_that():
    with (
        mail_server(Mailbox()) as mailbox,
        pytest.raises(MailServerError, match='"starttls" where it begins in the clear'),
    ):
        send_to(mailbox.port, security="tls")


def test_a_wrong_password_is_told_without_it(trusted):
    tls = trusted.server_context("127.0.0.1")
    with (
        mail_server(Mailbox(users=USERS), tls) as mailbox,
        pytest.raises(MailServerError, match="535") as caught,
    ):
        send_to(mailbox.port, username="support", password="falsch")
    assert "falsch" not in str(caught.value)
    assert mailbox.received == []


def test_a_name_without_a_password(trusted):
    tls = trusted.server_context("127.0.0.1")
    with (
        mail_server(Mailbox(users=USERS), tls) as mailbox,
        pytest.raises(MailServerError, match="CUTOVER_SMTP__PASSWORD"),
    ):
        send_to(mailbox.port, username="support")


def test_a_server_that_only_knows_the_older_way_to_log_in(trusted):
    server = ScriptedServer(
        {"AUTH": ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"]},
        trusted.server_context("127.0.0.1"),
        ["STARTTLS", "AUTH LOGIN"],
    )
    with server:
        result = send_to(server.port, username="support", password=USERS["support"])
    assert result.outcome is Outcome.ACCEPTED
    assert server.said[3:6] == ["AUTH LOGIN", "c3VwcG9ydA==", "Z2VoZWltOiBHcsO2w59lIMKnMQ=="]


def test_a_server_that_lets_nobody_log_in(trusted):
    server = ScriptedServer({}, trusted.server_context("127.0.0.1"), ["STARTTLS", "AUTH CRAM-MD5"])
    with server, pytest.raises(MailServerError, match="PLAIN or LOGIN; it offers CRAM-MD5"):
        send_to(server.port, username="support", password="x")


def test_what_was_said_before_the_encryption_counts_for_nothing(trusted):
    """Somebody in between offers a way to log in, and more than the server has said."""
    server = ScriptedServer(
        {"EHLO": ["250-x\r\n250-STARTTLS\r\n250 AUTH PLAIN", "250 x"]},
        trusted.server_context("127.0.0.1"),
    )
    with server, pytest.raises(MailServerError, match="it offers nothing"):
        send_to(server.port, username="support", password="x")
    server = ScriptedServer(
        {"STARTTLS": ["220 go on\r\n250 injected"]},
        trusted.server_context("127.0.0.1"),
        ["STARTTLS"],
    )
    with server:
        assert send_to(server.port).outcome is Outcome.ACCEPTED
    assert len(server.taken) == 1
