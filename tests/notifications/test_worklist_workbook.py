"""The worklist: a row for each customer, the most urgent first, and nothing that computes."""

from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest

from notifications import worklist_workbook as module
from notifications.language import Language
from notifications.report_data import WorklistEntry
from notifications.worklist_workbook import worklist_workbook
from tests.notifications import snapshots
from tests.notifications.sample import report_data
from tests.notifications.test_safety import HOSTILE
from transforms.errors import BalanceError

ENTRY = WorklistEntry(
    customer_id="1",
    name="Wehr",
    verdicts={"lost": 1},
    revision=1,
    folder="notices/1/rev-1",
    email="a@b.example",
)


def sheet(*entries):
    document = worklist_workbook(entries, Language.of("en"))
    book = openpyxl.load_workbook(BytesIO(document))
    assert book.sheetnames == ["Worklist"]
    return book["Worklist"]


def rows(*entries):
    header, *others = sheet(*entries).iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in others]


def test_the_worklist_of_the_sample():
    document = worklist_workbook(report_data().worklist, Language.of("de"))
    cells = openpyxl.load_workbook(BytesIO(document)).active.iter_rows(values_only=True)
    text = "\n".join(" | ".join(str(cell or "") for cell in row) for row in cells)
    snapshots.assert_same("worklist.txt", f"{text}\n".encode())


def test_who_lost_most_comes_first_whatever_else_others_have_to_check():
    others = (
        replace(ENTRY, customer_id="check", verdicts={"review": 90}),
        replace(ENTRY, customer_id="b", verdicts={"lost": 2}),
        replace(ENTRY, customer_id="a", verdicts={"lost": 2}),
        replace(ENTRY, customer_id="most", verdicts={"lost": 2, "stale": 1}),
    )
    assert [row["Customer"] for row in rows(*others)] == ["most", "a", "b", "check"]


def test_counts_are_numbers_and_an_address_that_is_missing_is_said():
    (row,) = rows(replace(ENTRY, email=None, verdicts={"lost": 3}))
    assert (row["lost"], row["stale"]) == (3, 0)
    assert (row["E-mail"], row["No usable address"]) == ("", "no usable address")
    assert row["Notice"] == "notices/1/rev-1/notice.html"


@pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_text(word):
    page = sheet(replace(ENTRY, customer_id=word, name=word, email=word))
    cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert not any(cell.hyperlink for cell in cells)


def test_it_can_be_filtered_scrolled_and_printed():
    page = sheet(ENTRY)
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:N2"
    assert page.page_setup.orientation == "landscape"
    assert page.print_title_rows == "$1:$1"
    assert page.sheet_state == "visible"


def test_the_same_worklist_makes_the_same_bytes_in_any_order():
    other, english = replace(ENTRY, customer_id="2"), Language.of("en")
    assert worklist_workbook([ENTRY, other], english) == worklist_workbook([other, ENTRY], english)


def test_a_customer_lost_on_the_way_stops_the_run(monkeypatch):
    monkeypatch.setattr(module, "by_urgency", lambda worklist: list(worklist)[1:])
    with pytest.raises(BalanceError, match="holds 1 rows, 2 customers"):
        worklist_workbook([ENTRY, replace(ENTRY, customer_id="2")], Language.of("en"))


def test_without_customers_there_is_a_header():
    assert rows() == []
