"""Whether anything is lost or doubled when processes are killed.

    python -m tests.benchmarks.kills --times 200 --seed 1

Kills `run`, `run` over late files, and `notices send` by `kill -9` at random moments, several times
in a row, then finishes as people would: another run; what was left in `sending` is marked as sent
where the mail server has the mail, else approved again; another send. In the end all must be as
after a course without kills: findings and evidence to the byte, the notices' files, the ledger, and
the mails, each accepted once. Prints what was killed when; exits with 1 on any difference.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.benchmarks.kills.course import Course, Kill, Undisturbed, disturbed, undisturbed
from tests.benchmarks.kills.mailbox import WatchingMailbox
from tests.benchmarks.kills.migration import write_migration
from tests.benchmarks.kills.victim import Environment, prefect_server
from tests.flows.sending.mail_server import mail_server

KILLS_PER_COURSE: Mapping[str, int] = {"run": 3, "send": 5, "rerun": 3, "send again": 4}
# Notices name the day of those before, by the customers' clocks.
_CLOCK = ZoneInfo("Europe/Berlin")


@dataclass
class Courses:
    """Courses in a folder, one after the other, with one mail server and one of Prefect."""

    folder: Path
    environment: Environment
    mailbox: WatchingMailbox
    chance: random.Random
    kills: list[Kill] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    number: int = 0
    _references: dict[str, Undisturbed] = field(default_factory=dict)

    def go(self, kills: Mapping[str, int]) -> None:
        """Go through the phases of `kills`, which are some that follow each other."""
        day = _today()
        reference = self._reference(day)
        killed: list[Kill] = []
        found = disturbed(reference, self._course(), kills, killed.append)
        if day == _today():
            self.kills += killed
            self.differences += [f"course {self.number}, {each}" for each in found]

    def _reference(self, day: str) -> Undisturbed:
        if day not in self._references:
            course = self._course()
            course.folder.mkdir()
            write_migration(course.folder, port=self.mailbox.port)
            self._references[day] = undisturbed(course, self.folder / f"as-of-{day}")
        return self._references[day]

    def _course(self) -> Course:
        self.number += 1
        folder = self.folder / f"course-{self.number}"
        return Course(folder, self.mailbox, self.environment, self.chance)


def _today() -> str:
    return datetime.now(_CLOCK).date().isoformat()


@contextmanager
def courses(seed: int) -> Iterator[Courses]:
    """Everything that courses need, for as long as they go on."""
    with (
        tempfile.TemporaryDirectory(prefix="kills-") as name,
        prefect_server(Path(name, "prefect")) as environment,
        mail_server(WatchingMailbox()) as mailbox,
    ):
        assert isinstance(mailbox, WatchingMailbox)
        yield Courses(Path(name), environment, mailbox, random.Random(seed))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.kills",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    begun = time.monotonic()
    with courses(chosen.seed) as going:
        while len(going.kills) < chosen.times and not going.differences:
            going.go(KILLS_PER_COURSE)
            print(f"{len(going.kills)} kills, {time.monotonic() - begun:,.0f} s", file=sys.stderr)
        print(*told(going.kills, going.differences), sep="\n")
    return 1 if going.differences else 0


def told(kills: Sequence[Kill], differences: Sequence[str]) -> Iterator[str]:
    """A table of what was killed when, and what became of it."""
    times = Counter((kill.phase, kill.moment) for kill in kills)
    left = Counter((kill.phase, kill.moment) for kill in kills if kill.left_sending)
    yield f"{'killed':<12} {'moment':<42} {'kills':>5}  left in sending"
    for (phase, moment), count in sorted(times.items()):
        yield f"{phase:<12} {moment:<42} {count:>5}  {left[phase, moment]}"
    yield f"{'in all':<55} {len(kills):>5}  {left.total()}"
    yield f"differences: {len(differences)}"
    yield from differences


if __name__ == "__main__":
    sys.exit(main())
