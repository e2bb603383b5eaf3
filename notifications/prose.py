"""The sentences around the lists: what happened, how sure and complete this is, whom to ask."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from notifications.content import Gap, MigrationFacts, Prose
from notifications.language import Language
from notifications.visible import visible

# More gaps than this are summed up: nobody reads a page of minutes.
_GAPS_NAMED: Final = 12


def title(facts: MigrationFacts, revision: int, language: Language) -> str:
    """Head the notice: what it is about, and whether it adds to an earlier one."""
    about = language.say("{title}: entries that are missing", title=visible(facts.title))
    if revision == 1:
        return about
    return language.say("Supplement {n} to “{about}”", n=revision - 1, about=about)


def span(facts: MigrationFacts, zone: ZoneInfo, language: Language) -> str:
    """Say when the changeover period was: 18. Mai 2021, 20:00 bis 23:18 Uhr."""
    return _between(facts.snapshot_at, facts.live_at, zone, language)


def _between(start: datetime, end: datetime, zone: ZoneInfo, language: Language) -> str:
    start, end = start.astimezone(zone), end.astimezone(zone)
    if start.date() == end.date():
        return language.say(
            "{day}, {start} to {end}",
            day=language.day(start),
            start=language.clock(start),
            end=language.clock(end),
        )
    return language.say(
        "{day}, {start} to {end_day}, {end}",
        day=language.day(start),
        start=language.clock(start),
        end_day=language.day(end),
        end=language.clock(end),
    )


def happened(facts: MigrationFacts, zone: ZoneInfo, language: Language) -> Prose:
    """Say what happened and when, in the customer's own time."""
    say = language.say
    period = say(
        "The changeover period: {when} ({zone}).",
        when=span(facts, zone, language),
        zone=language.zone(facts.snapshot_at, facts.live_at, zone),
    )
    if facts.live_at_uncertainty > timedelta(0):
        period += " " + say(
            "Its end is known to within {minutes} only.",
            minutes=language.minutes(facts.live_at_uncertainty),
        )
    return Prose(
        heading=say("What happened"),
        paragraphs=(
            say(
                "We have moved the database of our service to other servers (“{title}”). What was "
                "entered while it moved went to the old database only, and was not carried over "
                "to the new one. We are sorry for the work that this causes you.",
                title=visible(facts.title),
            ),
            period + " " + say("All times in this notice are in this time zone."),
        ),
    )


def completeness(facts: MigrationFacts, zone: ZoneInfo, language: Language) -> Prose:
    """Say how sure and how complete the lists are, never more than the logs show."""
    say = language.say
    missing = [gap for gap in facts.coverage.gaps if not gap.is_accepted]
    given_up = [gap for gap in facts.coverage.gaps if gap.is_accepted]
    points: list[str] = []
    if facts.coverage.is_complete:
        state = say(
            "This list is final: it rests on the logs of the whole changeover period, as far as "
            "they exist. It shows what the logs at hand show."
        )
        if given_up:
            state += " " + say("For these times the logs are lost for good:")
            points = _named(given_up, zone, language)
    else:
        state = say(
            "This list is preliminary: some logs of the changeover period have not arrived yet. "
            "It shows what the logs at hand show. If later ones show more, you will receive a "
            "supplement."
        )
        if missing:
            state += " " + say("These times are still open:")
            points = _named(missing, zone, language)
    return Prose(
        heading=say("How sure and how complete this list is"),
        paragraphs=(
            say(
                "“Proven” means that our servers' log shows the entry. “Probable” means that the "
                "records speak for it, but are not complete. What can't be found out from the "
                "records is listed under “Please check”."
            ),
            state,
        ),
        points=tuple(points),
    )


def _named(gaps: list[Gap], zone: ZoneInfo, language: Language) -> list[str]:
    ordered = sorted(gaps, key=lambda gap: (gap.from_at, gap.to_at, gap.source))
    named = [
        language.say(
            "{when} (log “{source}”)",
            when=_between(gap.from_at, gap.to_at, zone, language),
            source=visible(gap.source),
        )
        for gap in ordered[:_GAPS_NAMED]
    ]
    if rest := len(ordered) - len(named):
        named.append(language.count("and {n} more", "and {n} more", rest))
    return named


def contact(facts: MigrationFacts, reference: str, language: Language) -> Prose:
    """Say whom to ask, and with what reference number."""
    sender = visible(facts.sender_name or "")
    address = visible(facts.sender_email or "")
    ways = (
        f"{sender}, {address}" if sender and address else sender or address,
        visible(facts.contact or ""),
    )
    return Prose(
        heading=language.say("Questions"),
        paragraphs=(
            language.say(
                "We are glad to help. Please give this reference: {reference}", reference=reference
            ),
        ),
        points=tuple(way for way in ways if way),
    )


def link(address: str | None) -> str | None:
    """Give the contact address back if it is safe to be clicked."""
    is_web = (address or "").lower().startswith(("https://", "http://"))
    return address if is_web else None


@cache
def words(language: Language) -> Mapping[str, str]:
    """Give the headings of columns and other single words that the formats need."""
    say = language.say
    return {
        "for": say("For"),
        "reference": say("Reference"),
        "preliminary": say("preliminary"),
        "final": say("final"),
        "done": say("Done"),
        "kind": say("What kind"),
        "time": say("Time"),
        "what": say("What"),
        "who": say("Who"),
        "details": say("Details"),
        "known": say("How it is known"),
        "note": say("Note"),
        "to_do": say("To do"),
        "id": say("Id"),
        "recorded": say("As recorded"),
        "present": say("In the new system"),
        "shortened": say("(shortened)"),
        # Only who renders the files knows which there are.
        "shortened_see": say("(shortened; in full in {file})", file="{file}"),
        # Only who sets the pages knows their numbers.
        "page": say("Page {page} of {pages}", page="{page}", pages="{pages}"),
    }
