"""`notice.eml`: the notice as an e-mail that opens as a draft, its files attached."""

import hashlib
from collections.abc import Mapping
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Final

from notifications import html, text
from notifications.content import Notice

NAME: Final = "notice.eml"

_TYPES: Final = {
    "pdf": ("application", "pdf"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("text", "csv"),
}


def notice_eml(notice: Notice, pack: Mapping[str, bytes]) -> bytes:
    """Write the draft: text and HTML, and of the pack's files all that are not the letter itself.

    Only ASCII goes into the file. It holds no date, and its boundaries and Message-ID come from
    its content, so the same notice makes the same bytes.
    """
    message = _letter(notice, pack)
    for name, document in attached(pack).items():
        maintype, subtype = _TYPES[name.rsplit(".", 1)[-1]]
        # "name" is for old readers. UTF-8 stands in the files, so nobody needs to guess.
        message.add_attachment(document, maintype=maintype, subtype=subtype, filename=name)
        if maintype == "text":
            message.get_payload()[-1].set_param("charset", "utf-8")  # type: ignore[union-attr, index]
    _seal(message, notice, pack)
    return message.as_bytes()


def attached(pack: Mapping[str, bytes]) -> dict[str, bytes]:
    """Give the files of a pack that travel with the letter."""
    return {name: file for name, file in pack.items() if name.rsplit(".", 1)[-1] in _TYPES}


def attachments(document: bytes) -> dict[str, bytes]:
    """Read the attached files out of an e-mail, by name."""
    message = BytesParser(policy=policy.SMTP).parsebytes(document)
    return {
        part.get_filename() or "": bytes(part.get_payload(decode=True) or b"")
        for part in message.iter_attachments()
    }


def letter_parts(document: bytes) -> dict[str, bytes]:
    """Read the letter itself out of an e-mail, named as the files of a pack."""
    message = BytesParser(policy=policy.SMTP).parsebytes(document)
    names = {"plain": text.NAME, "html": html.NAME}
    found = {}
    for kind, name in names.items():
        if body := message.get_body(preferencelist=(kind,)):
            content: str = body.get_content()
            found[name] = content.replace("\r\n", "\n").encode()
    return found


def _letter(notice: Notice, pack: Mapping[str, bytes]) -> EmailMessage:
    envelope = notice.envelope
    message = EmailMessage(policy.SMTP)
    if envelope.sender_email:
        message["From"] = Address(envelope.sender_name, addr_spec=envelope.sender_email)
    if envelope.recipient:
        message["To"] = Address(addr_spec=envelope.recipient)
    message["Subject"] = envelope.subject
    # Outlook and Thunderbird open what has not been sent as a draft.
    message["X-Unsent"] = "1"
    plain = pack.get(text.NAME) or text.notice_text(notice)
    page = pack.get(html.NAME) or html.notice_html(notice)
    message.set_content(plain.decode(), cte="base64")
    message.add_alternative(page.decode(), subtype="html", cte="base64")
    return message


def _seal(message: EmailMessage, notice: Notice, pack: Mapping[str, bytes]) -> None:
    """Name the message and its parts after its content, where the library would draw lots."""
    content = hashlib.sha256(repr((notice.envelope, notice.reference)).encode())
    for name, document in sorted(pack.items()):
        content.update(name.encode() + b"\0" + hashlib.sha256(document).digest())
    digest = content.hexdigest()[:32]
    domain = (notice.envelope.sender_email or "@localhost").rpartition("@")[2]
    message["Content-Language"] = notice.language
    message["Message-ID"] = f"<{digest}@{domain}>"
    for number, part in enumerate(
        part for part in message.walk() if part.get_content_maintype() == "multipart"
    ):
        # No line of base64 can hold "=_".
        part.set_boundary(f"=_{digest}_{number}")
