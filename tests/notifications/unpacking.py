"""Everything that can be read in a file of a pack, however it is wrapped."""

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pypdfium2

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def everything(name: str, document: bytes) -> str:
    """All texts of a file, one after another: what is shown, and what only a tool would find."""
    return "\n".join(_texts(name, document))


def all_of(pack: Mapping[str, bytes]) -> dict[str, str]:
    return {name: everything(name, document) for name, document in pack.items()}


def _texts(name: str, document: bytes) -> Iterator[str]:
    yield document.decode("utf-8", "replace")
    ending = name.rsplit(".", 1)[-1]
    if ending in {"html", "xml", "rels"}:
        yield html.unescape(document.decode())
    elif ending == "xlsx":
        with zipfile.ZipFile(io.BytesIO(document)) as parts:
            for part in parts.namelist():
                yield everything(part, parts.read(part))
    elif ending == "eml":
        message: EmailMessage = BytesParser(policy=policy.default).parsebytes(document)
        for part in message.walk():
            yield from (f"{key}: {value}" for key, value in part.items())
            if not part.is_multipart():
                content = bytes(part.get_payload(decode=True) or b"")
                yield everything(part.get_filename() or f"x.{part.get_content_subtype()}", content)
    elif ending == "pdf":
        yield from _texts_of_pdf(document)


def unpacked_streams(document: bytes) -> Iterator[bytes]:
    """The compressed parts of a PDF."""
    for stream in _STREAM.findall(document):
        try:
            yield zlib.decompress(stream)
        except zlib.error:
            continue


def _texts_of_pdf(document: bytes) -> Iterator[str]:
    yield from (stream.decode("latin-1") for stream in unpacked_streams(document))
    with pypdfium2.PdfDocument(document) as pdf:
        yield repr(pdf.get_metadata_dict())
        for page in pdf:
            # A line may end within a word.
            yield re.sub(r"[\s\ufffe\x02-]+", "", page.get_textpage().get_text_bounded())
