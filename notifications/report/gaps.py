"""Coverage in words: which log is silent from when to when, and what is to be done."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from notifications.content import Gap
from notifications.language import Language
from notifications.report_data import ReportData
from notifications.visible import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceGaps:
    """One log's gaps: all of them in a sentence, and one by one."""

    source: str
    is_open: bool
    summary: str
    times: tuple[str, ...]


def gaps_in_words(data: ReportData, zone: ZoneInfo, language: Language) -> list[SourceGaps]:
    """Tell the gaps by log, those that may still be filled first."""
    told: dict[tuple[bool, str], list[Gap]] = {}
    for gap in data.facts.coverage.gaps:
        told.setdefault((gap.is_accepted, gap.source), []).append(gap)
    return [
        SourceGaps(
            source=visible(source),
            is_open=not is_accepted,
            summary=_summary(gaps, language),
            times=tuple(
                language.say(
                    "{start} to {end}",
                    start=language.moment(gap.from_at.astimezone(zone)),
                    end=language.moment(gap.to_at.astimezone(zone)),
                )
                for gap in sorted(gaps, key=lambda gap: gap.from_at)
            ),
        )
        for (is_accepted, source), gaps in sorted(told.items(), key=lambda each: each[0])
    ]


def _summary(gaps: list[Gap], language: Language) -> str:
    length = sum((gap.to_at - gap.from_at for gap in gaps), timedelta(0))
    minutes = language.minutes(length)
    if gaps[0].is_accepted:
        return language.count(
            "{n} gap of {minutes}, accepted as lost for good",
            "{n} gaps of {minutes} together, accepted as lost for good",
            len(gaps),
            minutes=minutes,
        )
    return language.count(
        "{n} gap of {minutes}: please fetch this log, or name the gap in accepted_gaps",
        "{n} gaps of {minutes} together: please fetch these logs, or name the gaps in "
        "accepted_gaps",
        len(gaps),
        minutes=minutes,
    )
