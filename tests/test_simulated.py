"""Simulated migrations with known truth, end to end: none missed, none invented, none wrong."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from data_samples.simulate import simulate
from flows.orchestration import run_reconcile
from flows.summary import Summary
from tests.in_process import findings_of
from tests.simulated import Simulated, differences

pytestmark = [pytest.mark.xdist_group("prefect"), pytest.mark.slow, pytest.mark.no_cover]


def run(simulated: Simulated) -> Summary:
    return run_reconcile(simulated.migration_file)


def check(simulated: Simulated, summary: Summary, *, final: bool) -> None:
    found = pl.read_parquet(summary.output / "findings.parquet")
    truth = simulated.truth(final=final)
    assert differences(found, truth) == []
    assert Counter(found["verdict"]) == Counter(summary.findings)
    _check_totals(simulated.totals(final=final), summary)
    _check_notices(found, summary)


def _check_totals(totals: Mapping[str, Any], summary: Summary) -> None:
    """What the simulator knows of its lines and events by construction."""
    sources = totals["lines"].values()
    lines = {name: sum(source[name] for source in sources) for name in ("read", "outside")}
    assert (summary.lines.read, summary.lines.outside) == (lines["read"], lines["outside"])
    malformed = sum(source["malformed"] for source in sources)
    disputed = sum(source["disputed"] for source in sources)
    assert malformed <= summary.lines.malformed <= malformed + disputed
    # What passed two proxies is given twice as well.
    given = sum(source["writes"] + source["duplicate"] for source in sources)
    assert summary.lines.writes + summary.lines.duplicate == given
    for name in ("read", "malformed", "unknown_type", "outside", "duplicate"):
        assert getattr(summary.events, name) == totals["events"][name], name
    assert summary.unattributed == sum(totals["unattributed"].values())
    assert len(summary.gaps) == len(totals["gaps"])


def _check_notices(found: pl.DataFrame, summary: Summary) -> None:
    """Nobody reads of another customer, and every loss is in its customer's notice."""
    notices = {path.name: path for path in (summary.output / "notices").iterdir()}
    assert len(notices) == summary.customers
    named = found.filter(pl.col("verdict") == "lost", pl.col("kind") == "person").drop_nulls(
        "fields"
    )
    emails = {
        (row["customer_id"], email)
        for row in named.to_dicts()
        if (email := json.loads(row["fields"]).get("email"))
    }
    texts = {
        name: (path / "rev-1/reprovisioning.csv").read_text("utf-8")
        for name, path in notices.items()
    }
    for customer, email in emails:
        if customer.isalnum():
            assert email in texts[customer]


@pytest.fixture(scope="module", params=[(1, 40, 0), (2, 90, 5)], ids=["seed 1", "seed 2"])
def simulated(request, tmp_path_factory) -> Simulated:
    seed, customers, uncertainty = request.param
    folder = tmp_path_factory.mktemp(f"seed-{seed}")
    simulate(folder, seed=seed, customers=customers, uncertainty_minutes=uncertainty)
    return Simulated(folder).with_formats("csv")


def test_every_planted_case_has_its_verdict_first_and_with_late_files(simulated):
    check(simulated, run(simulated), final=False)
    simulated.deliver_late()
    check(simulated, run(simulated), final=True)


def test_four_hundred_customers(tmp_path):
    simulate(tmp_path, seed=3, customers=400, lines=60_000, batches=False)
    simulated = Simulated(tmp_path).with_formats("csv")
    check(simulated, run(simulated), final=True)


def test_the_order_in_which_files_come_does_not_matter(tmp_path):
    """One run over everything gives what two runs give, byte for byte."""
    for name, batches in (("at-once", False), ("in-two", True)):
        simulate(tmp_path / name, seed=4, customers=40, batches=batches)
    in_two = Simulated(tmp_path / "in-two")
    run(in_two)
    in_two.deliver_late()
    last = run(in_two).output
    once = run(Simulated(tmp_path / "at-once")).output
    for name in ("findings", "evidence", "unattributed", "quarantine"):
        assert (last / f"{name}.parquet").read_bytes() == (once / f"{name}.parquet").read_bytes()
    packs = {path.relative_to(last): path.read_bytes() for path in (last / "notices").rglob("*.*")}
    assert packs == {
        path.relative_to(once): path.read_bytes() for path in (once / "notices").rglob("*.*")
    }


def test_what_was_planted_differently_would_be_seen(tmp_path):
    """The comparison itself: a missed, an invented and a wrong finding each show.

    What laws and benchmarks find without Prefect is what a run finds.
    """
    simulate(tmp_path, seed=5, customers=40, batches=False)
    simulated = Simulated(tmp_path).with_formats("csv")
    truth = simulated.truth(final=True)
    found = pl.read_parquet(run(simulated).output / "findings.parquet")
    assert_frame_equal(found, findings_of(simulated.migration_file).findings)
    assert not differences(found, truth)
    assert differences(found[1:], truth)
    assert differences(found, truth[1:])
    wrong = found.with_columns(verdict=pl.col("verdict").replace({"lost": "restored"}))
    assert differences(wrong, truth)
