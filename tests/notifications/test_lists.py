"""Lists that a spreadsheet opens without running anything, and an import that is verbatim."""

import csv
import re
import unicodedata
from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.lists import international
from notifications.notice import build_notice
from notifications.pack import render_pack
from notifications.readback import read_back
from notifications.visible import visible
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


def read(document: bytes, encoding: str = "utf-8") -> list[dict[str, str]]:
    stream = StringIO(document.decode(encoding), newline="")
    return list(csv.DictReader(stream, delimiter=";", strict=True))


def imported(*rows):
    return read(files(*rows)[1]["persons-import.csv"])


def listed(*rows):
    return read(files(*rows)[1]["reprovisioning.csv"], "utf-8-sig")


def runs(cell: str) -> bool:
    """Whether a spreadsheet that ignores what it does not show takes the cell for a formula.

    By other means than the product: letter by letter, wide and small forms made plain.
    """
    seen = "".join(each for each in cell if visible(each) == each and not each.isspace())
    if seen and unicodedata.decomposition(seen[0]).startswith(("<wide>", "<small>")):
        seen = unicodedata.normalize("NFKC", seen)
    return seen.startswith(("=", "+", "-", "@"))


def test_the_list_holds_all_that_asks_for_something_but_deletions():
    ids = {row["finding_id"] for row in listed()}
    assert {"f01", "f05", "f07", "f09", "f13", "f20", "f21"} <= ids
    assert not ids & {"f03", "f06", "f08", "f14", "f22", "f23"}


def test_its_columns_are_fixed_then_the_fields_of_all_kinds():
    document = files()[1]["reprovisioning.csv"]
    header, *_ = document.decode("utf-8-sig").split("\r\n")
    assert header.startswith(
        "kind;verdict;confidence;at;what;to_do;finding_id;first_name;last_name;email;mobile;"
    )
    assert header.count("person_id") == 1


@pytest.mark.parametrize("locale", ["de", "en"])
def test_a_german_spreadsheet_opens_it_with_its_umlauts_and_columns(locale):
    customer = replace(CUSTOMER, locale=locale)
    notice = build_notice(customer, evening(), evidence(), FACTS, CATALOGUE)
    document = render_pack(notice, ["csv"])["reprovisioning.csv"]
    assert document.startswith(b"\xef\xbb\xbfkind;")
    assert document.count(b"\xef\xbb\xbf") == 1
    assert "Jörg Müller".encode() in document


def test_a_row_tells_code_time_and_wording():
    row = next(row for row in listed() if row["finding_id"] == "f10")
    assert row["kind"] == "provisioning"
    assert row["verdict"] == "lost"
    assert row["confidence"] == "confirmed"
    assert row["at"] == "2021-05-18T20:16:30+02:00"
    assert row["what"] == "aPager PRO (Jörg Müller)"
    assert row["state"] == "accepted"


# What strangers send: mostly the characters that matter.
WORDS = st.text(
    st.sampled_from("=+-@＝＋－＠\t\r\n;,|\"' \u00a0\ufeff\x00a1")
    | st.characters(exclude_categories=["Cs"])
)


@given(WORDS, WORDS)
@example("\ufeff=1+1", 'a,"=1+1",b')
@example("＝1+1", "a;\u3000＋1")
def test_no_cell_is_a_formula_wherever_a_spreadsheet_splits(first, last):
    rows = listed(finding("a", "person", fields=JOERG | {"first_name": first, "last_name": last}))
    for cell in (cell for row in rows for cell in row.values()):
        assert not set(cell) & set("\t\r\n\x00")
        assert not any(runs(part.replace('"', "")) for part in re.split("[,;|]", cell))


def test_the_apostrophe_stands_where_the_formula_would_begin_and_nowhere_else():
    fields = {"first_name": "=1", "last_name": "x, =1", "email": "a-b@c.example", "mobile": "0151"}
    (row,) = listed(finding("a", "person", fields=fields))
    assert (row["first_name"], row["last_name"]) == ("'=1", "x, '=1")
    assert (row["email"], row["mobile"]) == ("a-b@c.example", "0151")


@pytest.mark.parametrize("value", ['Wehr "Nord"', "a;b", "a'b", '"";""', ";", '"'])
def test_separators_and_quotes_stay_in_their_cell(value):
    (row,) = listed(finding("a", "person", fields=JOERG | {"last_name": value}))
    assert row["last_name"] == value
    assert row["email"] == JOERG["email"]


def test_the_import_has_its_products_header_and_no_mark_before_it():
    document = files()[1]["persons-import.csv"]
    assert document.split(b"\r\n")[0].decode() == IMPORT_HEADER


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
        ("+49 (0)151/234 56 78", "00491512345678"),
        ("0151 / 2345678", "00491512345678"),
        ("(0151) 234-56-78", "00491512345678"),
        ("0049 151 2345678", "00491512345678"),
        ("00 49.151.2345678", "00491512345678"),
        ("\u202a+49 151 2345678\u202c", "00491512345678"),
        ("\u00a0+49\u00a0151\u00a02345678\n", "00491512345678"),
        ("＋49 151 2345678", "00491512345678"),
        ("+43 664 1234567", "00436641234567"),
        ("0043 (0)664/1234567", "00436641234567"),
        ("+41 79 123 45 67", "0041791234567"),
        ("+39 06 698 12345", "00390669812345"),
        ("", ""),
    ],
)
def test_phone_numbers_are_written_as_the_import_wants_them(number, written):
    assert international(number, "0049", "DE") == written


@pytest.mark.parametrize(
    ("number", "country", "written"),
    [
        ("0664/1234567", "AT", "00436641234567"),
        ("079 123 45 67", "CH", "0041791234567"),
        ("0151 2345678", "AT", "00431512345678"),
        ("202-555-0123", "US", "0012025550123"),
        ("+49 151 2345678", None, "00491512345678"),
    ],
)
def test_a_national_number_is_of_the_migrations_country(number, country, written):
    assert international(number, "0049", country) == written


@pytest.mark.parametrize(
    "number",
    [
        "Pförtner",
        "0151 2345678 privat",
        "0151 234567 ext. 12",
        "0151 234567#12",
        "0151 2345678, 99",
        "0151 2345678 2345678 2345678",
        "0151 2345678 / 0170 7654321",
        "tel:0151 2345678",
        "*31#0151 2345678",
        "112",
        "49 151 2345678",
        "151 2345678",
        "x" * 10_000,
        "1" * 10_000,
    ],
)
def test_what_is_no_whole_number_stays_as_it_is(number):
    assert international(number, "0049", "DE") == number
    (row,) = imported(finding("a", "person", fields=JOERG | {"mobile": number}))
    assert row["mobil"] == number


def test_without_a_country_a_national_number_stays_as_it_is():
    assert international("0151 2345678", "0049", None) == "0151 2345678"


@given(st.text(st.sampled_from("+0123456789 ()/-.#x,;\u202aäa＋"), max_size=20))
@example("+49 151")
@example(" + 49 151 234 ext 5")
def test_no_number_of_the_import_begins_with_a_plus(number):
    for row in imported(finding("a", "person", fields=JOERG | {"mobile": number})):
        assert not runs(row["mobil"])
        assert row["mobil"] == number or re.fullmatch("00[1-9][0-9]+", row["mobil"])


@pytest.mark.parametrize(
    "mark", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\ufeff=", "＝", "x,="]
)
def test_a_row_that_a_spreadsheet_would_run_is_left_out_and_named(mark):
    name = f"{mark}HYPERLINK(1)"
    bad = finding("b", "person", fields=JOERG | {"last_name": name})
    notice, pack = files(finding("a", "person", fields=ANNA), bad)
    assert [row["Nachname"] for row in read(pack["persons-import.csv"])] == ["Weiß"]
    remarks = notice.sections[0].remarks
    assert "HYPERLINK(1)" in remarks[1]
    assert "von Hand" in remarks[1]


@pytest.mark.parametrize("number", ["+Pförtner", " +49 abc", "+49 151", "+49 151 2345678 ext. 3"])
def test_a_number_that_can_not_be_read_and_would_run_is_left_out_too(number):
    assert imported(finding("a", "person", fields=JOERG | {"mobile": number})) == []


def test_a_person_of_whom_nothing_is_known_makes_no_empty_row():
    notice, pack = files(finding("a", "person", entity_id="P-7"))
    assert read(pack["persons-import.csv"]) == []
    assert "Kennung P-7" in notice.sections[0].remarks[0]


@given(WORDS.filter(len), WORDS.filter(len))
@example('Wehr "Nord"; Zug 1', "a\r\nb\nc\rd")
@example("O'Neill", "Müller\u2028")
def test_the_import_is_verbatim_or_leaves_the_row_out(first, last):
    rows = imported(finding("a", "person", fields=JOERG | {"first_name": first, "last_name": last}))
    if any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in (first, last)):
        assert rows == []
    elif not set(first + last) & set("=+-@＝＋－＠\t\r\n"):
        assert len(rows) == 1
    for row in rows:
        assert (row["Vorname"], row["Nachname"]) == (first, last)
        assert row["Anzeigename"] == f"{first} {last}"
        assert row["mobil"] == "00491512345678"
        assert not any(map(runs, row.values()))
