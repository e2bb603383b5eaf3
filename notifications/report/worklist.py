"""The worklist: for each customer the counts, the notice's state, and the files of the pack."""

from dataclasses import dataclass
from typing import Final

from notifications import html, mail, pdf, workbook
from notifications.language import Language
from notifications.report.quarantine import shortened
from notifications.report_data import ReportData, WorklistEntry
from notifications.states import STUCK, state_label
from notifications.worklist_workbook import by_urgency
from transforms.asking import ASKING

_FILES: Final = {"html": html.NAME, "pdf": pdf.NAME, "xlsx": workbook.NAME, "eml": mail.NAME}


@dataclass(frozen=True, slots=True)
class File:
    """One file of a customer's pack; `path` is relative to the report."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One customer's line."""

    entry: WorklistEntry
    customer_id: str
    name: str
    email: str
    counts: tuple[int, ...]
    verdicts: str
    state: str
    is_stuck: bool
    done: str
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """All lines, the most urgent first, the states that occur (name and label), and the sums."""

    lines: tuple[Line, ...]
    states: tuple[tuple[str, str], ...]
    counts: tuple[int, ...]
    persons_missing: int
    open: int
    any_done: bool


def worklist(data: ReportData, language: Language) -> Worklist:
    """Word the worklist, in the order of `worklist.xlsx`."""
    entries = by_urgency(data.worklist)
    lines = tuple(_line(entry, data.formats, language) for entry in entries)
    columns = zip(*(line.counts for line in lines), strict=True) if lines else [()] * len(ASKING)
    return Worklist(
        lines=lines,
        states=tuple(
            (state, state_label(state, language))
            for state in sorted({entry.state for entry in entries})
        ),
        counts=tuple(sum(column) for column in columns),
        persons_missing=sum(entry.persons_missing for entry in entries),
        open=sum(entry.open for entry in entries),
        any_done=any(entry.done for entry in entries),
    )


def _line(entry: WorklistEntry, formats: tuple[str, ...], language: Language) -> Line:
    return Line(
        entry=entry,
        customer_id=shortened(entry.customer_id),
        name=shortened(entry.name or ""),
        email=shortened(entry.email or ""),
        counts=tuple(entry.verdicts.get(verdict, 0) for verdict in ASKING),
        verdicts=" ".join(verdict for verdict in ASKING if entry.verdicts.get(verdict)),
        state=state_label(entry.state, language),
        is_stuck=entry.state in STUCK,
        done=language.say(
            "{done} of {asked}",
            done=language.number(entry.done),
            asked=language.number(entry.asked),
        ),
        files=_files(entry, formats, language),
    )


def _files(entry: WorklistEntry, formats: tuple[str, ...], language: Language) -> tuple[File, ...]:
    texts = {
        "html": language.say("Revision {n}", n=entry.revision),
        "pdf": "PDF",
        "xlsx": "XLSX",
        "eml": language.say("E-mail"),
    }
    return tuple(
        File(f"{entry.folder}/{name}", texts[format_])
        for format_, name in _FILES.items()
        if format_ in formats
    )
