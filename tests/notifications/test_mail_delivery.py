"""A notice through a real mail server arrives as it was written, at one reader's."""

import smtplib
import socket
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from aiosmtpd.controller import Controller

from notifications import mail
from notifications.notice import build_notice
from notifications.pack import render_pack
from notifications.visible import visible
from tests.hostile.words import WORDS
from tests.notifications.sample import (
    CATALOGUE,
    CUSTOMER,
    FACTS,
    JOERG,
    evening,
    evidence,
    finding,
    findings,
    traffic,
)

FORMATS = ("html", "txt", "eml", "pdf", "xlsx", "csv")


class Mailbox:
    """A server's memory of what it was handed."""

    def __init__(self) -> None:
        self.received = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.received.append(envelope)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


def pack(**facts):
    customer = replace(CUSTOMER, name="Feuerwehr Süßenmühl")
    notice = build_notice(customer, evening(), traffic(), replace(FACTS, **facts), CATALOGUE)
    return notice, render_pack(notice, FORMATS)


def parsed(document: bytes) -> EmailMessage:
    return BytesParser(policy=policy.SMTP).parsebytes(document)


def delivered(mailbox, document: bytes):
    box, port = mailbox
    with smtplib.SMTP("127.0.0.1", port) as client:
        assert client.send_message(parsed(document)) == {}
    (envelope,) = box.received
    return envelope, parsed(envelope.content)


def test_umlauts_in_names_and_subject_arrive(mailbox):
    notice, files = pack(title="Umzug der Gerätehäuser", sender_name="Jörg Müßig, Süd")
    envelope, message = delivered(mailbox, files["notice.eml"])
    assert envelope.mail_from == "support@example.org"
    assert envelope.rcpt_tos == ["leitung@ff-beispiel.de"]
    assert message["Subject"] == notice.envelope.subject
    assert message["Subject"].startswith("Umzug der Gerätehäuser: fehlende Eingaben")
    assert message["From"].addresses[0].display_name == "Jörg Müßig, Süd"
    assert [one.addr_spec for one in message["To"].addresses] == ["leitung@ff-beispiel.de"]


def test_letter_and_files_arrive_to_the_byte(mailbox):
    _, files = pack()
    envelope, message = delivered(mailbox, files["notice.eml"])
    read = mail.read_mail(envelope.content)
    assert read.files == mail.attached(files)
    assert read.files.keys() == {
        *("notice.pdf", "reprovisioning.xlsx", "reprovisioning.csv", "persons-import.csv")
    }
    for name in ("notice.txt", "notice.html"):
        assert read.letter[name].rstrip() == files[name].rstrip()
    for kind in ("plain", "html"):
        body = message.get_body((kind,)).get_content()
        assert "Feuerwehr Süßenmühl" in body
        assert "Petra Öztürk" in body


@pytest.mark.parametrize(
    "title",
    [
        "Umzug der Leitstelle " + "Süd-" * 30,
        "Umzug " * 60,
        "Ä" * 400,
        "Umzug\r\nBcc: x@example.org",
        "Umzug\nSubject: x\n\nbody",
    ],
)
def test_a_long_or_broken_title_is_one_subject(mailbox, title):
    notice, files = pack(title=title)
    envelope, message = delivered(mailbox, files["notice.eml"])
    assert len(message["Subject"]) > 78 or "\n" in title
    assert message["Subject"] == notice.envelope.subject
    assert "Bcc" not in message
    assert len(message.get_all("Subject")) == 1
    assert envelope.rcpt_tos == ["leitung@ff-beispiel.de"]


@pytest.mark.parametrize("name", WORDS)
def test_no_word_in_title_sender_or_reference_adds_a_header_or_a_reader(mailbox, name):
    word = WORDS[name]
    customer = replace(CUSTOMER, id=word, name=word)
    rows = findings(finding("a", "person", customer_id=word, fields=JOERG))
    facts = replace(FACTS, title=word, sender_name=word)
    notice = build_notice(customer, rows, evidence(), facts, CATALOGUE)
    envelope, message = delivered(mailbox, render_pack(notice, ("eml",))["notice.eml"])
    assert sorted(message.keys()) == [
        *("Content-Language", "Content-Type", "From", "MIME-Version", "Message-ID", "Subject"),
        *("To", "X-Unsent"),
    ]
    assert envelope.rcpt_tos == ["leitung@ff-beispiel.de"]
    assert [one.addr_spec for one in message["From"].addresses] == ["support@example.org"]
    assert visible(str(message["Subject"])) == str(message["Subject"])


def test_a_header_that_would_begin_another_is_never_written():
    with pytest.raises(ValueError, match="Subject"):
        mail._header("Subject", "=?utf-8?q?a=0D=0ABcc=3A_x=40example.org?=")
