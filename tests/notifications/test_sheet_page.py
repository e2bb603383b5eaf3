"""Rows written in one go are, byte for byte, what XlsxWriter makes of the same cells."""

from datetime import UTC, datetime
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter import Workbook

from notifications.sheet_page import Page

TIMES = st.integers(0, 4_000_000_000).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
CELLS = st.one_of(st.none(), TEXTS, st.sampled_from(["=1+1", "a & <b>", " x "]), TIMES)
NUMBERS = st.integers(0, 10**9)
HEIGHTS = st.none() | st.integers(18, 408)


@st.composite
def tables(draw):
    width = draw(st.integers(1, 30))
    cells = st.lists(CELLS | NUMBERS, min_size=width, max_size=width)
    return draw(st.lists(st.tuples(HEIGHTS, cells), min_size=1, max_size=20))


def book(sheets, write):
    target = BytesIO()
    # Not in memory, a part's time would be that of a file on the disk.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(target, options) as made:
        made.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
        styles = [made.add_format({"num_format": each}) for each in ("@", "0", "hh:mm", "@")]
        for rows in sheets:
            write(made, rows, styles)
    return target.getvalue()


def style(value, column, styles):
    kind = {str: 0, int: 1, datetime: 2}.get(type(value), 3)
    return styles[3 if column == 0 else kind]


def widths(rows):
    """As wide as the first row's numbers say; else the usual width."""
    return [cell % 40 + 1 if isinstance(cell, int) else 8 for cell in rows[0][1]]


def by_us(made, rows, styles):
    page = made.add_worksheet(None, Page)
    page.set_widths(widths(rows))
    for height, cells in rows:
        styled = [(cell, style(cell, column, styles)) for column, cell in enumerate(cells)]
        page.add_row(styled, height)


def by_xlsxwriter(made, rows, styles):
    page = made.add_worksheet()
    for column, width in enumerate(widths(rows)):
        page.set_column(column, column, width)
    for number, (height, cells) in enumerate(rows):
        if height is not None:
            page.set_row(number, height)
        for column, cell in enumerate(cells):
            look = style(cell, column, styles)
            if cell is None:
                page.write_blank(number, column, None, look)
            elif isinstance(cell, str):
                page.write_string(number, column, cell, look)
            elif isinstance(cell, int):
                page.write_number(number, column, cell, look)
            else:
                page.write_datetime(number, column, cell, look)


@given(st.lists(tables(), min_size=1, max_size=3))
def test_the_bytes_are_those_of_xlsxwriter_itself(sheets):
    assert book(sheets, by_us) == book(sheets, by_xlsxwriter)
