"""What matters first: how much of whom is missing, and what can't wait."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from notifications.entries import counted, kind_of_persons
from notifications.language import Language
from notifications.report_data import ReportData
from notifications.sections import reading_order
from transforms.catalogue import Catalogue

_MISSING = ("lost", "stale", "resurrected")
_TO_CHECK = ("review", "unidentified", "unconfirmed")


def headline(data: ReportData, entries: pl.DataFrame, language: Language) -> str:
    """Say in one sentence how many persons of how many customers are missing, and who has gaps.

    `entries` are the findings that notices list. Where no person is missing, the sentence tells
    what else is.
    """
    gappy = {gap.source for gap in data.facts.coverage.gaps if not gap.is_accepted}
    gaps = language.count("; {n} proxy has gaps", "; {n} proxies have gaps", len(gappy))
    return f"{_missing(data.catalogue, entries, language)}{gaps if gappy else ''}."


def second_line(data: ReportData, entries: pl.DataFrame, language: Language) -> str:
    """Say what is missing beside persons, and what else asks for something; "" if nothing does."""
    # No kind has no name: then nothing is a person.
    is_person = pl.col("kind") == (kind_of_persons(data.catalogue) or "")
    lost = entries.filter(pl.col("verdict") == "lost")
    others = _things(data.catalogue, lost.filter(~is_person), language)
    sentences = []
    # Without a missing person the first sentence has told the others already.
    if others and not lost.filter(is_person).is_empty():
        sentences.append(language.say("Also missing: {things}.", things=language.both(others)))
    if besides := list(_besides(entries, language)):
        sentences.append(language.say("Besides: {things}.", things=language.both(besides)))
    return " ".join(sentences)


def alarms(data: ReportData, zone: ZoneInfo, language: Language) -> Iterator[str]:
    """Yield what can't wait: the new site loses data now, or the snapshot is older than said."""
    missing = data.findings.filter(pl.col("verdict").is_in(_MISSING))
    after = missing.filter(pl.col("reason") == "after_live")
    if n := after.height:
        yield language.count(
            "{n} write was made on the new site and is not in its database (the last one: {at}). "
            "The new site or the proxy is losing data now: please look at once.",
            "{n} writes were made on the new site and are not in its database (the last one: "
            "{at}). The new site or the proxy is losing data now: please look at once.",
            n,
            at=_moment(after.get_column("last_at").max(), zone, language),
        )
    before = missing.filter(pl.col("reason") == "before_snapshot")
    if n := before.height:
        yield language.count(
            "{n} write from before the snapshot is missing ({at}): the snapshot is older than was "
            "said, so more may be missing than was read. Please correct snapshot_at and run again.",
            "{n} writes from before the snapshot are missing (the first one: {at}): the snapshot "
            "is older than was said, so more may be missing than was read. Please correct "
            "snapshot_at and run again.",
            n,
            at=_moment(before.get_column("first_at").min(), zone, language),
        )


def _missing(catalogue: Catalogue, entries: pl.DataFrame, language: Language) -> str:
    lost = entries.filter(pl.col("verdict") == "lost")
    persons = kind_of_persons(catalogue)
    people = lost.filter(pl.col("kind") == (persons or ""))
    if persons and (n := people.height):
        return language.count(
            "{persons} of {customers} does not exist in the new database",
            "{persons} of {customers} do not exist in the new database",
            n,
            persons=counted(catalogue, persons, language, n),
            customers=_customers(people, language),
        )
    if lost.height:
        return language.say(
            "Missing from the new database, of {customers}: {things}",
            customers=_customers(lost, language),
            things=language.both(_things(catalogue, lost, language)),
        )
    if n := entries.height:
        return language.count(
            "Nothing is missing for certain, but {n} entry of {customers} asks for something",
            "Nothing is missing for certain, but {n} entries of {customers} ask for something",
            n,
            customers=_customers(entries, language),
        )
    return language.say("The logs at hand show nothing that is missing from the new database")


def _customers(rows: pl.DataFrame, language: Language) -> str:
    n = rows.get_column("customer_id").n_unique()
    return language.count("{n} customer", "{n} customers", n)


def _things(catalogue: Catalogue, rows: pl.DataFrame, language: Language) -> list[str]:
    per_kind = dict(rows.group_by("kind").len().iter_rows())
    return [
        counted(catalogue, name, language, per_kind[name])
        for name in reading_order(catalogue)
        if name in per_kind
    ]


def _besides(entries: pl.DataFrame, language: Language) -> Iterator[str]:
    per_verdict = dict(entries.group_by("verdict").len().iter_rows())
    if n := per_verdict.get("stale", 0):
        yield language.count(
            "{n} change that was not carried over", "{n} changes that were not carried over", n
        )
    if n := per_verdict.get("resurrected", 0):
        yield language.count(
            "{n} deleted entry that is back", "{n} deleted entries that are back", n
        )
    if n := sum(per_verdict.get(verdict, 0) for verdict in _TO_CHECK):
        yield language.count("{n} entry to be checked", "{n} entries to be checked", n)


def _moment(at: object, zone: ZoneInfo, language: Language) -> str:
    return language.moment(at.astimezone(zone)) if isinstance(at, datetime) else ""
