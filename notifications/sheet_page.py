"""A worksheet whose cells are written in one go.

XlsxWriter keeps every cell as an object until the file is closed, and escapes each of its
attributes: with thousands of small workbooks that is most of what they cost. Here a row becomes
XML when it is given. The bytes are those that XlsxWriter itself would write; a test compares them.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Final, TypeAlias

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

# What a cell shows, and how; None is an empty one.
Styled: TypeAlias = tuple[str | int | datetime | None, Format]

_EPOCH: Final = datetime(1899, 12, 31)  # noqa: DTZ001 - a spreadsheet's times have no zone
_SECONDS: Final = 60 * 60 * 24
_PIXELS: Final = 4.0 / 3.0


class Page(Worksheet):  # type: ignore[misc]  # XlsxWriter comes without types
    """A sheet to which whole rows are added, from the first one on, all of the same length."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[str] = []
        self._widths: list[int] = []

    def set_widths(self, widths: Sequence[int]) -> None:
        """Set how wide the columns are, in characters, from the first one on."""
        self._widths = [
            int(width * self.max_digit_width + 0.5) + self.cell_padding for width in widths
        ]

    def add_row(self, cells: Sequence[Styled], height: float | None = None) -> None:
        """Add a row below the others; `height` is in points, where it is not the usual one."""
        number = len(self._rows) + 1
        index = self.str_table._get_shared_string_index  # noqa: SLF001 - as its own cells do
        written = [f'<row r="{number}" spans="1:{len(cells)}"{_height(height)}>']
        for column, (value, style) in zip(_letters(len(cells)), cells, strict=True):
            place = f'<c r="{column}{number}" s="{_style(style)}"'
            if value is None:
                written.append(f"{place}/>")
            elif isinstance(value, str):
                written.append(f'{place} t="s"><v>{index(value)}</v></c>')
            else:
                shown = _serial(value) if isinstance(value, datetime) else value
                written.append(f"{place}><v>{shown:.16G}</v></c>")
        written.append("</row>")
        self._rows.append("".join(written))
        self.dim_rowmin, self.dim_rowmax = 0, number - 1
        self.dim_colmin, self.dim_colmax = 0, len(cells) - 1

    def _write_cols(self) -> None:
        """Write the widths of columns; neighbours of one width share an element."""
        written, first = [], 1
        for pixels, columns in groupby(self._widths):
            last = first + len(list(columns)) - 1
            width = (pixels * 256 // self.max_digit_width) / 256
            custom = "" if pixels == self.default_col_width else ' customWidth="1"'
            written.append(f'<col min="{first}" max="{last}" width="{width:.16g}"{custom}/>')
            first = last + 1
        if written:
            self.fh.write(f"<cols>{''.join(written)}</cols>")

    def _write_rows(self) -> None:
        """Write what was added, where XlsxWriter would go through its cells."""
        self.fh.write("".join(self._rows))


@cache
def _letters(columns: int) -> tuple[str, ...]:
    return tuple(xl_col_to_name(column) for column in range(columns))


def _style(style: Format) -> int:
    index: int | None = style.xf_index
    return style._get_xf_index() if index is None else index  # noqa: SLF001


def _height(points: float | None) -> str:
    if points is None:
        return ""
    pixels = int(points * _PIXELS + 0.5)
    return f' ht="{pixels * 0.75:.16g}" customHeight="1"'


def _serial(at: datetime) -> float:
    """Count the days as a spreadsheet does, to which 1900 was a leap year."""
    since = at - _EPOCH
    return since.days + since.seconds / _SECONDS + 1
