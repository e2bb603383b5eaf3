"""The page put together: all its parts, worded, in one file that asks for nothing."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

import polars as pl

from notifications import incident_page, worklist_workbook
from notifications.entries import kind_of_persons, label, listed
from notifications.language import Language, time_zone
from notifications.policy import content_policy
from notifications.report.changes import changes
from notifications.report.charts import (
    COLUMNS_HIGH,
    Axis,
    axis,
    coverage_strips,
    time_scale,
    writes_columns,
)
from notifications.report.funnel import funnel, percent
from notifications.report.gaps import gaps_in_words
from notifications.report.opening import alarms, headline, second_line
from notifications.report.quarantine import quarantine_groups, shortened
from notifications.report.sums import sums
from notifications.report.verdicts import VERDICTS, matrix, meanings
from notifications.report.worklist import worklist
from notifications.report_data import ReportData
from notifications.templates import TEMPLATES, asset
from notifications.visible import visible
from transforms.asking import ASKING

NAME: Final = "report.html"

# More would make a page that nobody scrolls through; the Parquet files have all.
_ROWS_SHOWN: Final = 50


def render_report(data: ReportData) -> bytes:
    """Render the report in the migration's default language and time zone."""
    language = Language.of(data.facts.default_locale)
    zone = time_zone(data.facts.timezone)
    entries = listed(data.findings, data.catalogue)
    style, script = asset("report.css"), asset("report.js")

    def moment(at: datetime | None) -> str:
        return language.moment(at.astimezone(zone)) if at else ""

    page = TEMPLATES.get_template("report.html").render(
        data=data,
        policy=content_policy(style, script),
        style=style,
        script=script,
        language=language,
        _=language.say,
        count=language.count,
        # A long worklist has the same few counts over and over.
        number=cache(language.number),
        percent=lambda n, whole: percent(n, whole, language),
        visible=visible,
        moment=moment,
        headline=headline(data, entries, language),
        second_line=second_line(data, entries, language),
        alarms=list(alarms(data, zone, language)),
        funnel=funnel(data, language),
        changes=changes(data, language),
        worklist=worklist(data, language),
        persons=_persons(data, language),
        workbook_name=worklist_workbook.NAME,
        incident_name=incident_page.NAME,
        verdicts=VERDICTS,
        asking=ASKING,
        meanings=meanings(language),
        matrix=matrix(data, language),
        gaps=gaps_in_words(data, zone, language),
        sums=list(sums(data, language)),
        unattributed=_first(data.unattributed.sort("at"), data, language),
        quarantine=quarantine_groups(data.quarantine, language),
        **_pictures(data, axis(data.facts, zone, language, data.seen.get_column("second_at"))),
    )
    return page.encode()


def _pictures(data: ReportData, over: Axis) -> dict[str, Any]:
    return {
        "scale": time_scale(data.facts, over),
        "strips": coverage_strips(data.facts, data.seen, over),
        "writes": writes_columns(data.evidence, data.findings, over),
        "columns_high": COLUMNS_HIGH,
        "clock": over.clock,
    }


def _persons(data: ReportData, language: Language) -> str | None:
    """What persons are called, in the plural, if the product keeps any."""
    kind = kind_of_persons(data.catalogue)
    return label(data.catalogue, kind, language) if kind else None


def _first(frame: pl.DataFrame, data: ReportData, language: Language) -> list[Mapping[str, Any]]:
    """Take as many rows as are shown, all text made harmless."""
    actions = {
        "create": language.say("created"),
        "update": language.say("changed"),
        "delete": language.say("deleted"),
    }
    return [
        {name: shortened(value) if isinstance(value, str) else value for name, value in row.items()}
        | {
            "kind": label(data.catalogue, row["kind"], language, 1),
            "action": actions.get(row["action"], row["action"]),
        }
        for row in frame.head(_ROWS_SHOWN).iter_rows(named=True)
    ]
