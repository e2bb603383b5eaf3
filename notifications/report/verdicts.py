"""Findings by kind and verdict, and what each verdict means. Its name stays in any language."""

from dataclasses import dataclass
from typing import Final

from notifications.entries import label
from notifications.language import Language
from notifications.report_data import ReportData
from notifications.sections import reading_order
from transforms.asking import ASKING

VERDICTS: Final = (*ASKING, "restored", "cancelled", "consistent")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a verdict says, and what it asks of the customer."""

    verdict: str
    says: str
    asks: str


def meanings(language: Language) -> list[Meaning]:
    """Explain the verdicts in the order of the columns."""
    say = language.say
    nothing = say("nothing")
    return [
        Meaning("lost", say("created, and not there any more"), say("create it again")),
        Meaning("stale", say("changed, and the change is not there"), say("change it again")),
        Meaning("resurrected", say("deleted, and it is back"), say("delete it again")),
        Meaning(
            "review",
            say("may have been created again, or changed since"),
            say("look, both sides are shown"),
        ),
        Meaning(
            "unidentified",
            say("something was created, nobody says what"),
            say("check, by time and address"),
        ),
        Meaning("unconfirmed", say("only a client says so, and the logs do not"), say("check")),
        Meaning("restored", say("created again already"), nothing),
        Meaning("cancelled", say("created and deleted, or nobody wants it back"), nothing),
        Meaning("consistent", say("the new database agrees"), nothing),
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """One kind's findings by verdict, in the order of `VERDICTS`."""

    label: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts)


def matrix(data: ReportData, language: Language) -> tuple[list[Line], Line]:
    """Count findings by kind and verdict; the second value is the sum over the kinds."""
    counts = {
        (kind, verdict): n
        for kind, verdict, n in data.findings.group_by("kind", "verdict").len().iter_rows()
    }
    lines = [
        Line(
            label(data.catalogue, kind, language),
            tuple(counts.get((kind, verdict), 0) for verdict in VERDICTS),
        )
        for kind in reading_order(data.catalogue)
    ]
    sums = (sum(column) for column in zip(*(line.counts for line in lines), strict=True))
    return lines, Line(language.say("In total"), tuple(sums))
