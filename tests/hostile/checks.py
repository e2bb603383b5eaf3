"""What no word of a stranger may do to a file, whatever the word."""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser

import pypdfium2

from notifications.visible import visible
from tests.notifications.unpacking import unpacked_streams
from tests.notifications.workbooks import assert_nothing_hides, opened

ADDRESSES = ("href", "src", "action", "formaction", "srcset", "poster", "data", "background")
ATTACHED = {"notice.pdf", "reprovisioning.xlsx", "reprovisioning.csv", "persons-import.csv"}
HEADERS = [
    *("Content-Language", "Content-Type", "From", "MIME-Version", "Message-ID", "Subject"),
    "X-Unsent",
]
csv.field_size_limit(2**31 - 1)


@dataclass
class Anatomy(HTMLParser):
    """What a browser would make of a page, without its texts."""

    elements: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    styles: set[str] = field(default_factory=set)
    # What stands in elements whose text is no text.
    code: list[tuple[str, str]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    @classmethod
    def of(cls, page: bytes) -> "Anatomy":
        self = cls()
        self.feed(page.decode())
        self.close()
        return self

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert len(given) == len(attrs), tag
        self.elements.add((tag, tuple(sorted(given))))
        self.addresses |= {given[name] or "" for name in ADDRESSES if name in given}
        self.styles |= {given["style"] or ""} if "style" in given else set()

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.code.append((self.cdata_elem, data))
        else:
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def check_page(page: bytes, like: bytes) -> Anatomy:
    """No element, attribute, address, style or script that a harmless page of its kind has not."""
    anatomy, harmless = Anatomy.of(page), Anatomy.of(like)
    # Long words of strangers get places to break from us.
    assert not anatomy.elements - harmless.elements - {("wbr", ())}
    assert anatomy.code == harmless.code
    assert anatomy.comments == harmless.comments
    assert {re.sub(r"[\d.]+", "0", style) for style in anatomy.styles} <= {
        re.sub(r"[\d.]+", "0", style) for style in harmless.styles
    }
    assert not any(name.startswith("on") for _, names in anatomy.elements for name in names)
    for address in anatomy.addresses - harmless.addresses:
        assert re.match(r"#|notices/", address), address
        assert ".." not in address
    check_text("".join(anatomy.text))
    return anatomy


def check_text(text: str) -> None:
    """Nothing in it steers whoever shows it, and nothing is invisible."""
    assert "".join(map(visible, text.splitlines())) == "".join(text.split("\n"))


def check_mail(document: bytes) -> EmailMessage:
    """Just our headers, one reader at most, and our parts."""
    assert document.isascii()
    assert max(map(len, document.split(b"\r\n"))) <= 998
    message = BytesParser(policy=policy.default).parsebytes(document)
    assert sorted(name for name in message if name != "To") == HEADERS
    assert len(message.get_all("To", [])) <= 1
    for to in message.get_all("To", []):
        (address,) = to.addresses
        assert re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", address.addr_spec)
        assert not address.display_name
    assert [one.addr_spec for one in message["From"].addresses] == ["support@example.org"]
    check_text(str(message["Subject"]))
    names = {part.get_filename() for part in message.iter_attachments()}
    assert names <= ATTACHED
    for part in message.walk():
        assert not part.defects
        own = {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition"}
        assert part is message or set(part.keys()) <= own
    return message


def runs(cell: str) -> bool:
    """Whether a spreadsheet that ignores what it does not show takes the cell for a formula.

    By other means than the product: letter by letter, wide and small forms made plain.
    """
    seen = "".join(each for each in cell if visible(each) == each and not each.isspace())
    if seen and unicodedata.decomposition(seen[0]).startswith(("<wide>", "<small>")):
        seen = unicodedata.normalize("NFKC", seen)
    return seen.startswith(("=", "+", "-", "@"))


def check_csv(document: bytes, encoding: str) -> list[dict[str, str]]:
    """No cell runs, wherever a spreadsheet splits; and each row has a cell for each heading."""
    stream = io.StringIO(document.decode(encoding), newline="")
    header, *rows = csv.reader(stream, delimiter=";", strict=True)
    assert all(len(row) == len(header) for row in rows)
    for cell in (cell for row in (header, *rows) for cell in row):
        assert not any(runs(part.replace('"', "")) for part in re.split(r"[,;|\t\r\n]", cell)), cell
    return [dict(zip(header, row, strict=True)) for row in rows]


def check_workbook(document: bytes) -> None:
    """Only sheets of texts, numbers and times that hide nothing."""
    assert_nothing_hides(document)
    for sheet in opened(document):
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if isinstance(cell.value, str):
                check_text(cell.value)
                assert cell.number_format == "@"


def check_pdf(document: bytes) -> str:
    """Pages that can be shown, and no action, script, attachment or address of a stranger."""
    objects = b"\n".join([document, *unpacked_streams(document)])
    for name in (
        b"JavaScript",
        b"JS",
        b"Launch",
        b"EmbeddedFile",
        b"AcroForm",
        b"OpenAction",
        b"AA",
    ):
        assert not re.search(rb"/%s\b" % name, objects), name
    for address in re.findall(rb"/URI ?\(([^)]*)\)", objects):
        assert address == b"mailto:support@example.org", address
    with pypdfium2.PdfDocument(document) as pdf:
        return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)


def check_plain(document: bytes) -> None:
    """Lines of text, and nothing that a terminal or an editor would obey."""
    text = document.decode()
    assert "\r" not in text
    check_text(text)
