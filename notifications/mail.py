"""`notice.eml`: the notice as an e-mail that opens as a draft, its files attached.

The library folds and encodes the headers. The parts are put together here: it would handle each of
a pack's thousands of lines by itself, which takes longer than to render the pack.
"""

import hashlib
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator, Mapping, Sequence
from email import policy
from email.headerregistry import Address
from email.parser import BytesHeaderParser
from functools import lru_cache
from typing import Final, NamedTuple

from notifications import html, text
from notifications.content import Notice

NAME: Final = "notice.eml"

_TYPES: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    # UTF-8 stands in the files, so nobody needs to guess.
    "csv": 'text/csv; charset="utf-8"',
}
_LETTER: Final = {"text/plain": text.NAME, "text/html": html.NAME}
_END: Final = b"\r\n"
# Characters of base64 in a line: 57 bytes, as everybody writes it.
_LINE: Final = 76


class Mail(NamedTuple):
    """An e-mail as it was read: the letter, named as a pack's files, and the attached files."""

    letter: dict[str, bytes]
    files: dict[str, bytes]


def notice_eml(notice: Notice, pack: Mapping[str, bytes]) -> bytes:
    """Write the draft: text and HTML, and of the pack's files all that are not the letter itself.

    Only ASCII goes into the file. It holds no date, and its boundaries and Message-ID come from
    its content, so the same notice makes the same bytes.
    """
    digest = _digest(notice, pack)
    plain = pack.get(text.NAME) or text.notice_text(notice)
    page = pack.get(html.NAME) or html.notice_html(notice)
    letter = _multipart(
        "alternative",
        f"=_{digest}_1",
        [_readable("text/plain", plain), _readable("text/html", page)],
    )
    files = [_attachment(name, document) for name, document in attached(pack).items()]
    body = _multipart("mixed", f"=_{digest}_0", [letter, *files]) if files else letter
    return _head(notice, digest) + body


def attached(pack: Mapping[str, bytes]) -> dict[str, bytes]:
    """Give the files of a pack that travel with the letter."""
    return {name: file for name, file in pack.items() if name.rsplit(".", 1)[-1] in _TYPES}


def read_mail(document: bytes) -> Mail:
    """Read the letter and the attached files out of an e-mail."""
    mail = Mail({}, {})
    for kind, filename, content in _parts(document):
        if filename:
            mail.files[filename] = content
        elif kind in _LETTER:
            mail.letter[_LETTER[kind]] = content.replace(_END, b"\n")
    return mail


def _head(notice: Notice, digest: str) -> bytes:
    envelope = notice.envelope
    domain = (envelope.sender_email or "@localhost").rpartition("@")[2]
    lines = [_sender(envelope.sender_name, envelope.sender_email)]
    if envelope.recipient:
        lines.append(_header("To", Address(addr_spec=envelope.recipient)))
    lines += [
        _header("Subject", envelope.subject),
        # Outlook and Thunderbird open what has not been sent as a draft.
        _header("X-Unsent", "1"),
        _header("Content-Language", notice.language),
        f"Message-ID: <{digest}@{domain}>\r\n".encode("ascii"),
        b"MIME-Version: 1.0\r\n",
    ]
    return b"".join(lines)


@lru_cache(maxsize=8)
def _sender(name: str, address: str | None) -> bytes:
    return _header("From", Address(name, addr_spec=address)) if address else b""


def _header(name: str, value: str | Address) -> bytes:
    """Fold and encode a header; raises ValueError if a line's end is in it."""
    stored = policy.SMTP.header_store_parse(name, value)
    folded: str = policy.SMTP.fold(*stored)
    # What the library decodes on the way may hold a line's end too.
    if any(line[:1] not in {" ", "\t"} for line in folded.splitlines()[1:]):
        raise ValueError(f"the header {name} would begin another one")
    return folded.encode("ascii")


def _multipart(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    """Put parts together, from the header that says so on; no line of base64 can hold "=_"."""
    mark = f"--{boundary}".encode("ascii")
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n'.encode("ascii")
    inner = b"".join(_END + mark + _END + part for part in parts)
    return head + inner + _END + mark + b"--" + _END


def _readable(content_type: str, document: bytes) -> bytes:
    # What is text has the line ends of e-mail before it is encoded.
    return _encoded(f'Content-Type: {content_type}; charset="utf-8"', document.replace(b"\n", _END))


def _attachment(name: str, document: bytes) -> bytes:
    # "name" is for old readers.
    head = (
        f'Content-Type: {_TYPES[name.rsplit(".", 1)[-1]]}; name="{name}"\r\n'
        f'Content-Disposition: attachment; filename="{name}"'
    )
    return _encoded(head, document)


def _encoded(head: str, content: bytes) -> bytes:
    code = b2a_base64(content, newline=False)
    lines = _END.join([code[start : start + _LINE] for start in range(0, len(code), _LINE)])
    return f"{head}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode("ascii") + lines


def _digest(notice: Notice, pack: Mapping[str, bytes]) -> str:
    """Name the message and its parts after its content, where the library would draw lots."""
    content = hashlib.sha256(repr((notice.envelope, notice.reference)).encode())
    for name, document in sorted(pack.items()):
        content.update(name.encode() + b"\0" + hashlib.sha256(document).digest())
    return content.hexdigest()[:32]


def _parts(document: bytes) -> Iterator[tuple[str, str | None, bytes]]:
    """Read type, file name and content of all parts that are not made of parts themselves."""
    head, _, body = document.partition(_END + _END)
    kind, filename, boundary = _told(head)
    if boundary is None:
        yield kind, filename, a2b_base64(body)
        return
    mark = f"\r\n--{boundary}".encode("ascii")
    # Before the first mark stands nothing, after the last one "--".
    for part in (_END + body).split(mark)[1:-1]:
        yield from _parts(part.removeprefix(_END))


# The parts of one pack have the same headers as those of the next.
@lru_cache(maxsize=64)
def _told(head: bytes) -> tuple[str, str | None, str | None]:
    headers = BytesHeaderParser(policy=policy.compat32).parsebytes(head)
    return headers.get_content_type(), headers.get_filename(), headers.get_boundary()
