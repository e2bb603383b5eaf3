"""`notice.pdf`: the notice for paper and archives, set by typst from data."""

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Final

import orjson
from typst import Compiler, Fonts

from notifications.content import Notice, Row, Section
from notifications.long_words import in_pieces

NAME: Final = "notice.pdf"

_TEMPLATES: Final = Path(__file__).with_name("templates")
# What the data are given to. The template is a module, so that it is parsed and evaluated once.
_SOURCE: Final = '#import "notice.typ": letter\n#letter(json(bytes("{}")))'
# The fonts have no pictures of control characters, such as `visible` makes.
_CONTROLS: Final = {0x2400 + code: f"‹U+{code:04X}›" for code in range(0x20)} | {0x2421: "‹U+007F›"}
# Tags are objects of their own, or packed with others into such a stream; nothing else holds any.
_OBJECTS: Final = re.compile(rb"/ObjStm\b.*?stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
# These name something to the template, or go where typst takes no pieces.
_NOT_SAID: Final = frozenset(
    ("language", "title", "author", "state", "words", "purpose", "kind", "confidence")
) | {"contact_link"}
_TABLE_ROW: Final = re.compile(rb"/Type ?/StructElem\s*/S ?/TR\b")


def notice_pdf(notice: Notice) -> bytes:
    """Set the notice on A4 pages: tagged, with its fonts in the file, and no date.

    What the fonts have no signs for (Arabic, Chinese) shows as boxes; the other files have it.
    """
    data = orjson.dumps(_said(_data(notice))).decode().translate(_CONTROLS)
    # In a string of typst's, nothing but these two means anything.
    quoted = data.replace("\\", "\\\\").replace('"', '\\"')
    source = _SOURCE.format(quoted).encode()
    document = _compiler().compile(source, format="pdf", timestamp=0)
    if not isinstance(document, bytes):
        raise TypeError("typst has made something other than one file")
    return document


def table_rows(document: bytes) -> int:
    """Count the rows of all tables, heads among them, by the tags that readers of screens use.

    A head that is repeated on the next page is no row of its own.
    """
    parts = [document, *map(_unpacked, _OBJECTS.findall(document))]
    return sum(len(_TABLE_ROW.findall(part)) for part in parts)


def expected_table_rows(notice: Notice) -> int:
    """Count what `table_rows` must find: a head for each list, and for the sides of a row."""
    lists = [section.rows for section in notice.sections if section.rows]
    beside = [1 + len(row.sides) for rows in lists for row in rows if row.sides]
    return len(lists) + sum(map(len, lists)) + sum(beside)


@cache
def _compiler() -> Compiler:
    """Make the one compiler of a process; the machine's own fonts would change the bytes."""
    return Compiler(root=_TEMPLATES, font_paths=Fonts(include_system_fonts=False))


def _data(notice: Notice) -> Mapping[str, object]:
    """Give the template what it shows, and nothing else."""
    return {
        "language": notice.language,
        "title": notice.title,
        "heading": notice.title,
        "author": notice.envelope.sender_name,
        "addressee": notice.addressee,
        "reference": notice.reference,
        "state": notice.state,
        "words": dict(notice.words),
        "changes": asdict(notice.changes) if notice.changes else None,
        "happened": asdict(notice.happened),
        "completeness": asdict(notice.completeness),
        "checklist": asdict(notice.checklist),
        "sections": [_section(section) for section in notice.sections],
        "advice": asdict(notice.advice) if notice.advice else None,
        "personal_data": asdict(notice.personal_data) if notice.personal_data else None,
        "contact": asdict(notice.contact),
        "contact_link": notice.contact_link,
    }


def _section(section: Section) -> Mapping[str, object]:
    return {
        "purpose": section.purpose,
        "kind": section.kind,
        "heading": section.heading,
        "intro": section.intro,
        "rows": [_row(row) for row in section.rows],
        "detailed": any(row.details or row.sides for row in section.rows),
        "remarks": section.remarks,
    }


def _row(row: Row) -> Mapping[str, object]:
    sides = [asdict(side) for side in row.sides]
    texts = (row.kind_label, row.what, row.who, row.known, row.note, row.to_do)
    told = (text for pair in row.details for text in pair)
    beside = (text for side in sides for text in side.values())
    return {
        "kind_label": row.kind_label,
        "time": row.time,
        "what": row.what,
        "who": row.who,
        "details": [
            (f"{label}: ", f"{value}\n" if n < len(row.details) else value)
            for n, (label, value) in enumerate(row.details, 1)
        ],
        "sides": sides,
        "known": row.known,
        "confidence": row.confidence,
        "note": row.note,
        "to_do": row.to_do,
        # A row is kept on one page, unless it is too long for any.
        "length": sum(map(len, (*texts, *told, *beside))),
    }


def _said(data: Mapping[str, object]) -> Mapping[str, object]:
    """Break every text of the data; here, as typst takes twenty times as long for it."""
    return {key: value if key in _NOT_SAID else _broken(value) for key, value in data.items()}


def _broken(value: object) -> object:
    if isinstance(value, str):
        return in_pieces(value)
    if isinstance(value, Mapping):
        return _said(value)
    return list(map(_broken, value)) if isinstance(value, Sequence) else value


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""
