"""`notice.eml` opens as a draft, and nothing that strangers typed becomes a header."""

import smtplib
import socket
from dataclasses import replace
from email import policy
from email.parser import BytesParser

import pytest
from aiosmtpd.controller import Controller

from notifications import mail
from notifications.envelope import usable_address
from notifications.notice import build_notice
from notifications.pack import render_pack
from tests.notifications.sample import CATALOGUE, CUSTOMER, FACTS, evening, traffic

FORMATS = ["html", "txt", "eml", "xlsx", "csv"]


def pack(*, formats=FORMATS, customer=CUSTOMER, **facts):
    notice = build_notice(customer, evening(), traffic(), replace(FACTS, **facts), CATALOGUE)
    return render_pack(notice, formats)


def read(files):
    return BytesParser(policy=policy.SMTP).parsebytes(files["notice.eml"])


@pytest.mark.parametrize(
    ("locale", "subject"),
    [
        (
            "de",
            "Serverumzug nach Frankfurt: fehlende Eingaben (Referenz frankfurt-2021 / 4711 / 1)",
        ),
        (
            "en",
            (
                "Serverumzug nach Frankfurt: entries that are missing "
                "(reference frankfurt-2021 / 4711 / 1)"
            ),
        ),
    ],
)
def test_a_draft_to_the_customer_in_their_language(locale, subject):
    message = read(pack(customer=replace(CUSTOMER, locale=locale)))
    assert message["From"] == "Support <support@example.org>"
    assert message["To"] == "leitung@ff-beispiel.de"
    assert message["Subject"] == subject
    assert message["X-Unsent"] == "1"
    assert message["Content-Language"] == locale
    assert "Date" not in message


def test_text_page_and_files_are_those_of_the_pack():
    files = pack(formats=[*FORMATS, "pdf"])
    message = read(files)
    assert message.get_content_type() == "multipart/mixed"
    assert next(message.iter_parts()).get_content_type() == "multipart/alternative"
    letter = mail.read_mail(files["notice.eml"]).letter
    for name in ("notice.txt", "notice.html"):
        assert letter[name].rstrip() == files[name].rstrip()
    names = ("notice.pdf", "reprovisioning.xlsx", "reprovisioning.csv", "persons-import.csv")
    assert mail.read_mail(files["notice.eml"]).files == {name: files[name] for name in names}
    # And so says the library, which has nothing to do with how the parts were put together.
    attached = {
        part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()
    }
    assert attached == {name: files[name] for name in names}
    assert (
        message.get_body(("plain",)).get_content().replace("\r\n", "\n")
        == files["notice.txt"].decode()
    )


def test_an_email_alone_still_has_its_letter():
    files = pack(formats=["eml"])
    assert files.keys() == {"notice.eml"}
    letter = mail.read_mail(files["notice.eml"]).letter
    assert letter["notice.txt"] == pack()["notice.txt"]
    assert letter["notice.html"].rstrip() == pack()["notice.html"].rstrip()


def test_the_same_notice_makes_the_same_bytes_and_another_another_id():
    assert pack() == pack()
    assert read(pack())["Message-ID"] != read(pack(title="Umzug"))["Message-ID"]


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "n/a",
        "a@example.org, b@example.org",
        "a@example.org\r\nBcc: x@example.org",
        "<a@example.org>",
        "a@b@example.org",
        "a..b@example.org",
        "a@localhost",
        "wehr@faß.example",
        f"{'a' * 250}@example.org",
    ],
)
def test_what_is_no_usable_address_is_left_out(address):
    message = read(pack(customer=replace(CUSTOMER, email=address)))
    assert "To" not in message
    assert "Bcc" not in message
    assert usable_address(address) is None


@pytest.mark.parametrize(
    "word",
    ["Umzug\r\nBcc: x@example.org", "Ä\u202eö\x00", "=?utf-8?q?x?=", "x" * 10_000, "é" * 3_000],
)
def test_a_hostile_title_makes_no_header(word):
    files = pack(title=word, sender_name=word)
    message = read(files)
    assert set(message.keys()) == {
        "From", "To", "Subject", "X-Unsent", "MIME-Version", "Content-Type", "Content-Language",
        "Message-ID",
    }  # fmt: skip
    assert [one.addr_spec for one in message["From"].addresses] == ["support@example.org"]
    assert files["notice.eml"].isascii()
    assert max(map(len, files["notice.eml"].split(b"\r\n"))) <= 998


class Mailbox:
    """A server's memory of what it was handed."""

    def __init__(self):
        self.received = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.received.append(envelope)
        return "250 OK"


def test_a_mail_server_receives_it_with_its_umlauts():
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        files = pack(title="Umzug der Gerätehäuser", sender_name="Jörg Müßig")
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.send_message(read(files))
    finally:
        controller.stop()
    (envelope,) = mailbox.received
    assert envelope.mail_from == "support@example.org"
    assert envelope.rcpt_tos == ["leitung@ff-beispiel.de"]
    message = BytesParser(policy=policy.SMTP).parsebytes(envelope.content)
    assert message["Subject"].startswith("Umzug der Gerätehäuser: fehlende Eingaben")
    assert message["From"].addresses[0].display_name == "Jörg Müßig"
    assert "Jörg Müller" in message.get_body(("plain",)).get_content()
    assert "Jörg Müller" in message.get_body(("html",)).get_content()
    assert mail.read_mail(envelope.content).files == mail.attached(files)
