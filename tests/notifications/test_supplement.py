"""A supplement starts with what has changed since the notice that was sent last."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from notifications.cases import read_cases
from notifications.content import Coverage
from notifications.notice import word_notice
from notifications.pack import render_pack
from notifications.readback import read_back
from notifications.supplement import Supplement, Withdrawn
from tests.notifications.sample import (
    ANNA,
    CATALOGUE,
    CUSTOMER,
    FACTS,
    GAP,
    JOERG,
    at,
    evening,
    evidence,
    finding,
    findings,
    traffic,
)
from tests.notifications.snapshots import assert_same

SENT_AT = datetime(2021, 5, 20, 22, 30, tzinfo=UTC)
GONE = Withdrawn(kind="person", at=at("20:12:00"), what="Ulla Fort", verdict="cancelled")


def supplement(*rows, facts=FACTS, customer=CUSTOMER, **changes):
    frame = findings(*rows) if rows else evening()
    case = read_cases(frame, traffic(), {}, CATALOGUE, old_sources=frozenset())["4711"]
    return word_notice(
        case,
        customer,
        facts,
        CATALOGUE,
        revision=2,
        supplement=Supplement(sent_at=SENT_AT, **changes),
    )


def test_it_is_called_a_supplement_and_says_since_when():
    said = supplement(found=frozenset({"f01"}))
    assert said.title == "Nachtrag 1 zu „Serverumzug nach Frankfurt: fehlende Eingaben“"
    # 22:30 UTC is the next day where the customer is.
    assert "vom 21. Mai 2021" in said.changes.paragraphs[0]
    assert said.reference.endswith("/ 2")


def test_what_is_new_is_said_first_and_stands_in_the_whole_list_too():
    said = supplement(found=frozenset({"f01", "f10"}))
    assert [(one.kind_label, one.what) for one in said.changes.found] == [
        ("Person", "Jörg Müller"),
        ("Provisionierung", "aPager PRO (Jörg Müller)"),
    ]
    assert len(said.asking) == len(supplement().asking)
    text = render_pack(said, ["txt"])["notice.txt"].decode()
    assert text.index("Was sich geändert hat") < text.index("Was geschehen ist")
    assert "Neu gefunden oder geändert (2):" in text


def test_what_a_client_sent_twice_is_new_once():
    said = supplement(found=frozenset({"f02", "f03"}))
    assert [one.what for one in said.changes.found] == ["Anna Weiß"]


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        ("cancelled", "im Umstellungszeitraum gelöscht"),
        ("consistent", "dass davon nichts fehlt"),
        (None, "zeigen, was das war"),
    ],
)
def test_what_is_withdrawn_has_its_reason(verdict, reason):
    said = supplement(withdrawn=(replace(GONE, verdict=verdict),))
    (one,) = said.changes.withdrawn
    assert (one.what, one.time) == ("Ulla Fort", "18.05.2021 20:12:00")
    assert reason in one.note


def test_if_all_is_withdrawn_the_supplement_says_so_and_lists_nothing():
    said = supplement(
        finding("a", "person", "cancelled", fields=ANNA), withdrawn=(GONE,), found=frozenset()
    )
    assert said.asking == ()
    pack = render_pack(said, ["html", "txt", "eml", "pdf", "xlsx", "csv"])
    read_back(pack, said)
    assert "Zurückgenommen (1)" in pack["notice.txt"].decode()


def test_becoming_final_alone_is_said_where_it_is_announced():
    assert supplement().changes.paragraphs[1:] == (
        "Die Listen sind unverändert; sie sind jetzt endgültig.",
    )
    preliminary = replace(FACTS, coverage=Coverage(is_complete=False, gaps=(GAP,)))
    assert supplement(facts=preliminary).changes.paragraphs[1:] == ()


def test_a_first_notice_has_no_changes():
    case = read_cases(
        findings(finding("a", "person", fields=JOERG)),
        evidence(),
        {},
        CATALOGUE,
        old_sources=frozenset(),
    )["4711"]
    assert word_notice(case, CUSTOMER, FACTS, CATALOGUE).changes is None


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_whole_supplement(language):
    said = supplement(
        found=frozenset({"f01", "f10"}),
        withdrawn=(GONE,),
        customer=replace(CUSTOMER, locale=language),
    )
    pack = render_pack(said, ["html", "txt"])
    for name, document in pack.items():
        assert_same(f"{language}/supplement/{name}", document)


def test_the_pdf_starts_with_the_changes_too():
    said = supplement(found=frozenset({"f01"}), withdrawn=(GONE,))
    document = PdfReader(BytesIO(render_pack(said, ["pdf"])["notice.pdf"]))
    text = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    assert text.index("Neu gefunden oder geändert (1)") < text.index("Was geschehen ist")
    assert text.index("Ulla Fort") < text.index("Was geschehen ist")
