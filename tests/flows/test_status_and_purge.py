"""`status` tells from the ledger how a migration stands; `purge` leaves nobody's name behind."""

import json
from pathlib import Path

import pytest

from flows.cli import main
from tests.flows.migrations import write_migration

pytestmark = pytest.mark.xdist_group("prefect")

PERSONAL = ("Jörg", "Müller", "j.mueller", "2345678", "4711")


def call(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    return int(stop.value.code or 0)


@pytest.fixture
def migration(tmp_path: Path) -> Path:
    return write_migration(tmp_path)


def status(migration: Path, capsys: pytest.CaptureFixture[str]) -> dict:
    capsys.readouterr()
    assert call("status", migration, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_before_the_first_run(migration, capsys):
    assert call("status", migration) == 0
    assert "No run yet" in capsys.readouterr().out
    assert status(migration, capsys)["runs"] == []


def test_runs_coverage_findings_and_notices(migration, capsys):
    call("run", migration)
    call("run", migration)
    told = status(migration, capsys)
    assert [(run["number"], run["state"], run["result"]) for run in told["runs"]] == [
        (1, "done", "Final"),
        (2, "done", "NothingNew"),
    ]
    assert told["coverage"] == {"complete": True, "gaps": []}
    assert told["findings"] == {"lost": 1}
    assert told["notices"] == {"draft": 1}
    assert told["lock"] is None
    assert call("status", migration) == 0
    said = capsys.readouterr().out
    assert "Notices: 1 draft" in said
    assert "Coverage: complete" in said


def test_a_run_that_failed_is_told_with_its_error(migration, capsys):
    (migration.parent / "new.db").unlink()
    assert call("run", migration) == 1
    (run,) = status(migration, capsys)["runs"]
    assert (run["state"], run["result"]) == ("failed", "Database")


def test_without_a_yes_nothing_is_removed(migration, capsys):
    call("run", migration)
    output = migration.parent / "out/mini"
    before = sorted(output.rglob("*"))
    capsys.readouterr()
    assert call("purge", migration) == 2
    said = capsys.readouterr()
    assert "1 customers, 1 findings" in said.out
    assert "Nothing was removed" in said.err
    assert sorted(output.rglob("*")) == before


def test_a_purge_leaves_counts_and_nobodys_name(migration, capsys):
    call("run", migration)
    assert call("purge", migration, "--yes") == 0
    for path in (*(migration.parent / "out").rglob("*"), *migration.parent.glob("ledger.db*")):
        if path.is_file() and not path.name.startswith("incident."):
            content = path.read_bytes()
            assert not [word for word in PERSONAL if word.encode() in content], path
    left = {path.name for path in (migration.parent / "out/mini").iterdir()}
    assert left == {"incident.json", "incident.html", ".lock"}
    told = status(migration, capsys)
    assert told["findings"] == {"lost": 1}
    assert told["notices"] == {"draft": 1}
    assert told["purged_at"]
    assert call("status", migration) == 0
    assert "Purged" in capsys.readouterr().out


def test_after_a_purge_no_run_is_possible(migration, capsys):
    call("run", migration)
    call("purge", migration, "--yes")
    capsys.readouterr()
    assert call("run", migration) == 1
    assert "purged" in capsys.readouterr().err
