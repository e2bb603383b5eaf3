"""What nobody would read to its end is cut in the letter, and whole in the lists."""

from dataclasses import replace

import pytest

from notifications.notice import build_notice
from notifications.pack import render_pack
from notifications.readback import read_back
from notifications.shortened import LONGEST, shortened
from tests.notifications.sample import (
    ANNA,
    CATALOGUE,
    CUSTOMER,
    FACTS,
    JOERG,
    evening,
    evidence,
    finding,
    findings,
)
from tests.notifications.workbooks import opened

LONG = "x" * 10_000
CUT = "x" * LONGEST
FORMATS = ("html", "txt", "xlsx", "csv", "eml")


def notice(*rows, locale="de", **customer):
    frame = findings(*rows) if rows else evening()
    return build_notice(
        replace(CUSTOMER, locale=locale, **customer), frame, evidence(), FACTS, CATALOGUE
    )


def long_rows():
    return (
        finding("a", "person", fields=JOERG | {"email": LONG}),
        finding("b", "person", "review", fields=JOERG | {"email": LONG}, current=ANNA),
        finding("c", "online_service", fields={"name": LONG, "type": "rss"}),
    )


@pytest.mark.parametrize(
    ("formats", "locale", "mark"),
    [
        (FORMATS, "de", "… (gekürzt; vollständig in reprovisioning.xlsx)"),
        (FORMATS, "en", "… (shortened; in full in reprovisioning.xlsx)"),
        (("html", "txt", "csv"), "de", "… (gekürzt; vollständig in reprovisioning.csv)"),
        (("html", "txt"), "de", "… (gekürzt)"),
    ],
)
def test_the_letter_says_what_it_has_cut_and_where_it_is_whole(formats, locale, mark):
    document = notice(*long_rows(), locale=locale)
    pack = render_pack(document, formats)
    for name in ("notice.html", "notice.txt"):
        text = " ".join(pack[name].decode().split())
        assert f"{CUT}{mark}" in text
        assert f"{CUT}x" not in text
    read_back(pack, document)


def test_workbook_and_csv_have_every_value_whole():
    pack = render_pack(notice(*long_rows()), FORMATS)
    cells = [
        str(cell.value)
        for sheet in opened(pack["reprovisioning.xlsx"])
        for row in sheet.iter_rows()
        for cell in row
    ]
    # The e-mail address in the sheet of persons and in the mixed one, and the service's name.
    assert sum(LONG in cell for cell in cells) == 3
    assert pack["reprovisioning.csv"].count(LONG.encode()) >= 4


def test_a_notice_with_nothing_long_is_left_as_it_is():
    document = notice()
    assert shortened(document, "reprovisioning.xlsx") is document


def test_a_name_that_the_import_leaves_out_is_cut_too():
    row = finding("a", "person", fields={"first_name": f"={LONG}", "last_name": "y"})
    remark = notice(row).sections[0].remarks[-1]
    assert "… (gekürzt)" in remark
    assert len(remark) < 2 * LONGEST


def test_a_long_name_of_the_customer_fills_no_page():
    document = shortened(notice(name=LONG), None)
    assert document.addressee == f"{CUT}… (gekürzt)"
