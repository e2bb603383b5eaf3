"""Lists that a spreadsheet opens without running anything, and an import that is verbatim."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.lists import international
from notifications.notice import build_notice
from notifications.pack import render_pack
from notifications.readback import read_back
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

IMPORT_HEADER = "Anzeigename;Nachname;Vorname;ISSI;aPagerPro;email;mobil;prowl;xmpp;Kommentar"


def files(*rows):
    frame = findings(*rows) if rows else evening()
    notice = build_notice(CUSTOMER, frame, evidence(), FACTS, CATALOGUE)
    pack = render_pack(notice, ["csv"])
    read_back(pack, notice)
    return notice, pack


def read(document: bytes, separator: str) -> list[dict[str, str]]:
    stream = StringIO(document.decode(), newline="")
    return list(csv.DictReader(stream, delimiter=separator))


def imported(*rows):
    return read(files(*rows)[1]["persons-import.csv"], ";")


def listed(*rows):
    return read(files(*rows)[1]["reprovisioning.csv"], ",")


def test_the_list_holds_all_that_asks_for_something_but_deletions():
    ids = {row["finding_id"] for row in listed()}
    assert {"f01", "f05", "f07", "f09", "f13", "f20", "f21"} <= ids
    assert not ids & {"f03", "f06", "f08", "f14", "f22", "f23"}


def test_its_columns_are_fixed_then_the_fields_of_all_kinds():
    header = files()[1]["reprovisioning.csv"].decode().splitlines()[0]
    assert header.startswith(
        "kind,verdict,confidence,at,what,to_do,finding_id,first_name,last_name,email,mobile,"
    )
    assert header.count("person_id") == 1


def test_a_row_tells_code_time_and_wording():
    row = next(row for row in listed() if row["finding_id"] == "f10")
    assert row["kind"] == "provisioning"
    assert row["verdict"] == "lost"
    assert row["confidence"] == "confirmed"
    assert row["at"] == "2021-05-18T20:16:30+02:00"
    assert row["what"] == "aPager PRO (Jörg Müller)"
    assert row["state"] == "accepted"


@given(st.text(), st.text())
def test_no_cell_is_a_formula(first, last):
    fields = JOERG | {"first_name": first, "last_name": last}
    for row in listed(finding("a", "person", fields=fields)):
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row.values())
        assert not any(set(cell) & set("\t\r\n\x00") for cell in row.values())


def test_the_import_has_its_products_header_and_no_mark_before_it():
    document = files()[1]["persons-import.csv"]
    assert document.splitlines()[0].decode() == IMPORT_HEADER


def test_the_import_holds_only_what_is_certainly_to_be_created():
    rows = imported(
        finding("a", "person", fields=JOERG),
        finding("b", "person", confidence="probable", fields=ANNA),
        finding("c", "person", "review", fields=ANNA),
        finding("d", "person", "unconfirmed", fields=ANNA),
        finding("e", "person", "stale", action="updated", fields=ANNA),
        finding("f", "person", "restored", fields=ANNA),
        finding("g", "person", "cancelled", fields=ANNA),
        finding("h", "person", action="updated", fields=ANNA),
    )
    assert [row["Anzeigename"] for row in rows] == ["Jörg Müller"]
    assert rows[0] | {"mobil": "", "email": ""} == {
        "Anzeigename": "Jörg Müller",
        "Nachname": "Müller",
        "Vorname": "Jörg",
        "ISSI": "",
        "aPagerPro": "j.mueller@ff-beispiel.de",
        "email": "",
        "mobil": "",
        "prowl": "",
        "xmpp": "",
        "Kommentar": "",
    }


def test_what_was_sent_twice_is_imported_once():
    assert [row["Vorname"] for row in imported()] == ["Jörg", "Anna"]


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("+49 151 2345678", "00491512345678"),
        ("0151 / 2345678", "00491512345678"),
        ("0049 151 2345678", "00491512345678"),
        ("+43 664 1234567", "00436641234567"),
        ("", ""),
        ("Pförtner", "Pförtner"),
        ("0151 2345678 2345678 2345678", "0151 2345678 2345678 2345678"),
    ],
)
def test_phone_numbers_are_written_as_the_import_wants_them(number, written):
    assert international(number, "0049", "DE") == written


def test_without_a_country_a_national_number_stays_as_it_is():
    assert international("0151 2345678", "0049", None) == "0151 2345678"


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r"])
def test_a_row_that_a_spreadsheet_would_run_is_left_out_and_named(mark):
    name = f"{mark}HYPERLINK(1)"
    bad = finding("b", "person", fields=JOERG | {"last_name": name})
    notice, pack = files(finding("a", "person", fields=ANNA), bad)
    assert [row["Nachname"] for row in read(pack["persons-import.csv"], ";")] == ["Weiß"]
    remarks = notice.sections[0].remarks
    assert "HYPERLINK(1)" in remarks[1]
    assert "von Hand" in remarks[1]


def test_a_number_that_can_not_be_read_and_would_run_is_left_out_too():
    assert imported(finding("a", "person", fields=JOERG | {"mobile": "+Pförtner"})) == []


def test_a_person_of_whom_nothing_is_known_makes_no_empty_row():
    notice, pack = files(finding("a", "person", entity_id="P-7"))
    assert read(pack["persons-import.csv"], ";") == []
    assert "Kennung P-7" in notice.sections[0].remarks[0]


@given(st.text(min_size=1), st.text(min_size=1))
def test_the_import_is_verbatim(first, last):
    rows = imported(finding("a", "person", fields=JOERG | {"first_name": first, "last_name": last}))
    runs = any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in (first, last))
    assert [(row["Vorname"], row["Nachname"]) for row in rows] == ([] if runs else [(first, last)])
