"""What goes over the wire: the approved `notice.eml`, dated, without the mark of a draft."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import format_datetime
from typing import Final

_END: Final = b"\r\n"
_LONGEST_LINE: Final = 998
_LONE_END: Final = re.compile(rb"(?<!\r)\n|\r(?!\n)")
# The only line of an approved file that is left out: it makes a mail program open a draft.
_MARK: Final = re.compile(rb"^X-Unsent:[^\r]*\r\n", re.IGNORECASE | re.MULTILINE)
_ONCE: Final = ("From", "To", "Subject", "Message-ID")
# Whoever stood here would get a copy, or the mail would seem to be older than it is.
_NEVER: Final = ("Cc", "Bcc", "Sender", "Reply-To", "Date", "Resent-To")


class UnsendableError(ValueError):
    """The file can't go out as it is; the text says why, in half a sentence."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """An e-mail to one recipient; `approved` is the file as it was approved."""

    sender: str
    recipient: str
    message_id: str
    approved: bytes

    def sent_at(self, at: datetime) -> bytes:
        """The bytes that are sent: those approved, dated, and without `X-Unsent`."""
        head, end, body = self.approved.partition(_END + _END)
        date = f"Date: {format_datetime(at)}\r\n".encode("ascii")
        return date + _MARK.sub(b"", head + _END) + end.removeprefix(_END) + body


def read_letter(document: bytes) -> Letter:
    """Read an approved `notice.eml`; raises UnsendableError where it is not what a run writes."""
    if not document.isascii() or _LONE_END.search(document) or not document.endswith(_END):
        raise UnsendableError("it is no e-mail of lines of ASCII that end in CR LF")
    if max(map(len, document.split(_END))) > _LONGEST_LINE:
        raise UnsendableError(f"it has a line of more than {_LONGEST_LINE} bytes")
    head = BytesHeaderParser(policy=policy.SMTP).parsebytes(document)
    for name in _ONCE:
        if len(head.get_all(name, [])) != 1:
            raise UnsendableError(f"it does not have the header {name} just once")
    for name in _NEVER:
        if name in head:
            raise UnsendableError(f"it has a header {name}, which no run writes")
    return Letter(
        sender=_only_address(head, "From"),
        recipient=_only_address(head, "To"),
        message_id=str(head["Message-ID"]).strip(),
        approved=document,
    )


def _only_address(head: EmailMessage, name: str) -> str:
    header = head[name]
    addresses = header.addresses if isinstance(header, AddressHeader) else ()
    if len(addresses) != 1:
        raise UnsendableError(f"its header {name} does not hold one address")
    return str(addresses[0].addr_spec)
