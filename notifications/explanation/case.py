"""One finding with all that its sentences are made of."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.explanation.content import Candidate, Relative, Row, Silence, Write
from notifications.explanation.grounds import Found, Held
from notifications.explanation.words import Clock, both, done, part
from transforms.catalogue import Kind
from transforms.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A finding, its evidence and the rows, with the words for its kind and its times.

    `thing` is what one of its kind is called in a sentence; `held` is None where nobody knows
    which entity it is.
    """

    found: Found
    held: Held | None
    kind: Kind
    thing: str
    writes: tuple[Write, ...]
    row: Row | None
    candidates: tuple[Candidate, ...]
    relatives: tuple[Relative, ...]
    window: Window
    clock: Clock

    @property
    def judged_at(self) -> datetime:
        """When the write was made that the verdict is about."""
        return self.held.judged_at if self.held else self.found.last_at

    @property
    def did(self) -> str:
        """What was done with it: created, changed or deleted."""
        return done(self.found.action)

    @property
    def when(self) -> str:
        """The same, in words."""
        return self.clock.at(self.judged_at)

    @property
    def tolerance(self) -> timedelta:
        """How much later than the write the database may say it was."""
        has_line = self.held is None or self.held.judged_has_line
        return self.window.server_skew if has_line else self.window.clock_skew

    @property
    def silences(self) -> tuple[Silence, ...]:
        """Because of which the logs do not cover some of its moments, each once."""
        return tuple(dict.fromkeys(each for write in self.writes for each in write.silences))

    @property
    def witnesses(self) -> str:
        """By what the write is known."""
        of_write = [write for write in self.writes if write.at == self.judged_at] or self.writes
        line = any(write.line for write in of_write)
        event = any(write.event for write in of_write)
        if line and event:
            return "a log line and a client's event show it"
        return "a log line shows it" if line else "only a client's event shows it"

    @property
    def is_told_by_events_only(self) -> bool:
        """Whether no line bears witness."""
        return not self.found.lines

    def silent(self) -> str:
        """Which sources were silent, and when."""
        return both(
            [
                f"{each.source} was silent from {self.clock.between(each.from_at, each.to_at)}"
                for each in self.silences
            ]
        )

    def related(self, relation: str) -> tuple[Relative, ...]:
        """The findings of one relation."""
        return tuple(each for each in self.relatives if each.relation == relation)

    def parents(self) -> str:
        """What it belongs to, with what became of that; empty where no finding is of it."""
        named = [
            f"{each.kind} {each.entity_id}, which is {each.verdict} (finding {each.finding_id})"
            for each in self.related("refers_to")
        ]
        return both(named) if named else ""

    @property
    def chosen(self) -> Candidate | None:
        """The candidate that the verdict rests on."""
        rows = (each for each in self.candidates if each.row_id == self.found.matched_id)
        return next(rows, None)

    def parts(self, *, alike: bool) -> tuple[str, ...]:
        """In what the row that the verdict rests on is the same, or is not the same.

        By how it was compared; where that is not known, by what is written.
        """
        if self.chosen and self.chosen.agreement:
            known = self.chosen.agreement.items()
            return tuple(part(name) for name, of in known if of is not None and (of >= 1) == alike)
        sides = self.row.sides if self.row else ()
        return tuple(part(side.field) for side in sides if side.agrees is alike)

    def recognised_by(self) -> str:
        """The fields by which one of the kind is recognised, with the values that are known."""
        known = [
            f"{field} {value}"
            for field in self.kind.identity.fields
            if (value := self.found.fields.get(field))
        ]
        return both(known) if known else ""
