"""`notice.pdf` says what the page says, on paper, whatever strangers typed."""

from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from notifications.content import Coverage
from notifications.notice import build_notice
from notifications.pdf import expected_table_rows, notice_pdf, table_rows
from notifications.visible import visible
from tests.notifications.sample import (
    CATALOGUE,
    CUSTOMER,
    FACTS,
    GAP,
    evening,
    finding,
    findings,
    person,
    traffic,
)

HOSTILE = [
    '=HYPERLINK("http://x","y")',
    "<script>alert(1)</script>",
    '#import "@preview/x:1.0.0": *',
    "$x$ *bold* _it_ `raw` <label> @ref",
    "\\u{41} #sys.inputs",
    "a\r\nBcc: x",
    "../../etc/passwd",
    "\u202egnp.exe",
    "/Type/StructElem/S/TR",
]


def notice(*rows, **facts):
    return build_notice(
        facts.pop("customer", CUSTOMER),
        findings(*rows) if rows else evening(),
        traffic().head(0) if rows else traffic(),
        replace(FACTS, **facts),
        CATALOGUE,
    )


def text_of(document):
    return [page.extract_text() for page in PdfReader(BytesIO(document)).pages]


def together(text):
    """Without blanks: where a line ends is up to the page."""
    return "".join(text.split())


@pytest.mark.parametrize(
    ("locale", "page", "state"),
    [("de", "Seite {} von {}", "vorläufig"), ("en", "Page {} of {}", "preliminary")],
)
def test_all_that_is_said_stands_there_in_order(locale, page, state):
    said = notice(
        customer=replace(CUSTOMER, locale=locale),
        coverage=Coverage(is_complete=False, gaps=(GAP,)),
    )
    document = notice_pdf(said)
    pages = text_of(document)
    for number, text in enumerate(pages, 1):
        assert page.format(number, len(pages)) in text
    whole = together("".join(pages))
    assert state in whole
    headings = [together(section.heading) for section in said.sections]
    places = [whole.index(heading) for heading in headings]
    assert places == sorted(places)
    rows = [row for section in said.sections for row in section.rows]
    for row in rows:
        assert together(row.time) in whole
        assert together(row.what) in whole
        assert row not in said.asking or together(row.to_do) in whole
        for label, value in row.details:
            assert together(f"{label}:{value}") in whole
        for side in row.sides:
            assert together(side.recorded) in whole
            assert together(side.present) in whole
    reader = PdfReader(BytesIO(document))
    assert reader.metadata.title == said.title
    assert reader.root_object["/Lang"] == locale
    assert "/CreationDate" not in reader.metadata
    width, height = reader.pages[0].mediabox[2:]
    assert (round(float(width)), round(float(height))) == (595, 842)


def test_the_same_notice_makes_the_same_bytes():
    first = notice_pdf(notice())
    notice_pdf(notice(finding("x", "person", fields=person("In", "Between"))))
    assert notice_pdf(notice()) == first


def test_all_fonts_are_in_the_file():
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        for page in PdfReader(BytesIO(notice_pdf(notice()))).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert fonts
    assert all({"/FontFile2", "/FontFile3"} & font.get_object().keys() for font in fonts)


@pytest.mark.parametrize("name", ["Ağaoğlu Şükrü İpek", "Wałęsa Żółć", "Groß Ünal", "Čapek Đorđe"])
def test_european_names_are_written_right(name):
    document = notice_pdf(notice(finding("x", "person", fields=person(name, "X"))))
    assert together(name) in together("".join(text_of(document)))


@pytest.mark.parametrize("word", HOSTILE)
def test_what_strangers_typed_is_text(word):
    said = notice(
        finding("a", "person", entity_id=word, fields=person(word, word, word, word)),
        finding("b", "person", "review", fields=person(word, "x"), current=person(word, "y")),
        customer=replace(CUSTOMER, name=word),
    )
    document = notice_pdf(said)
    shown = visible(word).replace("␍", "‹U+000D›").replace("␊", "‹U+000A›")
    assert together(shown) in together("".join(text_of(document)))
    assert table_rows(document) == expected_table_rows(said)


def test_names_of_other_scripts_harm_nothing():
    said = notice(finding("x", "person", fields=person("محمد", "王小明")))
    assert table_rows(notice_pdf(said)) == expected_table_rows(said)


def test_a_field_of_ten_thousand_characters_goes_on_over_pages():
    word = "".join(chr(ord("a") + n % 26) for n in range(10_000))
    document = notice_pdf(notice(finding("x", "person", fields=person("A", "B", word))))
    pages = text_of(document)
    assert len(pages) > 2
    assert "".join(pages).count("z") >= word.count("z")


def test_a_list_over_pages_repeats_its_head_and_splits_no_row():
    people = [
        finding(f"p{n}", "person", fields=person(f"Vorname{n}", f"Nachname{n}", f"p{n}@x.example"))
        for n in range(60)
    ]
    said = notice(*people)
    document = notice_pdf(said)
    assert table_rows(document) == expected_table_rows(said)
    with_rows = [page for page in text_of(document) if "@x.example" in page]
    assert len(with_rows) > 2
    for page in with_rows:
        assert "Einzelheiten" in page
    for n in range(60):
        (home,) = [page for page in with_rows if f"Nachname{n}\n" in page]
        assert f"p{n}@x.example" in home
