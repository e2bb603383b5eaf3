"""What the mail server said, or why it said nothing, in words for a person."""

import smtplib
import socket
import ssl
from typing import Final, NamedTuple

from flows.settings.sections import Smtp
from transforms.errors import CutoverError
from transforms.printable import printable

_WORDS_SHOWN: Final = 300
_DONE, _LATER, _NO = 2, 4, 5
_SILENT: Final = "it does not answer, or hung up"


class MailServerError(CutoverError):
    """The mail server can't be used as the migration file says; to try again would not help."""


class MailServerAwayError(MailServerError):
    """The mail server does not answer, or asks to come later."""


class Reply(NamedTuple):
    """What the server said."""

    code: int
    words: bytes

    @property
    def is_yes(self) -> bool:
        """It is done."""
        return self.code // 100 == _DONE

    @property
    def is_later(self) -> bool:
        """It can't be done now."""
        return self.code // 100 == _LATER

    @property
    def is_no(self) -> bool:
        """It can't be done."""
        return self.code // 100 == _NO

    @property
    def text(self) -> str:
        """The server's words, on one line, harmless, and cut."""
        words = " ".join(self.words.decode("utf-8", "replace").split())
        return printable(f"{self.code} {words}".strip(), _WORDS_SHOWN)


def named(smtp: Smtp) -> str:
    """How a message names the server."""
    return printable(f"{smtp.host}:{smtp.port}")


def unusable(smtp: Smtp, why: str) -> MailServerError:
    """The server can't be used as it is described."""
    return MailServerError(
        f"The mail server {named(smtp)} can't be used with security = {smtp.security!r}: {why}."
    )


def no_connection(smtp: Smtp, error: OSError) -> MailServerError:
    """Why there is no connection: MailServerAwayError where it may come about later."""
    why, may_pass = _why(smtp, error)
    if not may_pass:
        return unusable(smtp, why)
    return MailServerAwayError(
        f"The mail server {named(smtp)} can't be used now: {why}. Try again later, or correct "
        "[smtp] host and port."
    )


def _why(smtp: Smtp, error: OSError) -> tuple[str, bool]:
    """What went wrong, and whether it may pass by itself."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        reply = Reply(error.smtp_code, words if isinstance(words, bytes) else words.encode())
        return f"it said {reply.text}", reply.is_later
    if isinstance(error, ssl.SSLError):
        return _why_not_encrypted(smtp, error)
    if isinstance(error, smtplib.SMTPServerDisconnected | TimeoutError):
        return _SILENT, True
    if isinstance(error, socket.gaierror) and error.errno != socket.EAI_AGAIN:
        return "its name is not known; correct host", False
    return error.strerror or type(error).__name__, True


def _why_not_encrypted(smtp: Smtp, error: ssl.SSLError) -> tuple[str, bool]:
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"its certificate does not prove that it is {printable(smtp.host)} "
            f"({error.verify_message}); write as host the name that the certificate has, or name "
            "the file of your own authority in the environment as SSL_CERT_FILE"
        ), False
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return _SILENT, True
    return (
        f"no encryption could be agreed on ({error.reason}); write security = "
        '"tls" where it is encrypted from the first byte (mostly port 465), "starttls" where it '
        "begins in the clear (mostly port 587)"
    ), False
