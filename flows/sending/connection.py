"""A connection to the mail server of `[smtp]`: encrypted, verified, logged in.

Nothing goes out in the clear but to this machine itself: a server that offers no STARTTLS is
refused.
"""

import smtplib
import ssl
from base64 import b64encode
from dataclasses import dataclass
from typing import Final

from flows.sending.answers import no_connection, unusable
from flows.settings.sections import Smtp
from transforms.printable import printable

OK: Final = 250
_LOGGED_IN: Final = 235
_GO_ON: Final = 334


@dataclass(frozen=True)
class Patience:
    """For how many seconds an answer is waited for."""

    connect_s: float = 30
    command_s: float = 120
    # After a whole mail: RFC 5321 wants ten minutes, as nobody knows what became of it else.
    end_s: float = 600


def connect(smtp: Smtp, patience: Patience) -> smtplib.SMTP:
    """Connect and log in; the caller closes the connection.

    Raises MailServerAwayError where it may come about later, else MailServerError.
    """
    try:
        server = _greeted(smtp, patience.connect_s)
        try:
            _expect(server.ehlo(), OK)
            if smtp.security == "starttls":
                _encrypt(server, smtp)
            _log_in(server, smtp)
            be_patient(server, patience.command_s)
        except BaseException:
            server.close()
            raise
    except OSError as error:
        raise no_connection(smtp, error) from error
    except UnicodeError as error:
        raise unusable(smtp, "its name is none that a host can have; correct host") from error
    return server


def be_patient(server: smtplib.SMTP, seconds: float) -> None:
    """Wait for its answers so long from now on."""
    if server.sock is not None:
        server.sock.settimeout(seconds)


def _greeted(smtp: Smtp, seconds: float) -> smtplib.SMTP:
    host = smtp.host.strip("[]")
    if smtp.security == "tls":
        return smtplib.SMTP_SSL(host, smtp.port, timeout=seconds, context=_verifying())
    return smtplib.SMTP(host, smtp.port, timeout=seconds)


def _verifying() -> ssl.SSLContext:
    """Name and certificate have to be right, by the authorities that this machine trusts."""
    return ssl.create_default_context()


def _encrypt(server: smtplib.SMTP, smtp: Smtp) -> None:
    if not server.has_extn("starttls"):
        raise unusable(smtp, "it does not offer STARTTLS, and nothing is sent in the clear")
    server.starttls(context=_verifying())
    # What it has said before may have been anybody's words.
    _expect(server.ehlo(), OK)


def _log_in(server: smtplib.SMTP, smtp: Smtp) -> None:
    """Log in by PLAIN or LOGIN, in UTF-8: the library takes only passwords of ASCII."""
    if smtp.username is None:
        return
    if smtp.password is None:
        raise unusable(smtp, "there is a username and no password; set CUTOVER_SMTP__PASSWORD")
    user, password = smtp.username.encode(), smtp.password.get_secret_value().encode()
    ways = server.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in ways:
        steps = ["AUTH PLAIN " + _base64(b"\0" + user + b"\0" + password)]
    elif "LOGIN" in ways:
        steps = ["AUTH LOGIN", _base64(user), _base64(password)]
    else:
        offered = printable(", ".join(ways)) or "nothing"
        raise unusable(smtp, f"it lets nobody log in by PLAIN or LOGIN; it offers {offered}")
    for step in steps[:-1]:
        _expect(server.docmd(step), _GO_ON)
    _expect(server.docmd(steps[-1]), _LOGGED_IN)


def _base64(text: bytes) -> str:
    return b64encode(text).decode("ascii")


def _expect(said: tuple[int, bytes], code: int) -> None:
    if said[0] != code:
        raise smtplib.SMTPResponseException(*said)
