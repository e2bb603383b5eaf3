"""What could not be read, by source and reason: why, what to do, and a few samples."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from notifications.language import Language
from notifications.visible import visible

_SAMPLES: Final = 3
_TEXT_SHOWN: Final = 240


@dataclass(frozen=True, slots=True)
class Sample:
    """One line, harmless to show."""

    place: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All lines of one source that could not be read for one reason."""

    source: str
    reason: str
    lines: int
    why: str
    to_do: str
    samples: tuple[Sample, ...]


def quarantine_groups(quarantine: pl.DataFrame, language: Language) -> list[Group]:
    """Put QUARANTINE together by source and reason, most lines first."""
    by = ["source", "reason"]
    counts = quarantine.group_by(by).len().sort("len", *by, descending=[True, False, False])
    first = quarantine.sort("file", "line").group_by(by, maintain_order=True).head(_SAMPLES)
    samples = first.partition_by(by, as_dict=True)
    return [
        _group(source, reason, n, samples[source, reason], language)
        for source, reason, n in counts.iter_rows()
    ]


def _group(source: str, reason: str, lines: int, first: pl.DataFrame, language: Language) -> Group:
    why, to_do = _explained(reason, language)
    return Group(
        source=visible(source),
        reason=visible(reason),
        lines=lines,
        why=why,
        to_do=to_do,
        samples=tuple(
            Sample(f"{visible(file)}:{line}", shortened(text or ""))
            for file, line, text in first.select("file", "line", "text").iter_rows()
        ),
    )


def shortened(text: str) -> str:
    """Make what strangers sent harmless and short enough for a page."""
    shown = visible(text)
    return shown if len(shown) <= _TEXT_SHOWN else f"{shown[:_TEXT_SHOWN]}…"


def _explained(reason: str, language: Language) -> tuple[str, str]:
    """Say why a line could not be read, and what to do."""
    say = language.say
    compare = say("Compare fields and format with a line of the log.")
    half_a_line = say("A last line cut in half is normal. Many of them: another format is meant.")
    fetch = say("Fetch the file again and run again.")
    few = say("Nothing, if there are few.")
    ask = say("Ask whoever runs the collector; the event could not be used.")
    known = {
        "does_not_match_format": (
            say("not of the form that log_format describes"),
            say(
                "A few are normal (scanners, TLS bytes on a plain port). Whole requests among "
                "them: compare log_format with the proxy's own."
            ),
        ),
        "bad_time": (say("the time can't be read"), compare),
        "bad_status": (say("the status is no number"), compare),
        "missing_field": (say("a value that fields names is not there"), compare),
        "not_json": (say("no JSON"), half_a_line),
        "not_an_object": (say("JSON, but no object"), half_a_line),
        "time_without_offset": (
            say("the time has no offset from UTC"),
            say("Give the log's entry a timezone; an event needs its own offset."),
        ),
        "time_not_rfc3339": (say("the time is not written as RFC 3339 asks"), ask),
        "unsupported_specversion": (say("a CloudEvent of another version than 1.0"), ask),
        "data_unreadable": (say("data is no JSON object"), ask),
        "line_too_long": (say("longer than a line may be"), few),
        "empty_line": (say("an empty line"), few),
        "truncated_archive": (say("the archive breaks off; what came before was used"), fetch),
        "corrupt_archive": (say("the archive is damaged; what came before was used"), fetch),
    }
    if reason in known:
        return known[reason]
    if reason.startswith("missing_"):
        return say("{name} is not there", name=reason.removeprefix("missing_")), ask
    if reason.endswith("_not_a_string"):
        return say("{name} is no text", name=reason.removesuffix("_not_a_string")), ask
    return visible(reason.replace("_", " ")), ""
