"""A workbook as a careful reader sees it: its cells, and all that could hide behind them."""

import re
from io import BytesIO
from zipfile import ZipFile

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

# The names by which a spreadsheet itself keeps a filter and the rows that pages repeat.
BUILT_IN = {"_xlnm._FilterDatabase", "_xlnm.Print_Titles"}
_DEFINED_NAME = re.compile(r'<definedName name="([^"]*)"')


def opened(document: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(document), rich_text=True)


def rows(sheet: Worksheet) -> list[dict[str, object]]:
    header, *others = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in others]


def assert_nothing_hides(document: bytes) -> None:
    """No hidden sheet, row, column or name, nothing that computes, links, or says who and when."""
    with ZipFile(BytesIO(document)) as parts:
        names = parts.namelist()
        book = parts.read("xl/workbook.xml").decode()
        properties = (parts.read("docProps/core.xml") + parts.read("docProps/app.xml")).decode()
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not any(entry.extra or entry.comment for entry in parts.infolist())
    sheets = [name for name in names if name.startswith("xl/worksheets/")]
    assert set(names) - set(sheets) == {
        *("[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "docProps/core.xml"),
        *("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/theme/theme1.xml"),
        *("xl/styles.xml", "xl/sharedStrings.xml"),
    }
    assert all(re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name) for name in sheets)
    assert set(_DEFINED_NAME.findall(book)) <= BUILT_IN
    assert "2000-01-01T00:00:00Z" in properties
    assert len(re.findall(r"\d{4}-\d\d-\d\dT", properties)) == 2
    for sheet in opened(document):
        _assert_nothing_hides_in(sheet)


def _assert_nothing_hides_in(sheet: Worksheet) -> None:
    assert sheet.sheet_state == "visible"
    parts = [*sheet.row_dimensions.values(), *sheet.column_dimensions.values()]
    assert not any(part.hidden or part.outlineLevel for part in parts)
    assert all(column.width >= 4 for column in sheet.column_dimensions.values())
    assert all(row.height is None or row.height >= 15 for row in sheet.row_dimensions.values())
    assert not sheet.auto_filter.filterColumn
    assert not sheet.conditional_formatting
    for cell in (cell for row in sheet.iter_rows() for cell in row):
        assert cell.data_type in {"s", "n", "d"}
        assert cell.hyperlink is None
        assert cell.comment is None
        assert cell.font.color is None or cell.font.color.theme == 1
        assert not cell.protection.hidden
    (choice,) = sheet.data_validations.dataValidation or [None]
    assert choice is None or choice.formula1 == '"☐,☑"'
