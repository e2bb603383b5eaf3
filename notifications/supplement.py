"""What a supplement starts with: what has changed since the notice that was sent last."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from notifications.content import Change, Changes, Section
from notifications.language import Language
from notifications.visible import visible
from transforms.catalogue import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A finding that the notice sent last has listed, as that notice called it.

    `verdict` is the present one, None where the finding is gone.
    """

    kind: str
    at: datetime | None
    what: str
    verdict: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """How a customer's findings have changed (see `transforms.supplements`) since `sent_at`.

    `found` are the ids of findings that were not in the notice sent last, or not so.
    """

    sent_at: datetime
    found: frozenset[str] = frozenset()
    withdrawn: tuple[Withdrawn, ...] = ()


def changes(
    supplement: Supplement,
    sections: Sequence[Section],
    *,
    is_final: bool,
    catalogue: Catalogue,
    language: Language,
    zone: ZoneInfo,
) -> Changes:
    """Word what has changed; `sections` are the lists of the notice, in reading order."""
    say = language.say
    found = tuple(_found(supplement, sections))
    withdrawn = tuple(
        Change(
            _label(one.kind, catalogue, language),
            language.moment(one.at.astimezone(zone)) if one.at else "",
            visible(one.what),
            _why(one.verdict, language),
        )
        for one in sorted(supplement.withdrawn, key=_by_time)
    )
    since = say(
        "Since our notice of {day} we have evaluated further records. This supplement replaces "
        "that notice: below are first the changes, then the whole present list.",
        day=language.day(supplement.sent_at.astimezone(zone)),
    )
    nothing = say("The lists have not changed; they are final now.")
    return Changes(
        heading=say("What has changed"),
        paragraphs=(since,) if found or withdrawn or not is_final else (since, nothing),
        found_heading=say("Newly found or changed ({n})", n=language.number(len(found))),
        found=found,
        withdrawn_heading=say("Withdrawn ({n})", n=language.number(len(withdrawn))),
        withdrawn=withdrawn,
    )


def _found(supplement: Supplement, sections: Sequence[Section]) -> Iterator[Change]:
    for section in sections:
        if section.purpose == "done":
            continue
        for row in section.rows:
            if supplement.found.intersection(row.finding_ids):
                what = f"{row.what} ({row.who})" if row.who else row.what
                yield Change(row.kind_label, row.time, what, row.to_do)


def _by_time(one: Withdrawn) -> tuple[str, str, str]:
    return (one.at.isoformat() if one.at else "", one.kind, one.what)


def _label(kind: str, catalogue: Catalogue, language: Language) -> str:
    """Name the kind; one that the catalogue has no more by its key."""
    known = catalogue.kinds.get(kind)
    return language.pick(known.label, kind) if known else kind


def _why(verdict: str | None, language: Language) -> str:
    if verdict == "cancelled":
        return language.say(
            "It was deleted in the changeover period, or belongs to something that was. If you "
            "have entered it again because of our notice, please check whether you still want it."
        )
    if verdict is None:
        return language.say(
            "Later records show what this was. If something is missing, it is in the lists below."
        )
    return language.say("The records now show that nothing of it is missing.")
