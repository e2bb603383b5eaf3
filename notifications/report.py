"""`report.html`: one self-contained page from which operator and support work."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import polars as pl

from notifications import html
from notifications.charts import LABELS, WIDTH, axis, coverage_chart, losses_chart
from notifications.language import Language, time_zone
from notifications.report_data import ReportData
from notifications.sections import reading_order
from notifications.templates import TEMPLATES
from notifications.visible import visible
from transforms.asking import ASKING
from transforms.balance import Sum

NAME: Final = "report.html"

VERDICTS: Final = (*ASKING, "restored", "cancelled", "consistent")
# More would make a page that nobody scrolls through; the Parquet files have all.
_ROWS_SHOWN: Final = 50
_TEXT_SHOWN: Final = 240


def render_report(data: ReportData) -> bytes:
    """Render the report in the migration's default language and time zone."""
    language = Language.of(data.facts.default_locale)
    zone = time_zone(data.facts.timezone)
    over = axis(data.facts, zone, data.seen.get_column("second_at"))
    asking = data.findings.filter(pl.col("verdict").is_in(ASKING))
    sources = [source.name for source in data.sources]
    page = TEMPLATES.get_template("report.html").render(
        data=data,
        language=language,
        _=language.say,
        count=language.count,
        number=language.number,
        visible=visible,
        moment=lambda at: language.moment(at.astimezone(zone)) if at else "",
        verdicts=VERDICTS,
        asking=ASKING,
        gappy=len({gap.source for gap in data.facts.coverage.gaps if not gap.is_accepted}),
        headline=headline(data, language),
        alarms=list(alarms(data, language)),
        sums=list(sums(data, language)),
        coverage=coverage_chart(data.facts, data.seen, sources, over),
        losses=losses_chart(data.facts, asking.get_column("first_at"), over),
        chart_width=WIDTH,
        chart_left=LABELS,
        matrix=_matrix(data, language),
        worklist=sorted(
            data.worklist, key=lambda one: (-sum(one.verdicts.values()), one.customer_id)
        ),
        notice_name=html.NAME,
        changes=_changes(data, language),
        unattributed=_first(data.unattributed.sort("at")),
        quarantine=_first(data.quarantine.sort("source", "file", "line")),
        reasons=_by_reason(data.quarantine),
    )
    return page.encode()


def headline(data: ReportData, language: Language) -> str:
    """Say what matters first: how much of what is missing, and for how many customers."""
    lost = data.findings.filter(pl.col("verdict") == "lost")
    per_kind = dict(lost.group_by("kind").len().iter_rows())
    kinds = [
        f"{language.number(per_kind[name])} {_label(data, name, language, per_kind[name])}"
        for name in reading_order(data.catalogue)
        if name in per_kind
    ]
    if not kinds:
        return language.say("The logs at hand show nothing that is missing from the new database.")
    return language.count(
        "Missing from the new database, of {n} customer: {things}.",
        "Missing from the new database, of {n} customers: {things}.",
        lost.get_column("customer_id").n_unique(),
        things=language.both(kinds),
    )


def alarms(data: ReportData, language: Language) -> Iterator[str]:
    """Yield what can't wait: the new site loses data now, or the snapshot is older than said."""
    missing = data.findings.filter(pl.col("verdict").is_in(("lost", "stale", "resurrected")))
    per_reason = dict(missing.drop_nulls("reason").group_by("reason").len().iter_rows())
    if n := per_reason.get("after_live", 0):
        yield language.count(
            "{n} write was made on the new site and is not in its database. The new site or the "
            "proxy is losing data now: please look at once.",
            "{n} writes were made on the new site and are not in its database. The new site or "
            "the proxy is losing data now: please look at once.",
            n,
        )
    if n := per_reason.get("before_snapshot", 0):
        yield language.count(
            "{n} write from before the snapshot is missing: the snapshot is older than was said, "
            "so more may be missing than was read. Please correct snapshot_at and run again.",
            "{n} writes from before the snapshot are missing: the snapshot is older than was "
            "said, so more may be missing than was read. Please correct snapshot_at and run again.",
            n,
        )


def sums(data: ReportData, language: Language) -> Iterator[Sum]:
    """Word the sums that the run was held to."""
    say = language.say
    words = {
        "malformed": say("malformed"),
        "no write": say("no write"),
        "outside": say("outside the window and its margin"),
        "duplicate": say("given twice"),
        "writes": say("writes"),
        "unknown type": say("unknown type"),
        "taken": say("events taken"),
        "paired": say("paired"),
        "alone": say("alone"),
        "unattributed": say("unattributed"),
        "in findings": say("in findings"),
        "rows": say("rows in notices"),
        "retries": say("retries shown as one"),
        "acknowledgements": say("acknowledgements counted"),
        "lines read": say("lines read"),
        "events read": say("events read"),
        "writes and events taken": say("writes and events taken"),
        "attributed writes and events": say("attributed writes and events"),
        "findings that ask for something": say("findings that ask for something"),
    }
    for one in data.balance.sums:
        parts = {words[part]: count for part, count in one.parts.items()}
        yield Sum(what=words[one.what], total=one.total, parts=parts)


def _matrix(data: ReportData, language: Language) -> list[tuple[str, list[int], int]]:
    """Count findings by kind (rows) and verdict (columns)."""
    counts = {
        (kind, verdict): n
        for kind, verdict, n in data.findings.group_by("kind", "verdict").len().iter_rows()
    }
    rows = []
    for kind in reading_order(data.catalogue):
        cells = [counts.get((kind, verdict), 0) for verdict in VERDICTS]
        rows.append((_label(data, kind, language, 0), cells, sum(cells)))
    return rows


def _changes(data: ReportData, language: Language) -> list[tuple[str, str, str, int]] | None:
    """Count findings by how they changed since the previous run: kind, before, now."""
    if data.previous is None:
        return None
    before = data.previous.select("finding_id", kind_before="kind", before="verdict")
    now = data.findings.select("finding_id", "kind", now="verdict")
    changed = (
        now.join(before, on="finding_id", how="full", coalesce=True, validate="1:1")
        .filter(pl.col("now").ne_missing(pl.col("before")))
        .with_columns(kind=pl.coalesce("kind", "kind_before"))
        .group_by("kind", "before", "now")
        .len()
        .sort("kind", "before", "now")
    )
    return [
        (_label(data, kind, language, 0), was or "", now or "", n)
        for kind, was, now, n in changed.iter_rows()
    ]


def _by_reason(quarantine: pl.DataFrame) -> list[tuple[str, str, int]]:
    return list(quarantine.group_by("source", "reason").len().sort("source", "reason").iter_rows())


def _first(frame: pl.DataFrame) -> list[Mapping[str, Any]]:
    """Take as many rows as are shown, all text made harmless."""

    def shown(value: object) -> object:
        if isinstance(value, str):
            text = visible(value)
            return text if len(text) <= _TEXT_SHOWN else f"{text[:_TEXT_SHOWN]}…"
        return value

    return [
        {name: shown(value) for name, value in row.items()}
        for row in frame.head(_ROWS_SHOWN).iter_rows(named=True)
    ]


def _label(data: ReportData, kind: str, language: Language, n: int) -> str:
    known = data.catalogue.kinds[kind]
    single = language.pick(known.label, kind)
    return single if n == 1 else language.pick(known.label_plural, single)
