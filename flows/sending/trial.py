"""A notice in one's own mailbox, to see it arrive; its customer gets nothing, and nothing changes.

It is another e-mail: to another address, with another Message-ID, and the subject says what it is.
What is approved and sent to the customer stays untouched.
"""

import re
from typing import Final

from flows.sending.letter import Letter, UnsendableError, read_letter

_END: Final = b"\r\n"
# A header with the lines that it goes on in.
_TO: Final = re.compile(rb"^To:[^\r]*\r\n(?:[ \t][^\r]*\r\n)*", re.IGNORECASE | re.MULTILINE)
_SUBJECT: Final = re.compile(rb"^Subject: *", re.IGNORECASE | re.MULTILINE)
_ID: Final = re.compile(rb"^Message-ID: *<", re.IGNORECASE | re.MULTILINE)


def trial_of(document: bytes, address: str) -> Letter:
    """The e-mail to `address` instead of to the customer. Raises UnsendableError."""
    head, end, body = document.partition(_END + _END)
    if not end:
        raise UnsendableError("it has no end of its headers")
    head = _TO.sub(b"", head + _END)
    head = _SUBJECT.sub(b"Subject: [TRIAL] ", head, count=1)
    # Its own, or a mailbox that has seen the trial may hide the notice itself.
    head = _ID.sub(b"Message-ID: <trial-", head, count=1)
    return read_letter(b"To: " + address.encode("ascii") + _END + head + _END + body)
