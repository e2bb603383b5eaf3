"""Which notice a customer is due now: the first one, a supplement, or none."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from notifications.supplement import Supplement, Withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSent:
    """The notice that a customer was sent last."""

    revision: int
    sent_at: datetime
    is_final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a customer's notices have come.

    `revision` is the latest one's, whatever became of it. Of an `is_unresolved` one nobody knows
    whether the customer has it: a human has to find out before anything else is written to them.
    """

    revision: int = 0
    is_unresolved: bool = False
    last_sent: LastSent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What has changed since the last sent notice; see `transforms.supplements`."""

    found: Collection[str] = ()
    withdrawn: tuple[Withdrawn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A notice that is to be written: the whole present list, after `supplement` if it is one."""

    revision: int
    supplement: Supplement | None = None


def due(standing: Standing, news: News, *, becomes_final: bool, announce_final: bool) -> Due | None:
    """Say which notice is to be written to a customer; None where nothing is.

    What was sent stays as it is. After it, only what is found or withdrawn makes a supplement, and
    that the lists have become final where that is to be announced. What was not sent is replaced.
    """
    if standing.is_unresolved:
        return None
    last = standing.last_sent
    if last is None:
        return Due(revision=max(1, standing.revision))
    is_news = bool(news.found or news.withdrawn)
    if not is_news and not (announce_final and becomes_final and not last.is_final):
        return None
    return Due(
        revision=max(last.revision + 1, standing.revision),
        supplement=Supplement(
            sent_at=last.sent_at, found=frozenset(news.found), withdrawn=news.withdrawn
        ),
    )
