"""What the operator of a run sees in Prefect: its name, its state, its artifacts; and a dry run."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.flows.kept import artifacts_of
from tests.flows.migrations import write_migration

pytestmark = pytest.mark.xdist_group("prefect")

PERSONAL = ("Jörg", "Müller", "j.mueller", "2345678", "FF Beispiel", "ff@example.org")


@pytest.fixture
def migration(tmp_path: Path) -> Path:
    return write_migration(tmp_path)


@pytest.fixture
def client():
    from prefect.client.orchestration import get_client  # noqa: PLC0415

    with get_client(sync_client=True) as opened:
        yield opened


def ended(migration, **options):
    """The last state of a run."""
    from flows.reconcile import reconcile  # noqa: PLC0415

    return reconcile(str(migration), **options, return_state=True)


def run_of(client, state):
    return client.read_flow_run(state.state_details.flow_run_id)


def test_a_run_is_named_after_its_migration_and_number(migration, client):
    for number in (1, 2):
        run = run_of(client, ended(migration))
        assert run.name == f"mini #{number}"
        assert {"cutover-recon", "mini"} <= set(run.tags)


def test_the_state_says_how_it_ended_and_what_matters_most(migration, client):
    first = ended(migration)
    assert (first.type.value, first.name) == ("COMPLETED", "Final")
    assert run_of(client, first).state.message.startswith("1 lost, 0 stale, 0 resurrected")
    assert ended(migration).name == "NothingNew"


def test_a_run_that_fails_is_named_after_why(migration, client):
    (migration.parent / "logs/proxy-a.log").write_text("nonsense\n" * 500, "utf-8")
    state = ended(migration)
    assert (state.type.value, state.name) == ("FAILED", "MalformedSource")
    assert "proxy-a" in run_of(client, state).state.message


def test_gaps_make_it_preliminary_and_are_drawn(migration, client):
    log = migration.parent / "logs/proxy-a.log"
    lines = log.read_text("utf-8").splitlines(keepends=True)
    log.write_text("".join(line for line in lines if ":21:3" not in line), "utf-8")
    state = ended(migration)
    assert state.name == "Preliminary"
    page = artifacts_of(client, state)["What the logs cover"]["data"]
    assert re.search(r"^proxy-a █{22}·{2,3}█+$", page, re.MULTILINE), page
    assert r"- proxy-a: 19:29:30 to 19:40:00 UTC, 10 min 30 s" in page


def test_artifacts_say_ids_and_counts_and_nothing_personal(migration, client):
    left = artifacts_of(client, ended(migration))
    assert set(left) == {
        "Access logs", "Client events", "Summary", "What the logs cover",
        "Customers with a notice", "Sums", "Report",
    }  # fmt: skip
    assert left["Access logs"]["data"] == 100
    assert left["Summary"]["data"].startswith("**1 lost, 0 stale, 0 resurrected; 0 to check.")
    (customer,) = json.loads(left["Customers with a notice"]["data"])
    assert customer == {
        "customer": "4711", "lost": 1, "stale": 0, "resurrected": 0, "to check": 0,
        "done": "0 of 1", "notice": "revision 1", "state": "draft",
    }  # fmt: skip
    sums = {row["total"]: row["count"] for row in json.loads(left["Sums"]["data"])}
    assert sums["lines read"] == 521
    told = json.dumps(left, ensure_ascii=False)
    assert not [word for word in PERSONAL if word in told]


def test_a_run_with_nothing_new_says_so_in_one_page(migration, client):
    ended(migration)
    left = artifacts_of(client, ended(migration))
    assert set(left) == {"Summary"}
    assert left["Summary"]["data"].startswith("**Nothing new**")


def test_a_dry_run_writes_findings_and_report_beside_all_else_and_no_notice(migration, client):
    state = ended(migration, dry_run=True)
    output = migration.parent / "out/mini"
    assert state.name == "DryRun"
    assert not (output / "notices").exists()
    assert not (output / "findings.parquet").exists()
    assert {"findings.parquet", "report.html", "worklist.xlsx"} <= {
        path.name for path in (output / "dry-run").iterdir()
    }
    assert "no notice was written" in artifacts_of(client, state)["Summary"]["data"]


def test_a_dry_run_changes_nothing_of_what_earlier_runs_have_written(migration, client):
    from flows.forms import OtherWindow  # noqa: PLC0415

    ended(migration)
    output = migration.parent / "out/mini"
    before = contents(output)
    state = ended(migration, dry_run=True, window=OtherWindow(snapshot_at="2021-05-18T20:30+02:00"))
    assert "losses before the snapshot" in artifacts_of(client, state)["Summary"]["data"]
    shutil.rmtree(output / "dry-run")
    assert contents(output) == before
    # And the next run has nothing to do because of it.
    assert ended(migration).name == "NothingNew"


def test_a_file_that_fails_leaves_the_work_on_others_done(migration):
    """The run ends as failed and names the file; the next one reads only what is missing."""
    logs = migration.parent / "logs"
    broken = logs / "broken.log"
    other = logs / "other.log"
    for file in (broken, other):
        file.write_bytes("UTF-16 is no log\n".encode("utf-16"))
    state = ended(migration)
    assert (state.type.value, state.name) == ("FAILED", "Source")
    assert "broken.log" in state.message
    assert "other.log" in state.message
    broken.unlink()
    other.unlink()
    summary = ended(migration).result()
    assert (summary.files_read, summary.files_skipped) == (1, 1)


def contents(folder: Path) -> dict[str, bytes]:
    """All files by name; the lock says which process was there."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }
