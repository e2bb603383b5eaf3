"""A run is not done while a file holds more or less than its findings."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest

from notifications import mail
from notifications.notice import build_notice
from notifications.pack import render_pack
from notifications.readback import read_back
from tests.notifications.sample import CATALOGUE, CUSTOMER, FACTS, evening, traffic
from transforms.errors import BalanceError

NOTICE = build_notice(CUSTOMER, evening(), traffic(), FACTS, CATALOGUE)
PACK = render_pack(NOTICE, ["html", "txt", "xlsx", "csv", "pdf", "eml"])


def one_row_less():
    person, *others = NOTICE.sections
    return replace(NOTICE, sections=(replace(person, rows=person.rows[1:]), *others))


def test_all_files_of_this_version_are_there_and_agree():
    assert sorted(PACK) == [
        "notice.eml",
        "notice.html",
        "notice.pdf",
        "notice.txt",
        "persons-import.csv",
        "reprovisioning.csv",
        "reprovisioning.xlsx",
    ]
    read_back(PACK, NOTICE)


@pytest.mark.parametrize(
    "name",
    [
        *("notice.html", "notice.txt", "notice.eml", "notice.pdf"),
        *("reprovisioning.csv", "reprovisioning.xlsx"),
    ],
)
def test_a_file_that_lacks_a_row_is_found(name):
    short = render_pack(one_row_less(), ["html", "txt", "eml", "pdf", "xlsx", "csv"])[name]
    with pytest.raises(BalanceError, match=name):
        read_back({name: short}, NOTICE)


def test_an_email_with_other_files_attached_is_found():
    others = {**PACK, "reprovisioning.csv": PACK["reprovisioning.csv"] + b"x"}
    with pytest.raises(BalanceError, match="other files attached"):
        read_back({**PACK, "notice.eml": mail.notice_eml(NOTICE, others)}, NOTICE)


def test_an_import_that_lacks_a_row_is_found():
    document = b"\r\n".join(PACK["persons-import.csv"].split(b"\r\n")[:-2])
    with pytest.raises(BalanceError, match=r"persons-import\.csv"):
        read_back({"persons-import.csv": document}, NOTICE)


@pytest.mark.parametrize(
    ("part", "shown", "hiding"),
    [
        ("xl/workbook.xml", b'sheetId="2"', b'sheetId="2" state="hidden"'),
        ("xl/worksheets/sheet1.xml", b'<row r="2"', b'<row r="2" hidden="1"'),
    ],
)
def test_a_workbook_that_hides_something_is_found(part, shown, hiding):
    copy = BytesIO()
    with ZipFile(BytesIO(PACK["reprovisioning.xlsx"])) as old, ZipFile(copy, "w") as new:
        for name in old.namelist():
            document = old.read(name)
            assert name != part or shown in document
            new.writestr(name, document.replace(shown, hiding) if name == part else document)
    with pytest.raises(BalanceError, match="hides"):
        read_back({"reprovisioning.xlsx": copy.getvalue()}, NOTICE)


def test_a_finding_that_no_row_shows_is_found():
    counts = replace(NOTICE.counts, asking=NOTICE.counts.asking + 1)
    with pytest.raises(BalanceError, match="21 findings"):
        read_back(PACK, replace(NOTICE, counts=counts))
