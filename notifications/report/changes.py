"""What changed since the previous run: how many findings went from which verdict to which."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from notifications.entries import counted
from notifications.language import Language
from notifications.report.verdicts import VERDICTS
from notifications.report_data import ReportData
from notifications.sections import reading_order
from transforms.asking import ASKING


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Findings that went the same way; `before` is None where new, `now` where gone."""

    before: str | None
    now: str | None
    findings: int
    kinds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The ways, the weightiest first, and all of it in a sentence."""

    summary: str
    ways: tuple[Change, ...]


def changes(data: ReportData, language: Language) -> Changes | None:
    """Compare with the previous run; None where there was none."""
    if data.previous is None:
        return None
    before = data.previous.select("finding_id", kind_before="kind", before="verdict")
    changed = (
        data.findings.select("finding_id", "kind", now="verdict")
        .join(before, on="finding_id", how="full", coalesce=True, validate="1:1")
        .filter(pl.col("now").ne_missing(pl.col("before")))
        .with_columns(kind=pl.coalesce("kind", "kind_before"))
    )
    ways = sorted(_ways(data, changed, language), key=_weight)
    return Changes(summary=_summary(changed, language), ways=tuple(ways))


def _ways(data: ReportData, changed: pl.DataFrame, language: Language) -> Iterator[Change]:
    order = reading_order(data.catalogue)
    for (before, now), part in changed.partition_by("before", "now", as_dict=True).items():
        per_kind = dict(part.group_by("kind").len().iter_rows())
        kinds = (
            counted(data.catalogue, name, language, per_kind[name])
            for name in order
            if name in per_kind
        )
        yield Change(before=before, now=now, findings=part.height, kinds=", ".join(kinds))


def _weight(change: Change) -> tuple[bool, bool, int, int]:
    """Order: newly asking, then still asking, then no longer; each by the verdicts' own order."""
    asks, asked = change.now in ASKING, change.before in ASKING
    return (not asks, asked if asks else not asked, _place(change.now), _place(change.before))


def _place(verdict: str | None) -> int:
    return VERDICTS.index(verdict) if verdict in VERDICTS else len(VERDICTS)


def _summary(changed: pl.DataFrame, language: Language) -> str:
    asks = pl.col("now").is_in(ASKING).fill_null(value=False)
    asked = pl.col("before").is_in(ASKING).fill_null(value=False)
    newly, no_longer, otherwise = changed.select(
        (asks & ~asked).sum(), (asked & ~asks).sum().alias("gone"), (asks & asked).sum().alias("as")
    ).row(0)
    parts = []
    if newly:
        parts.append(
            language.count("{n} newly asks for something", "{n} newly ask for something", newly)
        )
    if no_longer:
        parts.append(
            language.count(
                "{n} no longer asks for anything", "{n} no longer ask for anything", no_longer
            )
        )
    if otherwise:
        parts.append(
            language.count("{n} asks for something else", "{n} ask for something else", otherwise)
        )
    if rest := changed.height - newly - no_longer - otherwise:
        parts.append(language.count("{n} other changed", "{n} others changed", rest))
    if not parts:
        return language.say("Nothing.")
    return language.say("Of the findings, {parts}.", parts=language.both(parts))
