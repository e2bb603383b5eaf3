"""The life of a migration from the first run to the last supplement, with kills on the way."""

import random
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.benchmarks.kills.mailbox import STEPS_PER_MAIL, WatchingMailbox
from tests.benchmarks.kills.migration import APPROVED, NOT_APPROVED
from tests.benchmarks.kills.standing import Standing, ask, differences, standing_of
from tests.benchmarks.kills.victim import Environment, Victim, do

PHASES: Final = ("run", "send", "rerun", "send again")
# A kill that follows a step of the mail server comes so much later at most.
_SOON_S: Final = 0.03
# Some more than usual, so that also the last moments are hit.
_MORE: Final = 1.1


@dataclass(frozen=True)
class Kill:
    """A process that was killed: in which phase, when, and how many it left in `sending`."""

    phase: str
    moment: str
    left_sending: int


@dataclass
class Course:
    """A migration in a folder; `usual_s`: how long a phase takes, and how much of it is work."""

    folder: Path
    mailbox: WatchingMailbox
    environment: Environment
    chance: random.Random
    usual_s: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def file(self) -> str:
        return str(self.folder / "migration.toml")

    def go(self, phase: str, times: int) -> Iterator[Kill]:
        """A phase, killed up to so many times and then finished."""
        self.mailbox.ledger = self.folder / "ledger.db"
        self._prepare(phase)
        kill = self._kill_sending if phase.startswith("send") else self._kill_running
        for _ in range(times):
            if killed := kill(phase):
                yield killed
            self._resolve()
        self._finish(phase)

    def _prepare(self, phase: str) -> None:
        if phase == "rerun":
            shutil.copytree(self.folder / "late", self.folder, dirs_exist_ok=True)
        elif phase == "send":
            self._do("notices", "approve", self.file, *APPROVED)
        elif phase == "send again":
            drafts = ask(self.folder, "SELECT customer_id FROM notices WHERE state = 'draft'")
            customers = {str(customer) for (customer,) in drafts} - {NOT_APPROVED}
            self._do("notices", "approve", self.file, *sorted(customers))

    def _command(self, phase: str) -> tuple[str, ...]:
        if phase.startswith("send"):
            return ("notices", "send", self.file, "--all", "--yes")
        return ("run", self.file)

    def _finish(self, phase: str) -> None:
        """To its end, undisturbed; how long that takes is the measure for other courses."""
        victim, begun = Victim(self.environment, *self._command(phase)), time.monotonic()
        victim.wait_until(lambda: self._is_held_by(victim))
        held = time.monotonic()
        if victim.end():
            raise AssertionError(f"{phase} was killed by somebody else")
        ended = time.monotonic()
        self.usual_s.setdefault(phase, (ended - begun, ended - held))

    def _is_held_by(self, victim: Victim) -> bool:
        lock = self.folder / "out/mini/.lock"
        return lock.exists() and lock.read_text("ascii") == str(victim.pid)

    def _kill_running(self, phase: str) -> Kill | None:
        """At any moment; every other time not before it holds the migration."""
        known = self._runs()
        victim = Victim(self.environment, *self._command(phase))
        whole_s, held_s = self.usual_s[phase]
        if self.chance.random() < 0.5:
            victim.wait(self.chance.uniform(0, whole_s * _MORE))
        else:
            victim.wait_until(lambda: self._is_held_by(victim))
            victim.wait(self.chance.uniform(0, held_s * _MORE))
        victim.kill()
        if not victim.end():
            return None
        return Kill(phase, self._moment_of_run(known), self._left_sending(0))

    def _kill_sending(self, phase: str) -> Kill | None:
        """At any moment, or, mostly, at or soon after a step of the mail server."""
        before = self.mailbox.accepted.total()
        victim = Victim(self.environment, *self._command(phase))
        if self.chance.random() < 0.25:
            victim.wait(self.chance.uniform(0, self.usual_s[phase][0] * _MORE))
            victim.kill()
        else:
            self.mailbox.strikes(
                victim.kill,
                at_step=self.chance.randint(1, STEPS_PER_MAIL + 2),
                after_s=self.chance.choice([0, self.chance.uniform(0, _SOON_S)]),
            )
        is_killed = victim.end()
        self.mailbox.settle()
        if not is_killed:
            return None
        left = self._left_sending(1)
        accepted = self.mailbox.accepted.total() - before
        return Kill(phase, _moment_of_sending(left=left, accepted=accepted), left)

    def _runs(self) -> int:
        return len(ask(self.folder, "SELECT 1 FROM runs"))

    def _moment_of_run(self, known: int) -> str:
        if self._runs() == known:
            return "starting, or another start's leftovers"
        ((state, told),) = ask(
            self.folder,
            "SELECT state, EXISTS (SELECT 1 FROM notices WHERE changed_run = number) "
            "FROM runs ORDER BY number DESC LIMIT 1",
        )
        if state == "done":
            return "done, ending"
        return "at work, the ledger told" if told else "at work"

    def _left_sending(self, most: int) -> int:
        left = len(self._sending())
        if left > most:
            raise AssertionError(f"{left} notices were left in sending by one kill")
        return left

    def _sending(self) -> list[tuple[str, str]]:
        """Customers whose notice was left in sending, and the Message-ID of its last attempt."""
        rows = ask(
            self.folder,
            "SELECT customer_id, message_id, max(attempt) FROM deliveries "
            "JOIN notices USING (migration_id, customer_id, revision) "
            "WHERE state = 'sending' GROUP BY customer_id, revision",
        )
        return [(str(customer), str(message)) for customer, message, _ in rows]

    def _resolve(self) -> None:
        """As a person does it, who asks the mail server."""
        for customer, message in self._sending():
            arrived = self.mailbox.accepted[message] > 0
            self._do("notices", "mark-sent" if arrived else "approve", self.file, customer)

    def _do(self, *arguments: str) -> None:
        do(self.environment, *arguments)


def _moment_of_sending(*, left: int, accepted: int) -> str:
    if left:
        return "within a mail"
    return "between mails" if accepted else "before the first mail"


@dataclass(frozen=True)
class Phase:
    """A phase of a course without kills: the files before it, and how all stood after it."""

    before: Path
    standing: Standing
    accepted: frozenset[str]


@dataclass(frozen=True)
class Undisturbed:
    """A course without kills; a notice names the day of the one before, so it holds for a day."""

    phases: Mapping[str, Phase]
    usual_s: Mapping[str, tuple[float, float]]


def undisturbed(course: Course, copies: Path) -> Undisturbed:
    """Go once through all phases; the files as they were before each are kept in `copies`."""
    phases = {}
    for phase in PHASES:
        shutil.copytree(course.folder, copies / phase)
        course.mailbox.clear()
        assert not list(course.go(phase, 0))
        if wrong := _wrong_mails(course.mailbox):
            raise AssertionError("; ".join(wrong))
        accepted = frozenset(course.mailbox.accepted)
        phases[phase] = Phase(copies / phase, standing_of(course.folder), accepted)
    return Undisturbed(phases, course.usual_s)


def disturbed(
    reference: Undisturbed, course: Course, kills: Mapping[str, int], tell: Callable[[Kill], None]
) -> list[str]:
    """Go through phases, each killed so many times; what is not as in the course without kills.

    The first of them begins with the files of that course.
    """
    shutil.copytree(reference.phases[next(iter(kills))].before, course.folder)
    course.usual_s |= reference.usual_s
    found: list[str] = []
    for phase, times in kills.items():
        wanted = reference.phases[phase]
        course.mailbox.clear()
        for kill in course.go(phase, times):
            tell(kill)
        wrong = differences(wanted.standing, standing_of(course.folder))
        wrong += _wrong_mails(course.mailbox)
        if wanted.accepted != frozenset(course.mailbox.accepted):
            wrong.append("other mails were accepted")
        found += [f"{phase}: {each}" for each in wrong]
    return found


def _wrong_mails(mailbox: WatchingMailbox) -> list[str]:
    """What the mail server accepted and should not have."""
    doubled = [f"{name} came {n} times" for name, n in mailbox.accepted.items() if n > 1]
    is_unwanted = f"{NOT_APPROVED}@example.org" in mailbox.recipients
    return [*mailbox.wrong, *doubled, *["a mail came that nobody approved"] * is_unwanted]
