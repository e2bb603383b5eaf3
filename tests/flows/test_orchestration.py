"""Prefect around the run: its server starts by itself, for several runs at once as well."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.migrations import write_migration


def start(file: Path, home: Path, **environment: str) -> subprocess.Popen[str]:
    """Run in a process of its own, as Prefect reads its settings once."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return subprocess.Popen(
        [sys.executable, "-c", "from flows.cli import main; main()", "run", str(file)],
        env=own | {"PREFECT_HOME": str(home)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.xdist_group("serving")
def test_two_first_runs_at_once_do_not_break_each_others_database(tmp_path):
    """Where Prefect has never run, each would make its database, and all would fail."""
    runs = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        runs.append(start(write_migration(tmp_path / name), tmp_path / "prefect"))
    for run in runs:
        said, complaint = run.communicate(timeout=240)
        assert (run.returncode, complaint) == (0, "")
        assert said.startswith("1 lost")


def test_a_server_that_does_not_answer_is_named(tmp_path):
    run = start(
        write_migration(tmp_path), tmp_path / "prefect", PREFECT_API_URL="http://127.0.0.1:9/api"
    )
    said, complaint = run.communicate(timeout=120)
    assert (run.returncode, said) == (1, "")
    assert complaint.startswith("Prefect's server does not answer")
    assert "Traceback" not in complaint


def test_a_server_that_is_not_ready_in_time_is_named(tmp_path):
    run = start(
        write_migration(tmp_path),
        tmp_path / "prefect",
        PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS="1",
    )
    said, complaint = run.communicate(timeout=120)
    assert (run.returncode, said) == (1, "")
    assert complaint.startswith("Prefect's server, which is started for this run alone, was not")
    assert "Traceback" not in complaint
