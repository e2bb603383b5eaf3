"""The words for times, spans and codes in an explanation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from notifications.language import is_said_twice

# Why a line and an event are one write.
RULES: Final = {
    "request_id": "both have the same request id",
    "entity_id": "both name the same thing, and are the closest in time that do",
    "time": "the line does not say of what, and no event of this kind is closer to it",
    "left_over": "both were left over at the end, so a clock was wrong by more than it may be",
}

# What came of a row that was compared, and why: was it created again by hand?
_OUTCOMES: Final = {
    "restored": ("taken", "it is certainly the same"),
    "review": ("for a human to decide", "it may be the same"),
    "another_is_closer": ("not taken", "another row is more alike"),
    "taken_by_another": ("not taken", "it restores another finding"),
    "same_claim": ("for a human to decide", "another finding has the same claim to it"),
    "too_different": ("not taken", "it is too different"),
    "created_before_the_write": ("not taken", "it was there before the last write"),
    "created_around_live_at": (
        "for a human to decide",
        "it was created when either site may have been live",
    ),
    "named_by_evidence": (
        "not taken",
        "evidence from before going live names its id, so it is something else",
    ),
    "twin": ("for a human to decide", "it was there before the window, with the same identity"),
}

# By what persons are compared.
_PARTS: Final = {
    "given": "first name",
    "family": "last name",
    "email": "e-mail address",
    "phone": "phone number",
}

# Of a write's action and of a finding's.
_DONE: Final = {
    "create": "created",
    "created": "created",
    "update": "changed",
    "updated": "changed",
    "delete": "deleted",
    "deleted": "deleted",
}
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@dataclass(frozen=True)
class Clock:
    """Says times in one time zone."""

    timezone: str

    def at(self, at: datetime) -> str:
        """`2021-05-18 20:14:05`, with milliseconds where there are any.

        Where clocks go back, with the offset: `2021-10-31 02:30:00+01:00`.
        """
        local = at.astimezone(ZoneInfo(self.timezone))
        fine = "milliseconds" if local.microsecond else "seconds"
        said = local if is_said_twice(local) else local.replace(tzinfo=None)
        return said.isoformat(sep=" ", timespec=fine)

    def between(self, begin: datetime, end: datetime) -> str:
        """Two times, the day said once."""
        first, last = self.at(begin), self.at(end)
        return f"{first} to {last[11:] if first[:10] == last[:10] else last}"


def span(length: timedelta) -> str:
    """How long, without a sign: `0.35 s`, `2 h 10 min 5 s`; beyond a day to the hour."""
    seconds = abs(length.total_seconds())
    if seconds < _MINUTE:
        return f"{seconds:.3f}".rstrip("0").rstrip(".") + " s"
    whole = round(seconds)
    parts = [
        (whole // _DAY, "d"),
        (whole % _DAY // _HOUR, "h"),
        (whole % _HOUR // _MINUTE if whole < _DAY else 0, "min"),
        (whole % _MINUTE if whole < _DAY else 0, "s"),
    ]
    return " ".join(f"{n} {unit}" for n, unit in parts if n)


def done(action: str) -> str:
    """What was done, by a write or by all of them: `created`, `changed`, `deleted`."""
    return _DONE[action]


def both(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last


def part(name: str) -> str:
    """What is compared, a field's own name but for persons."""
    return _PARTS.get(name, name)


def outcome(code: str) -> tuple[str, str]:
    """What came of a row that was compared, and why."""
    return _OUTCOMES.get(code, (code.replace("_", " "), "no reason is known"))
