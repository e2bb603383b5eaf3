"""The workbook: text only, nothing hidden, everything there."""

from io import BytesIO

import openpyxl
import pytest

from notifications.notice import build_notice
from notifications.pack import render_pack
from notifications.readback import read_back
from tests.notifications.sample import (
    CATALOGUE,
    CUSTOMER,
    FACTS,
    JOERG,
    evening,
    evidence,
    finding,
    findings,
)


def made(*rows):
    frame = findings(*rows) if rows else evening()
    notice = build_notice(CUSTOMER, frame, evidence(), FACTS, CATALOGUE)
    pack = render_pack(notice, ["xlsx"])
    read_back(pack, notice)
    return pack["reprovisioning.xlsx"]


def opened(*rows):
    return openpyxl.load_workbook(BytesIO(made(*rows)))


def test_a_sheet_for_each_kind_then_deletions_and_what_to_check():
    assert opened().sheetnames == [
        "Personen",
        "Provisionierungen",
        "Online Services",
        "Verfügbarkeitsregeln",
        "Klingeltonprofile",
        "Verfügbarkeiten",
        "Erneut zu löschen",
        "Bitte prüfen",
        "Rückmeldungen",
    ]


def test_a_row_can_be_ticked_off_and_tells_who_and_what():
    header, row, *_ = opened()["Provisionierungen"].iter_rows(values_only=True)
    cells = dict(zip(header, row, strict=True))
    assert cells["Erledigt"] == "☐"
    assert cells["Zeit"] == "18.05.2021 20:16:30"
    assert (cells["Was"], cells["Wer"]) == ("aPager PRO", "Jörg Müller")
    assert cells["Kennung"] == "f10"


def test_every_cell_is_text_and_nothing_is_hidden():
    wild = {"first_name": "=1+1", "last_name": "https://x.example", "mobile": "0151", "email": "1"}
    book = opened(finding("a", "person", fields=wild))
    for sheet in book:
        assert sheet.sheet_state == "visible"
        assert not any(part.hidden for part in sheet.row_dimensions.values())
        assert not any(part.hidden for part in sheet.column_dimensions.values())
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s"}
        assert not any(cell.hyperlink for cell in cells)
    assert "=1+1" in [cell.value for cell in book["Personen"][2]]


def test_a_field_longer_than_a_cell_is_cut_and_not_dropped():
    book = opened(finding("a", "person", fields=JOERG | {"email": "x" * 40_000}))
    assert any(str(cell.value).startswith("xxx") for cell in book["Personen"][2])


def test_the_same_findings_make_the_same_bytes():
    assert made() == made()


@pytest.mark.parametrize("label", ["A[:*?/\\]" * 9, "'", "History", ""])
def test_any_label_makes_a_sheet(label):
    kind = CATALOGUE.kinds["person"].model_copy(update={"label_plural": {"de": label}})
    catalogue = CATALOGUE.model_copy(update={"kinds": CATALOGUE.kinds | {"person": kind}})
    frame = findings(finding("a", "person", fields=JOERG))
    notice = build_notice(CUSTOMER, frame, evidence(), FACTS, catalogue)
    read_back(render_pack(notice, ["xlsx"]), notice)
