"""What strangers typed harms no document and reaches no other customer."""

from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifications.notice import build_notice
from notifications.pack import render_pack
from notifications.readback import read_back
from notifications.report.page import render_report
from notifications.visible import visible
from tests.notifications.sample import (
    CATALOGUE,
    CUSTOMER,
    FACTS,
    evidence,
    finding,
    findings,
    person,
    report_data,
)

FORMATS = ["html", "txt", "xlsx", "csv"]
HOSTILE = [
    '=HYPERLINK("http://x","y")',
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a\r\nBcc: x@example.org",
    "[ ] 18.05.2021\n[ ] mine",
    "../../etc/passwd",
    "\u202egnp.exe",
    "\x1b[31mred\x00\x07",
    "{{ 7*7 }}{% raw %}{title}{n}",
    "x" * 10_000,
]


class Elements(HTMLParser):
    """The elements and attributes that a browser would see."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.seen: list[tuple[str, tuple[str, ...]]] = []
        self.feed(page.decode())

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, tuple(sorted(name for name, _ in attrs))))


def pack(word, customer=CUSTOMER):
    rows = [
        finding("a", "person", entity_id=word, fields=person(word, word, word, word)),
        finding("b", "person", "review", fields=person(word, word), current=person(word, "x")),
        finding("c", "provisioning", fields={"person_id": word, "app": word, "state": word}),
        finding("d", "feedback", fields={"alarm_id": word, "status": "READ"}),
        finding("e", "person", "unidentified", entity_id=None),
    ]
    seen = evidence(
        {
            "customer_id": customer.id,
            "finding_id": "e",
            "client_ip": word,
            "user_agent": f"FE2/1.0 {word}",
        }
    )
    facts = replace(FACTS, title=word, contact=word, sender_name=word)
    own = [row | {"customer_id": customer.id} for row in rows]
    seen = seen.with_columns(
        customer_id=seen.get_column("customer_id").replace("4711", customer.id)
    )
    notice = build_notice(customer, findings(*own), seen, facts, CATALOGUE)
    files = render_pack(notice, FORMATS)
    read_back(files, notice)
    return files


@pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_changes_no_markup_and_no_count(word):
    customer = replace(CUSTOMER, id=word, name=word)
    page = pack(word, customer)["notice.html"]
    harmless = pack("plain", replace(CUSTOMER, id="plain", name="plain"))["notice.html"]
    assert Elements(page).seen == Elements(harmless).seen


@given(st.text(min_size=1))
@example("\ufffe\uffff")
@settings(max_examples=40)
def test_any_text_goes_through_all_formats(word):
    files = pack(word)
    openpyxl.load_workbook(BytesIO(files["reprovisioning.xlsx"]))


@pytest.mark.parametrize("name", ["notice.html", "notice.txt", "reprovisioning.csv"])
def test_what_would_steer_a_reader_is_shown_instead(name):
    document = pack("\u202egnp\x1b[2J")[name].decode()
    assert "‹U+202E›gnp␛[2J" in document
    assert not set(document) & {"\u202e", "\x1b"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\tb\r\n", "a␉b␍␊"), ("\x7f\x9b", "␡‹U+009B›"), ("Zoë 👩‍🚒", "Zoë 👩‍🚒")],
)
def test_control_characters_are_visible_and_names_stay(text, shown):
    assert visible(text) == shown


def test_the_pages_load_nothing_from_outside():
    for page in (pack("x")["notice.html"], render_report(report_data())):
        tags = {tag for tag, _ in Elements(page).seen}
        assert not tags & {"link", "img", "iframe", "object"}
        assert b"url(http" not in page
        assert b"@import" not in page


@given(st.lists(st.uuids().map(str), min_size=2, max_size=2, unique=True))
def test_no_token_of_one_customer_is_in_anothers_pack(tokens):
    mine, theirs = tokens
    files = pack(mine, replace(CUSTOMER, id=mine, name=mine))
    pack(theirs, replace(CUSTOMER, id=theirs, name=theirs))
    again = pack(mine, replace(CUSTOMER, id=mine, name=mine))
    assert files == again
    with ZipFile(BytesIO(files["reprovisioning.xlsx"])) as parts:
        documents = [*files.values(), *map(parts.read, parts.namelist())]
    assert not any(theirs.encode() in document for document in documents)
    assert any(mine.encode() in document for document in documents)
