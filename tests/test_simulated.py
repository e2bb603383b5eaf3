"""Simulated migrations with known truth, end to end: none missed, none invented, none wrong."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data_samples.simulate import simulate
from flows.orchestration import run_reconcile
from flows.summary import Summary

pytestmark = pytest.mark.xdist_group("prefect")


@dataclass(frozen=True)
class Simulated:
    """A migration with its truth, after the first batch and after all."""

    folder: Path

    def run(self) -> Summary:
        return run_reconcile(self.folder / "migration.toml")

    def deliver_late(self) -> None:
        shutil.copytree(self.folder / "late", self.folder, dirs_exist_ok=True)

    def truth(self, *, final: bool) -> list[dict[str, Any]]:
        """The planted findings that are to be seen by now, with their verdict by now."""
        frame = pl.read_parquet(self.folder / "truth.parquet")
        if not final:
            by_now = {name: f"first_{name}" for name in ("verdict", "confidence", "reason")}
            frame = frame.drop(by_now).rename({old: new for new, old in by_now.items()})
        return frame.filter(pl.col("verdict").is_not_null()).to_dicts()

    def totals(self, *, final: bool) -> dict[str, Any]:
        totals = json.loads((self.folder / "truth.json").read_text("utf-8"))
        return dict(totals["final" if final else "first"])


def differences(found: pl.DataFrame, truth: list[dict[str, Any]]) -> Iterator[str]:
    """Every planted finding that is not found as it should be, and what was not planted."""
    findings = _by_key(found.to_dicts(), at="first_at")
    planted = _by_key(truth, at="at")
    for key in planted.keys() | findings.keys():
        wanted, got = planted.get(key, []), findings.get(key, [])
        if len(wanted) != len(got):
            yield f"{key}: {len(wanted)} planted {_cases(wanted)}, {len(got)} found {_told(got)}"
            continue
        for want, have in zip(wanted, got, strict=True):
            if not _agree(want, have):
                yield f"{key} {want['case']}: wanted {_told([want])}, found {_told([have])}"


def _by_key(rows: list[dict[str, Any]], *, at: str) -> dict[tuple[str, ...], list[dict[str, Any]]]:
    """By customer, kind and entity; what nobody can name by its second."""
    keyed: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: row[at]):
        place = row["entity_id"] or f"at {row[at]:%H:%M:%S}"
        keyed.setdefault((row["customer_id"], row["kind"], place), []).append(row)
    return keyed


def _agree(want: Mapping[str, Any], have: Mapping[str, Any]) -> bool:
    if have["verdict"] in (want["also_allowed"] or ()):
        return True
    reasons = {want["reason"], *(want["also_reasons"] or ())}
    same = all(want[name] == have[name] for name in ("verdict", "confidence"))
    restored_as = want["verdict"] != "restored" or want["matched_id"] == have["matched_id"]
    return same and have["reason"] in reasons and restored_as


def _told(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in ("verdict", "confidence", "reason")) for row in rows]


def _cases(rows: list[dict[str, Any]]) -> list[str]:
    return [row["case"] for row in rows]


def check(simulated: Simulated, summary: Summary, *, final: bool) -> None:
    found = pl.read_parquet(summary.output / "findings.parquet")
    truth = simulated.truth(final=final)
    assert list(differences(found, truth)) == []
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
    return Simulated(folder)


def test_every_planted_case_has_its_verdict_first_and_with_late_files(simulated):
    check(simulated, simulated.run(), final=False)
    simulated.deliver_late()
    check(simulated, simulated.run(), final=True)


@pytest.mark.slow
def test_four_hundred_customers(tmp_path):
    simulate(tmp_path, seed=3, customers=400, lines=60_000, batches=False)
    simulated = Simulated(tmp_path)
    check(simulated, simulated.run(), final=True)


def test_the_order_in_which_files_come_does_not_matter(tmp_path):
    """One run over everything gives what two runs give, byte for byte."""
    for name, batches in (("at-once", False), ("in-two", True)):
        simulate(tmp_path / name, seed=4, customers=40, batches=batches)
    in_two = Simulated(tmp_path / "in-two")
    in_two.run()
    in_two.deliver_late()
    last = in_two.run().output
    once = Simulated(tmp_path / "at-once").run().output
    for name in ("findings", "evidence", "unattributed", "quarantine"):
        assert (last / f"{name}.parquet").read_bytes() == (once / f"{name}.parquet").read_bytes()
    packs = {path.relative_to(last): path.read_bytes() for path in (last / "notices").rglob("*.*")}
    assert packs == {
        path.relative_to(once): path.read_bytes() for path in (once / "notices").rglob("*.*")
    }


def test_what_was_planted_differently_would_be_seen(tmp_path):
    """The comparison itself: a missed, an invented and a wrong finding each show."""
    simulate(tmp_path, seed=5, customers=40, batches=False)
    simulated = Simulated(tmp_path)
    truth = simulated.truth(final=True)
    found = pl.read_parquet(simulated.run().output / "findings.parquet")
    assert not list(differences(found, truth))
    assert list(differences(found[1:], truth))
    assert list(differences(found, truth[1:]))
    wrong = found.with_columns(verdict=pl.col("verdict").replace({"lost": "restored"}))
    assert list(differences(wrong, truth))
