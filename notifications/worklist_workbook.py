"""`worklist.xlsx`: the customers that support has to write to, the most urgent first."""

from collections.abc import Iterator, Sequence
from typing import Final

from notifications.language import Language
from notifications.report_data import WorklistEntry
from notifications.sheets import BOX, Cell, Column, Paper, Sheet, count_rows, write_sheets
from notifications.states import state_label
from notifications.visible import visible
from transforms.asking import ASKING
from transforms.errors import BalanceError

NAME: Final = "worklist.xlsx"


def worklist_workbook(worklist: Sequence[WorklistEntry], language: Language) -> bytes:
    """Write one row for each customer with a notice, and read it back.

    Raises `BalanceError` if the workbook does not hold as many rows as there are customers.
    """
    title = language.say("Worklist")
    rows = tuple(tuple(_cells(entry, language)) for entry in by_urgency(worklist))
    page = language.say("Page {page} of {pages}", page="{page}", pages="{pages}")
    document = write_sheets(
        (Sheet(title, tuple(_columns(language)), rows),),
        title,
        Paper(header=(title, ""), footer="", page=page),
        language.locale,
        shortened=language.say("(shortened)"),
    )
    if (found := count_rows(document, NAME)) != len(worklist):
        raise BalanceError(f"{NAME} holds {found} rows, {len(worklist)} customers have a notice")
    return document


def by_urgency(worklist: Sequence[WorklistEntry]) -> list[WorklistEntry]:
    """Order by missing persons, who get no alarm; then by what is lost, by all, and by id."""
    return sorted(
        worklist,
        key=lambda one: (
            -one.persons_missing,
            -one.verdicts.get("lost", 0),
            -one.open,
            one.customer_id,
        ),
    )


def _columns(language: Language) -> Iterator[Column]:
    say = language.say
    yield Column(say("Done"), 10)
    yield Column(say("Customer"), 20)
    yield Column(say("Name"), 36)
    yield Column(say("E-mail"), 36)
    yield Column(say("No usable address"), 18)
    yield Column(say("Revision"), 10)
    yield Column(say("State"), 14)
    yield Column(say("Persons missing"), 18)
    for verdict in ASKING:
        yield Column(verdict, 14)
    yield Column(say("All"), 8)
    yield Column(say("of these done"), 14)
    yield Column(say("Notice"), 36)


def _cells(entry: WorklistEntry, language: Language) -> Iterator[Cell]:
    yield BOX
    yield visible(entry.customer_id)
    yield visible(entry.name or "")
    yield visible(entry.email or "")
    yield "" if entry.has_address else language.say("no usable address")
    yield entry.revision
    yield state_label(entry.state, language)
    yield entry.persons_missing
    for verdict in ASKING:
        yield entry.verdicts.get(verdict, 0)
    yield entry.asked
    yield entry.done
    yield entry.folder
