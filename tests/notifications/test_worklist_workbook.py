"""The worklist: a row for each customer, the most urgent first, and nothing that computes."""

from dataclasses import replace

import pytest

from notifications import worklist_workbook as module
from notifications.language import Language
from notifications.report_data import WorklistEntry
from notifications.visible import visible
from notifications.worklist_workbook import worklist_workbook
from tests.notifications import snapshots
from tests.notifications.sample import report_data
from tests.notifications.test_safety import HOSTILE
from tests.notifications.workbooks import assert_nothing_hides, opened, rows
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
    assert_nothing_hides(document)
    book = opened(document)
    assert book.sheetnames == ["Worklist"]
    return book["Worklist"]


def listed(*entries):
    return rows(sheet(*entries))


def test_the_worklist_of_the_sample():
    document = worklist_workbook(report_data().worklist, Language.of("de"))
    cells = opened(document).active.iter_rows(values_only=True)
    text = "\n".join(" | ".join(str(cell or "") for cell in row) for row in cells)
    snapshots.assert_same("worklist.txt", f"{text}\n".encode())


def test_who_misses_most_persons_comes_first_whatever_else_others_have_lost():
    others = (
        replace(ENTRY, customer_id="persons", verdicts={"lost": 1}, persons_missing=1),
        replace(ENTRY, customer_id="check", verdicts={"review": 90}),
        replace(ENTRY, customer_id="b", verdicts={"lost": 2}),
        replace(ENTRY, customer_id="a", verdicts={"lost": 2}),
        replace(ENTRY, customer_id="most", verdicts={"lost": 2, "stale": 1}),
    )
    assert [row["Customer"] for row in listed(*others)] == [*("persons", "most", "a", "b", "check")]


def test_counts_are_numbers_and_an_address_that_is_missing_is_said():
    (row,) = listed(replace(ENTRY, email=None, verdicts={"lost": 3}))
    assert (row["lost"], row["stale"], row["Revision"]) == (3, 0, 1)
    assert (row["E-mail"], row["No usable address"]) == (None, "no usable address")
    assert row["Notice"] == "notices/1/rev-1"


def test_the_state_and_what_is_done_are_told():
    (row,) = listed(replace(ENTRY, state="failed", verdicts={"lost": 2}, done=12))
    assert (row["State"], row["All"], row["of these done"]) == ("failed", 14, 12)


@pytest.mark.parametrize("address", ["n/a", "a@b.example, c@d.example", "a@b.example\r\nBcc: x"])
def test_what_nobody_can_be_written_to_is_no_address(address):
    (row,) = listed(replace(ENTRY, email=address))
    assert row["No usable address"] == "no usable address"
    assert row["E-mail"].startswith(address[0])


@pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_text(word):
    page = sheet(replace(ENTRY, customer_id=word, name=word, email=word))
    texts = [page.cell(2, column) for column in (2, 3, 4)]
    assert {cell.data_type for cell in texts} == {"s"}
    assert {cell.value for cell in texts} == {visible(word)}


def test_it_can_be_filtered_scrolled_and_printed():
    page = sheet(ENTRY)
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:Q2"
    assert page.page_setup.orientation == "landscape"
    assert page.print_title_rows == "$1:$1"
    assert page.data_validations.dataValidation[0].formula1 == '"☐,☑"'
    assert page.oddHeader.left.text == "Worklist"
    assert page.oddFooter.right.text == "Page &P of &N"


def test_the_same_worklist_makes_the_same_bytes_in_any_order():
    other, english = replace(ENTRY, customer_id="2"), Language.of("en")
    assert worklist_workbook([ENTRY, other], english) == worklist_workbook([other, ENTRY], english)


def test_a_customer_lost_on_the_way_stops_the_run(monkeypatch):
    monkeypatch.setattr(module, "by_urgency", lambda worklist: list(worklist)[1:])
    with pytest.raises(BalanceError, match="holds 1 rows, 2 customers"):
        worklist_workbook([ENTRY, replace(ENTRY, customer_id="2")], Language.of("en"))


def test_without_customers_there_is_a_header():
    assert listed() == []
