"""What goes out is what was approved: dated, no draft any more, and not a byte else."""

from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser

import pytest

from flows.sending.letter import UnsendableError, read_letter
from flows.sending.trial import trial_of
from notifications.notice import build_notice
from notifications.pack import render_pack
from tests.flows.sending.letters import eml
from tests.notifications.sample import CATALOGUE, CUSTOMER, FACTS, evening, traffic

AT = datetime(2021, 5, 19, 8, 30, tzinfo=UTC)


def test_a_notice_as_a_run_writes_it_is_sent_with_a_date_and_without_the_mark_of_a_draft():
    notice = build_notice(CUSTOMER, evening(), traffic(), FACTS, CATALOGUE)
    approved = render_pack(notice, ["txt", "html", "csv", "eml"])["notice.eml"]
    letter = read_letter(approved)
    sent = letter.sent_at(AT)
    assert (letter.sender, letter.recipient) == ("support@example.org", CUSTOMER.email)
    assert b"X-Unsent" in approved
    assert sent == (
        b"Date: Wed, 19 May 2021 08:30:00 +0000\r\n" + approved.replace(b"X-Unsent: 1\r\n", b"")
    )
    message = BytesParser(policy=policy.SMTP).parsebytes(sent)
    assert message["Message-ID"] == letter.message_id
    assert message["Date"].datetime == AT
    assert not message.defects


def test_what_looks_like_the_mark_in_the_text_stays():
    approved = eml(text="X-Unsent: 1\r\n\r\nX-Unsent: 1\r\n")
    assert read_letter(approved).sent_at(AT).endswith(b"\r\n\r\nX-Unsent: 1\r\n\r\nX-Unsent: 1\r\n")


class TestTrial:
    def test_it_goes_to_whoever_tries_it_and_says_what_it_is(self):
        notice = build_notice(CUSTOMER, evening(), traffic(), FACTS, CATALOGUE)
        approved = render_pack(notice, ["txt", "html", "csv", "eml"])["notice.eml"]
        letter = trial_of(approved, "me@example.org")
        assert letter.recipient == "me@example.org"
        assert letter.message_id == read_letter(approved).message_id.replace("<", "<trial-")
        message = BytesParser(policy=policy.SMTP).parsebytes(letter.sent_at(AT))
        original = BytesParser(policy=policy.SMTP).parsebytes(approved)
        assert message["Subject"] == f"[TRIAL] {original['Subject']}"
        assert str(CUSTOMER.email) not in str(message.items())
        assert letter.approved.split(b"\r\n\r\n", 1)[1] == approved.split(b"\r\n\r\n", 1)[1]

    def test_nobody_else_is_in_any_header(self):
        folded = eml().replace(b"To: wehr@example.org\r\n", b"To:\r\n wehr@example.org\r\n")
        for document in (eml(), folded, eml().replace(b"To: wehr@example.org\r\n", b"")):
            assert b"wehr@" not in trial_of(document, "me@example.org").approved

    def test_what_is_no_email_is_none_for_a_trial_either(self):
        for document in (b"", b"Subject: x\r\n", eml().replace(b"\r\n", b"\n")):
            with pytest.raises(UnsendableError):
                trial_of(document, "me@example.org")


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b"", "CR LF"),
        (eml().replace(b"\r\n", b"\n"), "CR LF"),
        # A server that takes one for a line's end would see the end of the mail here.
        (eml(text="a\r\n.\n\nMAIL FROM:<x@example.org>\r\n"), "CR LF"),
        (eml(text="a\r.\r\n"), "CR LF"),
        (eml()[:-2], "CR LF"),
        (eml().replace(b"Guten", "Güten".encode()), "ASCII"),
        (eml(text="x" * 999 + "\r\n"), "998"),
        (eml().replace(b"To: wehr@example.org\r\n", b""), "the header To"),
        (eml().replace(b"To:", b"To: a@example.org\r\nTo:"), "the header To"),
        (eml("a@example.org, b@example.org"), "To does not hold one address"),
        (eml("nobody:;"), "To does not hold one address"),
        (eml().replace(b"Subject", b"Bcc: x@example.org\r\nSubject"), "a header Bcc"),
        (eml().replace(b"Subject", b"cc: x@example.org\r\nSubject"), "a header Cc"),
        (eml().replace(b"Subject", b"Date: now\r\nSubject"), "a header Date"),
        (eml().replace(b"Message-ID", b"Message"), "the header Message-ID"),
    ],
)
def test_what_no_run_writes_does_not_go_out(document, says):
    with pytest.raises(UnsendableError, match=says):
        read_letter(document)
