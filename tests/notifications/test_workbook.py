"""The workbook to work through: what is typed, what is text, and that nothing hides in it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

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
    traffic,
)
from tests.notifications.workbooks import assert_nothing_hides, opened, rows


def made(*given, locale="de-DE", catalogue=CATALOGUE, seen=None, **customer):
    frame = findings(*given) if given else evening()
    whom = replace(CUSTOMER, locale=locale, **customer)
    notice = build_notice(whom, frame, evidence() if seen is None else seen, FACTS, catalogue)
    pack = render_pack(notice, ["xlsx"])
    read_back(pack, notice)
    return pack["reprovisioning.xlsx"]


def sheet(name, *given, **how):
    return opened(made(*given, **how))[name]


def test_a_sheet_for_each_kind_then_deletions_and_what_to_check():
    assert opened(made()).sheetnames == [
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


def test_a_row_says_what_to_do_with_what_then_how_that_is_known():
    row = rows(sheet("Personen"))[1]
    assert list(row.items()) == [
        ("Erledigt", "☐"),
        ("Zu tun", "Person anlegen"),
        ("Was", "Anna Weiß"),
        ("Vorname", "Anna"),
        ("Nachname", "Weiß"),
        ("E-Mail", "a.weiss@ff-beispiel.de"),
        ("Mobil", "0170 7654321"),
        ("Im neuen System", None),
        ("Hinweis", "2-mal kurz nacheinander gesendet; benötigt wird es einmal."),
        ("Zeit (Europe/Berlin)", datetime(2021, 5, 18, 20, 15, 40)),  # noqa: DTZ001
        ("Wie bekannt", "nachgewiesen (Server-Protokoll und Ihre Software)"),
        ("Kennung", "f02"),
    ]


def test_a_column_in_which_there_is_nothing_to_read_is_left_out():
    assert list(rows(sheet("Online Services"))[0]) == [
        *("Erledigt", "Zu tun", "Was", "Art", "Zeit (Europe/Berlin)", "Wie bekannt", "Kennung")
    ]


def test_a_mixed_list_names_the_kind_and_sets_both_sides_line_by_line():
    row = rows(sheet("Bitte prüfen"))[0]
    assert row["Art"] == "Person"
    recorded, present = row["Aufgezeichnet"].split("\n"), row["Im neuen System"].split("\n")
    assert recorded[1] == "Nachname: Groß"
    assert present[1] == "Nachname: Gross"
    assert len(recorded) == len(present)


def test_what_strangers_typed_is_text_and_the_time_is_a_time():
    wild = {"first_name": "=1+1", "last_name": "https://x.example", "mobile": "0151", "email": "1"}
    page = sheet("Personen", finding("a", "person", fields=wild))
    types = {cell.value: (cell.data_type, cell.number_format) for cell in page[2]}
    for value in wild.values():
        assert types[value] == ("s", "@")
    (when,) = [cell for cell in page[2] if cell.data_type == "d"]
    assert when.value == datetime(2021, 5, 18, 20, 14, 5)  # noqa: DTZ001
    assert when.is_date


@pytest.mark.parametrize(
    ("locale", "number_format", "heading"),
    [
        ("de-DE", r"dd\.mm\.yyyy\ hh:mm:ss", "Zeit (Europe/Berlin)"),
        ("de-AT", r"dd\.mm\.yyyy\ hh:mm:ss", "Zeit (Europe/Berlin)"),
        ("en", r"d\ mmm\ yyyy\ hh:mm:ss", "Time (Europe/Berlin)"),
    ],
)
def test_the_time_looks_as_the_language_writes_it(locale, number_format, heading):
    page = opened(made(locale=locale)).worksheets[0]
    (column,) = [cell.column for cell in page[1] if cell.value == heading]
    assert page.cell(2, column).number_format == number_format


def test_the_time_is_the_customers_own():
    row = rows(sheet("Personen", timezone="America/New_York"))[0]
    assert row["Zeit (America/New_York)"] == datetime(2021, 5, 18, 14, 14, 5)  # noqa: DTZ001


def test_an_hour_that_comes_twice_says_which_one_it_was():
    """At 03:00 on 2021-10-31 the clocks of Berlin went back to 02:00."""
    first = datetime(2021, 10, 31, 0, 30, tzinfo=UTC)
    nights = [
        finding(str(n), "person", fields=JOERG | {"last_name": str(n)})
        | {"first_at": first + timedelta(hours=n)}
        for n in range(3)
    ]
    page = sheet("Personen", *nights)
    times = [cell for row in page.iter_rows(min_row=2) for cell in row if cell.data_type == "d"]
    assert [cell.value.hour for cell in times] == [2, 2, 3]
    assert [cell.number_format.partition("ss")[2] for cell in times] == [
        '" +02:00"',
        '" +01:00"',
        "",
    ]


def test_a_fraction_of_a_second_does_not_round_up():
    late = finding("a", "person", fields=JOERG)
    late |= {"first_at": late["first_at"].replace(microsecond=999_999)}
    row = rows(sheet("Personen", late))[0]
    assert row["Zeit (Europe/Berlin)"] == datetime(2021, 5, 18, 20, 14, 5)  # noqa: DTZ001


def test_a_row_is_ticked_off_from_a_list():
    for page in opened(made()):
        (choice,) = page.data_validations.dataValidation
        assert choice.type == "list"
        assert choice.formula1 == '"☐,☑"'
        assert not choice.showErrorMessage
        assert str(choice.sqref) == (f"A2:A{page.max_row}" if page.max_row > 2 else "A2")
        assert {cell.value for (cell,) in page[f"A2:A{page.max_row}"]} == {"☐"}


def test_it_can_be_filtered_scrolled_and_printed():
    for page in opened(made()):
        last = page.cell(page.max_row, page.max_column).coordinate
        assert page.freeze_panes == "A2"
        assert page.auto_filter.ref == f"A1:{last}"
        assert page.print_title_rows == "$1:$1"
        assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
        # As wide as one page (which is what is meant where nothing is said), as long as it gets.
        assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.oddHeader.left.text == "Serverumzug nach Frankfurt: fehlende Eingaben"
        assert page.oddHeader.right.text == "frankfurt-2021 / 4711 / 1"
        assert page.oddFooter.left.text == "Freiwillige Feuerwehr Beispielstadt"
        assert page.oddFooter.right.text == "Seite &P von &N"


def test_columns_are_as_wide_as_their_texts_up_to_where_a_line_is_broken():
    long = finding("a", "person", fields=ANNA | {"email": "x" * 500, "first_name": "Al"})
    page = sheet("Personen", long, finding("b", "person", fields=JOERG))
    widths = {
        page.cell(1, number).value: page.column_dimensions[cell.column_letter].width
        for number, cell in enumerate(page[1], start=1)
    }
    assert widths["E-Mail"] < 40
    assert len("Vorname") < widths["Vorname"] < 15
    assert widths["Zeit (Europe/Berlin)"] > len("18.05.2021 20:14:05")


def test_a_row_is_high_enough_for_its_lines():
    page = sheet("Bitte prüfen")
    lines = max(str(cell.value).count("\n") + 1 for cell in page[2])
    assert lines == 4
    assert page.row_dimensions[2].height >= 4 * 15


def test_nothing_hides_and_nothing_computes():
    assert_nothing_hides(made())
    assert_nothing_hides(made(seen=traffic(), locale="en", name="&G&[Picture]&A" * 60))


def test_an_ampersand_is_no_code_on_paper():
    page = opened(made(name="Müller & Söhne &P"))["Personen"]
    assert page.oddFooter.left.text == "Müller ＆ Söhne ＆P"


@pytest.mark.parametrize("text", ["_x003D_1+1", "_x0000_", "&#61;1", "<a>&amp;"])
def test_an_escape_of_the_format_is_only_text(text):
    page = sheet("Personen", finding("a", "person", fields=JOERG | {"last_name": text}))
    assert f"Jörg {text}" in [cell.value for cell in page[2]]


@pytest.mark.parametrize("character", ["x", "👩", "é"])
def test_a_field_longer_than_a_cell_is_cut_and_not_dropped(character):
    many = character * 40_000
    page = sheet("Personen", finding("a", "person", fields=JOERG | {"email": many}))
    (cut,) = [cell.value for cell in page[2] if str(cell.value).startswith(character * 2)]
    assert cut.endswith(f"{character}… (gekürzt)")
    assert 32_760 < len(cut.encode("utf-16-le")) // 2 <= 32_767


def test_the_same_findings_make_the_same_bytes():
    assert made() == made()


@pytest.mark.parametrize(
    "label", ["A[:*?/\\]" * 9, "'", "History", "", "x" * 30 + "' y", "👩" * 40]
)
def test_any_label_makes_a_sheet(label):
    kinds = CATALOGUE.kinds
    for name in ("person", "provisioning"):
        kinds = kinds | {name: kinds[name].model_copy(update={"label_plural": {"de": label}})}
    catalogue = CATALOGUE.model_copy(update={"kinds": kinds})
    given = finding("a", "person", fields=JOERG), finding("b", "provisioning", fields={"app": "x"})
    names = opened(made(*given, catalogue=catalogue)).sheetnames
    assert len(set(map(str.casefold, names))) == 2
