"""The documents as a whole, in both languages."""

from dataclasses import replace

import polars as pl
import pytest

from notifications.content import Coverage
from notifications.notice import build_notice
from notifications.pack import render_pack
from notifications.report.page import render_report
from tests.notifications import snapshots
from tests.notifications.sample import (
    CATALOGUE,
    CUSTOMER,
    FACTS,
    GAP,
    evening,
    report_data,
    traffic,
)


def pack(locale, coverage):
    notice = build_notice(
        replace(CUSTOMER, locale=locale),
        evening(),
        traffic(),
        replace(FACTS, coverage=coverage),
        CATALOGUE,
    )
    return render_pack(notice, ("html", "txt", "csv"))


@pytest.mark.parametrize(
    ("locale", "coverage"),
    [
        ("de", Coverage(is_complete=False, gaps=(GAP,))),
        ("en", Coverage(is_complete=True)),
    ],
)
def test_a_pack(locale, coverage):
    for name, document in pack(locale, coverage).items():
        snapshots.assert_same(f"{locale}/{name}", document)


@pytest.mark.parametrize("locale", ["de", "en"])
def test_the_report(locale):
    before = evening().filter(pl.col("finding_id") != "f17")
    facts = replace(report_data().facts, default_locale=locale)
    document = render_report(report_data(facts=facts, previous=before))
    snapshots.assert_same(f"{locale}/report.html", document)


def test_a_missing_snapshot_fails_and_says_how_to_renew_it(monkeypatch):
    monkeypatch.delenv("RENEW_SNAPSHOTS", raising=False)
    with pytest.raises(AssertionError, match="RENEW_SNAPSHOTS=1"):
        snapshots.assert_same("not/there.txt", b"")
