"""Two processes at work on one migration: the second says who is, or waits; a dead one is nobody.

The processes are real. The first one is halted by the system while it holds the migration, so that
the second one meets it however fast or slow this machine is.
"""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.benchmarks.kills.migration import APPROVED, write_migration
from tests.benchmarks.kills.standing import ask
from tests.benchmarks.kills.victim import Environment, Victim, do, prefect_server
from tests.flows.sending.mail_server import Mailbox, mail_server

# In one worker, with one server of Prefect's.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("two at once")]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    with prefect_server(tmp_path_factory.mktemp("prefect")) as environment:
        yield environment


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as mailbox:
        yield mailbox


@pytest.fixture
def file(tmp_path: Path, mailbox: Mailbox) -> Path:
    write_migration(tmp_path, port=mailbox.port)
    return tmp_path / "migration.toml"


def begun(environment: Environment, *arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from flows.cli import main; main()", *map(str, arguments)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    with process:
        try:
            out, err = process.communicate(timeout=120)
        finally:
            process.kill()
    return process.returncode, out, err


def holder(folder: Path) -> int | None:
    """The process that holds the migration, by the ledger."""
    rows = ask(folder, "SELECT pid FROM locks")
    return int(str(rows[0][0])) if rows else None


@contextmanager
def halted(environment: Environment, file: Path) -> Iterator[Victim]:
    """A run that holds the migration, and goes on to its end only after the block."""
    victim = Victim(environment, "run", str(file))
    try:
        victim.wait_until(lambda: has_begun(file.parent, victim))
        os.kill(victim.pid, signal.SIGSTOP)
        while is_writing(file.parent):
            # All others would have to wait for its transaction.
            os.kill(victim.pid, signal.SIGCONT)
            time.sleep(0.01)
            os.kill(victim.pid, signal.SIGSTOP)
        assert holder(file.parent) == victim.pid
        yield victim
    finally:
        with suppress(ProcessLookupError):
            os.kill(victim.pid, signal.SIGCONT)
        victim.end()


def has_begun(folder: Path, victim: Victim) -> bool:
    """Whether it holds the migration by now; looks at the ledger itself, which is being written."""
    if not (folder / "ledger.db").exists():
        return False
    with closing(sqlite3.connect(folder / "ledger.db")) as ledger:
        try:
            return ledger.execute("SELECT pid FROM locks").fetchall() == [(victim.pid,)]
        except sqlite3.OperationalError:
            # Its tables are just being made.
            return False


def is_writing(folder: Path) -> bool:
    with closing(sqlite3.connect(folder / "ledger.db", timeout=0.5)) as ledger:
        try:
            ledger.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        return False


def last_run(folder: Path) -> str:
    return str(ask(folder, "SELECT state FROM runs ORDER BY number")[-1][0])


@pytest.mark.parametrize(
    "command", [("run",), ("notices", "send", "--all", "--yes"), ("purge", "--yes")]
)
def test_the_second_says_who_is_at_work_and_does_nothing(environment, file, command):
    with halted(environment, file) as first:
        code, _, err = ended(begun(environment, *command, file))
        assert holder(file.parent) == first.pid
    assert code == 1
    (paragraph,) = err.splitlines()
    assert paragraph.startswith(f"A run is at work on mini (process {first.pid} on ")
    assert "--wait" in paragraph
    assert last_run(file.parent) == "done"
    assert holder(file.parent) is None


def test_with_wait_a_run_comes_after_the_other(environment, file):
    with halted(environment, file) as first:
        second = begun(environment, "run", file, "--wait", "--json")
        assert second.stderr is not None
        said = second.stderr.readline()
        assert said.startswith(f"A run is at work on mini (process {first.pid} on ")
        assert re.search(r", since \d{4}-\d\d-\d\d [0-9:]+ UTC\)\. Waiting for its end …\n$", said)
        # It says so once, and waits.
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(3)
    code, out, err = ended(second)
    assert (code, err) == (0, "")
    assert '"read":0' in out
    assert ask(file.parent, "SELECT state FROM runs") == [("done",), ("done",)]


def test_with_wait_sending_comes_after_the_run(environment, file, mailbox):
    do(environment, "run", str(file))
    do(environment, "notices", "approve", str(file), *APPROVED)
    with halted(environment, file) as first:
        second = begun(environment, "notices", "send", file, "--all", "--yes", "--wait")
        assert second.stderr is not None
        said = second.stderr.readline()
    code, out, _ = ended(second)
    assert said.startswith(f"A run is at work on mini (process {first.pid} on ")
    assert code == 0, out
    assert len(mailbox.received) == len(APPROVED)
    assert holder(file.parent) is None


def test_after_a_kill_the_next_run_goes_on(environment, file):
    with halted(environment, file) as first:
        first.kill()
        first.wait(60)
        assert holder(file.parent) == first.pid
    code, _, err = ended(begun(environment, "run", file))
    assert (code, err) == (0, "")
    assert last_run(file.parent) == "done"
    assert holder(file.parent) is None
    assert (file.parent / "out/mini/findings.parquet").exists()
