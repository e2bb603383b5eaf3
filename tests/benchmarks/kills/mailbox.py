"""A mail server that counts what it accepts, and can kill who hands it over in the middle."""

import asyncio
import smtplib
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.flows.sending.mail_server import Mailbox

# What is said of every mail: MAIL, RCPT, its content come, its content accepted.
STEPS_PER_MAIL = 4

# Of the notice of a mail that is under way: its state, and whether somebody approved its content.
_STANDING = """
SELECT notices.state, EXISTS (
  SELECT 1 FROM notice_history AS past
  WHERE past.migration_id = notices.migration_id AND past.customer_id = notices.customer_id
    AND past.revision = notices.revision AND past.action = 'approve'
    AND past.content_hash = notices.content_hash)
FROM deliveries JOIN notices USING (migration_id, customer_id, revision)
WHERE deliveries.message_id = ? AND deliveries.ended_at IS NULL
"""


@dataclass
class WatchingMailbox(Mailbox):
    """Looks into the ledger for every mail that it accepts.

    `strike` is called `after_s` seconds after the step number `at_step` from now.
    """

    ledger: Path = Path()
    accepted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    at_step: int = 0
    after_s: float = 0
    strike: Callable[[], None] | None = None

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._step()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._step()
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self._step()
        self._accept(envelope)
        self._step()
        return await super().handle_DATA(server, session, envelope)

    def clear(self) -> None:
        """Forget what came before."""
        for seen in (self.received, self.accepted, self.wrong):
            seen.clear()

    def strikes(self, strike: Callable[[], None], *, at_step: int, after_s: float) -> None:
        """Call `strike` soon after a step."""
        self.strike, self.at_step, self.after_s = strike, at_step, after_s

    def settle(self) -> None:
        """Wait until all is counted that dead clients have said: it came before this."""
        self.strike = None
        with smtplib.SMTP("127.0.0.1", self.port) as server:
            server.ehlo()
            server.noop()

    def _step(self) -> None:
        self.at_step -= 1
        if self.strike is None or self.at_step != 0:
            return
        if self.after_s:
            asyncio.get_running_loop().call_later(self.after_s, self.strike)
        else:
            self.strike()

    def _accept(self, envelope: Envelope) -> None:
        content = envelope.content
        assert isinstance(content, bytes)
        name = str(BytesHeaderParser().parsebytes(content)["Message-ID"]).strip()
        self.accepted[name] += 1
        with closing(sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True)) as ledger:
            standing = ledger.execute(_STANDING, (name,)).fetchall()
        # A killed attempt before it has no end either.
        if set(standing) != {("sending", 1)}:
            self.wrong.append(f"{name} was handed over while its notice was {standing}")
