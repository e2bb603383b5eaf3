"""Handing one mail to the server, and knowing how far it came.

The library's own `sendmail` hides where a connection broke. Here it is told apart: as long as the
dot that ends a mail is not on its way, the server can't have taken it; afterwards it may have.
"""

import smtplib
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from flows.ledger.notices import Outcome
from flows.sending.answers import MailServerAwayError, MailServerError, Reply, named
from flows.sending.clock import Clock, Pace, back_off
from flows.sending.connection import OK, Patience, be_patient, connect
from flows.sending.letter import Letter
from flows.settings.sections import Smtp

_CONNECTS: Final = 5
_CONNECT_AGAIN_S: Final = 2.0
_GO_AHEAD: Final = 354
_HANGS_UP: Final = 421
_TOO_LARGE: Final = 552
_DOT: Final = b".\r\n"


@dataclass(frozen=True)
class Result:
    """What came of one mail; `answer` is the server's, made harmless and cut."""

    outcome: Outcome
    answer: str


class Transport:
    """One connection for many mails, made anew where it broke, no faster than `per_minute`."""

    def __init__(
        self, smtp: Smtp, clock: Clock | None = None, patience: Patience | None = None
    ) -> None:
        self._smtp = smtp
        self._clock = clock or Clock()
        self._patience = patience or Patience()
        self._pace = Pace(smtp.per_minute, self._clock)
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if self._server is not None:
            with suppress(smtplib.SMTPException):
                self._server.quit()
            self._drop()

    def make_ready(self) -> None:
        """Wait for the next mail's turn, with a connection that is alive.

        To be called before a notice is taken for sending, so that a server that is away, or does
        not let us in, changes nothing. Raises MailServerError, or StoppedError.
        """
        self._pace.wait()
        if self._server is not None and not self._is_alive(self._server):
            self._drop()
        if self._server is None:
            self._server = self._connected()

    def hand_over(self, letter: Letter) -> Result:
        """Send one mail, once, over the connection that is ready.

        Raises MailServerError where the server lets nobody send from our address: certainly no
        mail was taken.
        """
        if self._server is None:
            return Result(Outcome.TEMPORARY, "there is no connection")
        content = letter.sent_at(self._clock.now())
        try:
            no = self._announce(self._server, letter, len(content))
            if no is not None:
                return no
            # Without the dot, which alone makes it a mail.
            self._server.send(_stuffed(content))
        except smtplib.SMTPException:
            self._drop()
            return Result(Outcome.TEMPORARY, "the connection broke before the mail was whole")
        return self._finish(self._server)

    def _announce(self, server: smtplib.SMTP, letter: Letter, size: int) -> Result | None:
        """Say from whom and to whom; None where the server waits for the mail now."""
        options = [f"SIZE={size}"] if server.has_extn("size") else []
        mail = Reply(*server.mail(letter.sender, options))
        if mail.is_no and mail.code != _TOO_LARGE:
            raise MailServerError(
                f"The mail server {named(self._smtp)} takes no mail from [notices] sender: it said "
                f"{mail.text}. Correct the sender, or [smtp] username, or let the server know both."
            )
        if not mail.is_yes:
            return self._refused(mail)
        recipient = Reply(*server.rcpt(letter.recipient))
        if not recipient.is_yes:
            return self._refused(recipient)
        data = Reply(*server.docmd("DATA"))
        return None if data.code == _GO_AHEAD else self._refused(data)

    def _refused(self, reply: Reply) -> Result:
        """The server has not taken the mail, and said so before it got it."""
        if not (reply.is_later or reply.is_no) or reply.code == _HANGS_UP:
            # An answer that makes no sense: who knows what the server waits for.
            self._drop()
        return Result(Outcome.REFUSED if reply.is_no else Outcome.TEMPORARY, reply.text)

    def _finish(self, server: smtplib.SMTP) -> Result:
        """Send the dot: from here on the server may have the mail."""
        try:
            be_patient(server, self._patience.end_s)
            server.send(_DOT)
            reply = Reply(*server.getreply())
            be_patient(server, self._patience.command_s)
        except smtplib.SMTPException:
            self._drop()
            return Result(Outcome.UNKNOWN, "no answer came after the whole mail was sent")
        if reply.is_yes:
            return Result(Outcome.ACCEPTED, reply.text)
        if reply.is_later or reply.is_no:
            return self._refused(reply)
        self._drop()
        return Result(Outcome.UNKNOWN, f"an answer that makes no sense: {reply.text}")

    def _connected(self) -> smtplib.SMTP:
        for tries in range(1, _CONNECTS):
            try:
                return connect(self._smtp, self._patience)
            except MailServerAwayError:
                self._clock.pause(back_off(self._clock, tries=tries, first_s=_CONNECT_AGAIN_S))
        return connect(self._smtp, self._patience)

    def _is_alive(self, server: smtplib.SMTP) -> bool:
        """Ask it to forget whatever mail was begun: servers hang up on those who wait long."""
        try:
            return server.rset()[0] == OK
        except smtplib.SMTPException:
            return False

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None


def _stuffed(content: bytes) -> bytes:
    """A dot at the beginning of a line is doubled: a line of one dot would end the mail."""
    lines = content.replace(b"\r\n.", b"\r\n..")
    return b"." + lines if lines.startswith(b".") else lines
