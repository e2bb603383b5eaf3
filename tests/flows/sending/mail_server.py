"""A real mail server on this machine, which counts what it has taken."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Mailbox:
    """What the server was handed; `users` may log in, if any are named."""

    port: int = 0
    users: dict[str, str] = field(default_factory=dict)
    received: list[Envelope] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    # Recipients that the server says no to, and with which words.
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def recipients(self) -> list[str]:
        return [recipient for envelope in self.received for recipient in envelope.rcpt_tos]

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.received.append(envelope)
        return "250 taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        user, password = data.login.decode(), data.password.decode()
        self.logins.append(mechanism)
        # Not handled: the server itself says no.
        return AuthResult(success=self.users.get(user) == password, handled=False)


@contextmanager
def mail_server(
    mailbox: Mailbox, tls: ssl.SSLContext | None = None, *, implicit: bool = False
) -> Iterator[Mailbox]:
    """Serve a mailbox; with `tls` by STARTTLS, which is then required, or from the first byte."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        mailbox.port = taken.getsockname()[1]
    keys: dict[str, object] = {"hostname": "127.0.0.1", "port": mailbox.port}
    if tls and implicit:
        keys["ssl_context"] = tls
    elif tls:
        keys |= {"tls_context": tls, "require_starttls": True}
    if mailbox.users:
        # The server does not see that it is encrypted where it always is.
        keys |= {
            "authenticator": mailbox.authenticate,
            "auth_required": not implicit,
            "auth_require_tls": not implicit,
        }
    controller = Controller(mailbox, **keys)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
