"""A notice to be read as a letter: no value in it is longer than anybody reads.

Strangers have typed whatever they liked, and a field of ten thousand characters would fill pages,
and take seconds to set. The workbook and the CSV file have it whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from notifications.content import Change, Changes, Notice, Row, Section, Side

LONGEST: Final = 500


def cut(value: str, mark: str) -> str:
    """Shorten a value that is too long to be read; `mark` says so in the reader's language."""
    return value if len(value) <= LONGEST else f"{value[:LONGEST].rstrip()}… {mark}"


def shortened(notice: Notice, whole_in: str | None) -> Notice:
    """Cut the values that the letter shows; `whole_in` names the file that has them whole."""
    if all(len(text) <= LONGEST for text in _values(notice)):
        return notice
    words = notice.words
    mark = words["shortened_see"].format(file=whole_in) if whole_in else words["shortened"]
    return replace(
        notice,
        addressee=cut(notice.addressee, mark),
        reference=cut(notice.reference, words["shortened"]),
        changes=notice.changes and _changes(notice.changes, mark),
        sections=tuple(_section(section, mark) for section in notice.sections),
    )


def _values(notice: Notice) -> Iterator[str]:
    yield notice.addressee
    yield notice.reference
    if notice.changes:
        yield from (one.what for one in (*notice.changes.found, *notice.changes.withdrawn))
    for section in notice.sections:
        for row in section.rows:
            yield row.what
            yield row.who
            yield from (value for _, value in row.details)
            for side in row.sides:
                yield side.recorded
                yield side.present


def _changes(changes: Changes, mark: str) -> Changes:
    def those(changed: Iterable[Change]) -> tuple[Change, ...]:
        return tuple(replace(one, what=cut(one.what, mark)) for one in changed)

    return replace(changes, found=those(changes.found), withdrawn=those(changes.withdrawn))


def _section(section: Section, mark: str) -> Section:
    return replace(section, rows=tuple(_row(row, mark) for row in section.rows))


def _row(row: Row, mark: str) -> Row:
    return replace(
        row,
        what=cut(row.what, mark),
        who=cut(row.who, mark),
        details=tuple((label, cut(value, mark)) for label, value in row.details),
        sides=tuple(
            Side(side.label, cut(side.recorded, mark), cut(side.present, mark))
            for side in row.sides
        ),
    )
