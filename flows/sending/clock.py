"""Time as sending sees it: it passes, and a person may have had enough."""

import secrets
import threading
import time
from datetime import UTC, datetime


class StoppedError(Exception):
    """Somebody asked to stop; raised only between two mails, where nothing is under way."""


class Clock:
    """The time, and waiting that `stop` ends."""

    def __init__(self) -> None:
        self._is_stopped = threading.Event()
        self._chance = secrets.SystemRandom()

    def now(self) -> datetime:
        """The time of day, UTC."""
        return datetime.now(UTC)

    def seconds(self) -> float:
        """Seconds that only ever go on, since whenever."""
        return time.monotonic()

    def pause(self, seconds: float) -> None:
        """Wait; raises StoppedError as soon as somebody has asked to stop."""
        if self._is_stopped.wait(seconds):
            raise StoppedError

    def chance(self) -> float:
        """A number from 0 to 1, another one each time."""
        return self._chance.random()

    def stop(self) -> None:
        """Let the next wait, or the one going on, raise StoppedError."""
        self._is_stopped.set()


def back_off(clock: Clock, *, tries: int, first_s: float) -> float:
    """How long to wait after so many tries: four times as long each time, and never all at once."""
    return first_s * 4.0 ** (tries - 1) * (0.5 + clock.chance())


class Pace:
    """No more than so many a minute, evenly."""

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._between_s = 60 / per_minute
        self._clock = clock
        self._next_at_s = clock.seconds()

    def wait(self) -> None:
        """Wait for the next turn; raises StoppedError."""
        now = self._clock.seconds()
        self._clock.pause(max(0.0, self._next_at_s - now))
        self._next_at_s = max(now, self._next_at_s) + self._between_s
