"""`notice.html` as it is read: on phones, screens, paper, and where its styles are dropped."""

import re
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from notifications.content import Coverage
from notifications.html import notice_html
from notifications.notice import build_notice
from tests.browser import faint, overflow
from tests.notifications.sample import (
    CATALOGUE,
    CUSTOMER,
    FACTS,
    GAP,
    evening,
    evidence,
    finding,
    findings,
    person,
    traffic,
)

pytestmark = pytest.mark.xdist_group("browser")

PHONE, SCREEN = 360, 1200
DONE = ("record", "done")
# Above 102 KB Gmail cuts a letter off and hides the rest behind a link.
ENOUGH = 80_000
HOSTILE = [
    "x" * 10_000,
    "<script>console.error(1)</script>" * 40,
    '"><img src=x onerror=alert(1)>',
    "\u202egnp.exe " + "Ω" * 300,
    "a.very.long.address.without.any.hyphen@subdomain.of.a.municipality.example.org",
]


def letter(rows=None, seen=None, *, locale="de", **facts):
    return build_notice(
        replace(CUSTOMER, locale=locale),
        evening() if rows is None else rows,
        traffic() if seen is None else seen,
        replace(FACTS, coverage=Coverage(is_complete=False, gaps=(GAP,)), **facts),
        CATALOGUE,
    )


def typed_by_a_stranger(word):
    """Every place of a notice that a stranger's word may reach."""
    both = {"fields": person(word, word, word, word), "current": person(word, "x", word)}
    return letter(
        findings(
            finding("a", "person", entity_id=word, fields=both["fields"]),
            finding("b", "person", "review", **both),
            finding("c", "provisioning", fields={"person_id": word, "app": word, "state": word}),
            finding("d", "feedback", fields={"alarm_id": word, "status": word}),
            finding("e", "person", "unidentified", entity_id=None),
        ),
        evidence({"finding_id": "e", "client_ip": word, "user_agent": f"FE2/1.0 {word}"}),
        title=word,
        contact=word,
        sender_name=word,
    )


def thirty_rows():
    persons = [
        finding(
            *(f"a{n:02}", "person", "lost", f"20:{n:02}:00"),
            fields=person(
                f"Vorname{n:02}", f"Name{n:02}", f"n{n:02}@ff-beispiel.de", f"0170 90{n:02}"
            ),
        )
        for n in range(20)
    ]
    claims = [
        finding(
            *(f"b{n:02}", "person", "review", f"21:{n:02}:00"),
            fields=person(f"Vorname{n:02}", f"Groß{n:02}", "gross@ff-beispiel.de"),
            current=person(f"Vorname{n:02}", f"Gross{n:02}", "gross@ff-beispiel.de"),
        )
        for n in range(20, 30)
    ]
    return letter(findings(*persons, *claims))


def stripped(page: bytes) -> bytes:
    """What is left where `<style>` and classes are dropped, as some mail programs do."""
    without_blocks = re.sub(rb"<style>.*?</style>", b"", page, flags=re.DOTALL)
    return re.sub(rb' class="[^"]*"', b"", without_blocks)


@pytest.fixture
def opened(reader, tmp_path):
    """Open a letter, whole or stripped."""

    def open_(notice, width=SCREEN, scheme="light", *, is_stripped=False):
        page = notice_html(notice)
        path = Path(tmp_path / "notice.html")
        path.write_bytes(stripped(page) if is_stripped else page)
        return reader.open(path, width, color_scheme=scheme)

    return open_


def fits(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    return overflow(page) <= 0


@pytest.mark.parametrize("is_stripped", [False, True], ids=["whole", "stripped"])
class TestWholeAndStripped:
    @pytest.mark.parametrize("locale", ["de", "en"])
    def test_it_fits_windows_of_any_width(self, opened, tmp_path, locale, is_stripped):
        page = opened(letter(locale=locale), is_stripped=is_stripped)
        assert fits(page, 521)
        for width in (SCREEN, PHONE):
            assert fits(page, width)
            page.screenshot(path=tmp_path / f"{width}.png", full_page=True)

    @pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))
    def test_strangers_words_widen_nothing_and_do_nothing(self, opened, word, is_stripped):
        page = opened(typed_by_a_stranger(word), is_stripped=is_stripped)
        assert fits(page, SCREEN)
        assert fits(page, PHONE)
        assert page.locator("script, img").count() == 0

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_all_text_stands_out(self, opened, scheme, is_stripped):
        assert faint(opened(letter(), scheme=scheme, is_stripped=is_stripped)) == []


def test_dark_is_dark_and_light_is_light(opened):
    sheet = "getComputedStyle(document.querySelector('[role=main]')).backgroundColor"
    light, dark = (opened(letter(), scheme=each).evaluate(sheet) for each in ("light", "dark"))
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(25, 33, 42)")


def test_stripped_it_keeps_heads_lines_and_boxes(opened):
    notice = letter()
    page = opened(notice, PHONE, is_stripped=True)
    heads = page.locator("th[scope=col]")
    assert heads.count() > 20
    assert all(head.is_visible() for head in heads.all())
    lines = page.eval_on_selector_all(
        "tr[data-finding] > td", "cells => cells.map(cell => getComputedStyle(cell).borderTopWidth)"
    )
    assert set(lines) == {"1px"}
    to_tick = [row for part in notice.sections if part.purpose not in DONE for row in part.rows]
    tasks = [*notice.checklist.administrator.tasks, *notice.checklist.phone_owners.tasks]
    assert page.get_by_text("☐").count() == len(to_tick) + len(tasks)


def test_on_a_phone_a_row_is_a_block_that_names_its_parts(opened):
    row = opened(letter(), PHONE).locator("tr[data-finding=f01]")
    assert row.inner_text().split("\n") == [
        "☐",
        "Jörg Müller",
        "E-Mail: j.mueller@ff-beispiel.de",
        "Mobil: +49 151 2345678",
        "Zu tun: Person anlegen",
        "18.05.2021 20:14:05",
        "nachgewiesen (Server-Protokoll und Ihre Software)",
    ]
    _, what, known = [part.bounding_box() for part in row.locator("td").all()]
    assert what["y"] + what["height"] <= known["y"] + 1
    assert known["width"] > 0.9 * (PHONE - 32)


def test_its_structure_can_be_heard(opened):
    page = opened(letter())
    assert page.locator("html").get_attribute("lang") == "de"
    levels = page.eval_on_selector_all(
        "h1,h2,h3,h4,h5,h6", "all => all.map(each => +each.tagName[1])"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels))
    for table in page.locator("table:not([role])").all():
        assert table.locator("> thead th[scope=col]").count() >= 2
    assert page.locator("[role] > tbody > tr > th").count() == 0


@pytest.mark.parametrize("width", [PHONE, SCREEN])
def test_lists_are_heard_as_tables_and_tasks_as_lists(opened, width):
    page = opened(letter(), width)
    persons = page.get_by_role("table").first
    heads = persons.locator("> thead").get_by_role("columnheader").all_text_contents()
    assert heads == ["Erledigt", "Was", "Zeit · Wie bekannt"]
    tasks = page.get_by_role("list").filter(has_text="Löschungen wiederholen")
    assert "listitem" in tasks.aria_snapshot()
    assert not {"row", "cell"} & set(re.findall(r"\w+", tasks.aria_snapshot()))


def test_every_task_leads_to_its_list(opened):
    page = opened(letter())
    targets = page.eval_on_selector_all("a[href^='#']", "all => all.map(each => each.hash)")
    assert len(targets) > 5
    for target in targets:
        assert page.locator(target).count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_printed_it_repeats_heads_and_splits_no_row(opened, scheme):
    printed = opened(thirty_rows(), scheme=scheme).pdf(prefer_css_page_size=True)
    pages = PdfReader(BytesIO(printed))
    texts = [page.extract_text() for page in pages.pages]
    assert [round(float(side)) for side in pages.pages[0].mediabox[2:]] == [595, 842]
    assert len(texts) > 3
    for n in range(30):
        name, last = f"Vorname{n:02} ", f"0170 90{n:02}" if n < 20 else f"Gross{n:02}"
        (where,) = (text for text in texts if name in text)
        assert last in where
        assert "Wie bekannt" in where
    first = PdfDocument(printed)[0].render(scale=0.1).to_pil()
    assert first.getpixel((0, 0)) == (255, 255, 255)


def test_thirty_rows_are_light_enough_for_gmail():
    notice = thirty_rows()
    assert notice.counts.rows == 30
    assert len(notice_html(notice)) < ENOUGH


def test_no_variable_is_left_to_programs_that_know_none():
    assert b"var(" not in notice_html(letter())
