"""Read by the workers of a Dask cluster, the findings are those of a run in one process."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import distributed
import polars as pl
import pytest

from flows.dask_schedulers import reach_scheduler
from tests.flows.migrations import write_migration
from tests.flows.serving.served import soon
from transforms.errors import ConfigurationError

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prefect")]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """For all who leave its workers alive."""
    with running_cluster(tmp_path_factory.mktemp("dask")) as running:
        yield running


@pytest.fixture
def mortal_cluster(tmp_path):
    """For whoever kills one."""
    with running_cluster(tmp_path) as running:
        yield running


@contextmanager
def running_cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """A scheduler and two workers in processes of their own, as on other machines."""
    file = folder / "scheduler.json"
    scheduler = started(
        "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
        "--scheduler-file", str(file), folder=folder,
    )  # fmt: skip
    workers = [
        started(
            "worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny",
            "--no-dashboard", "--local-directory", str(folder), folder=folder,
        )
        for _ in range(2)
    ]  # fmt: skip
    try:
        yield address_in(file), workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def started(what: str, *options: str, folder: Path) -> subprocess.Popen:
    with (folder / f"{what}.log").open("ab") as log:
        command = [sys.executable, "-m", "distributed.cli.dask_" + what, *options]
        return subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=os.environ)


def address_in(file: Path) -> str:
    import json  # noqa: PLC0415

    until = time.monotonic() + 60
    while time.monotonic() < until:
        if file.exists() and (text := file.read_text("utf-8")):
            return str(json.loads(text)["address"])
        time.sleep(0.1)
    raise TimeoutError("the scheduler has not started")


def reconciled(migration: Path, **options):
    from flows.reconcile import reconcile  # noqa: PLC0415

    return reconcile(str(migration), **options)


def many_logs(folder: Path, files: int = 8) -> Path:
    """A migration whose log is cut into so many files."""
    migration = write_migration(folder)
    log = folder / "logs/proxy-a.log"
    lines = log.read_bytes().splitlines(keepends=True)
    log.unlink()
    for number in range(files):
        (folder / f"logs/proxy-a.log.{number}").write_bytes(b"".join(lines[number::files]))
    return migration


def findings(migration: Path) -> pl.DataFrame:
    return pl.read_parquet(migration.parent / "out/mini/findings.parquet")


def test_findings_are_those_of_a_run_in_one_process(tmp_path, cluster):
    from flows.runner import Runner  # noqa: PLC0415

    address, _ = cluster
    local, remote = tmp_path / "local", tmp_path / "dask"
    local.mkdir()
    remote.mkdir()
    reconciled(many_logs(local))
    summary = reconciled(many_logs(remote), runner=Runner.DASK, dask_address=address)
    assert summary.files_read == 9
    assert findings(remote / "migration.toml").equals(findings(local / "migration.toml"))


def test_a_worker_killed_in_the_middle_does_no_harm(tmp_path, mortal_cluster):
    from flows.runner import Runner  # noqa: PLC0415

    address, workers = mortal_cluster
    migration = many_logs(tmp_path, files=40)
    killer = subprocess.Popen(
        [sys.executable, "-c", KILL_AFTER_FIRST, str(tmp_path / "out/mini/extracts"),
         str(workers[0].pid), str(int(signal.SIGKILL))]
    )  # fmt: skip
    summary = reconciled(migration, runner=Runner.DASK, dask_address=address)
    assert killer.wait() == 0
    assert workers[0].wait() == -signal.SIGKILL
    assert (summary.files_read, dict(summary.findings)) == (41, {"lost": 1})
    assert reconciled(migration, verify=True).lines == summary.lines


# When the first extract is there, the others are being read.
KILL_AFTER_FIRST = """
import os, sys, time
from pathlib import Path
folder, pid, how = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
while not (folder.is_dir() and any(folder.iterdir())):
    time.sleep(0.01)
os.kill(pid, how)
"""


RIGHT = (
    " Start the scheduler, or name the address that it prints at its start, such as "
    "tcp://10.0.0.5:8786; without dask_address, a cluster is started on this machine."
)


def wrong(address: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        reach_scheduler(address, connect_s=1)
    assert str(caught.value).endswith(RIGHT)
    return str(caught.value).removesuffix(RIGHT)


def test_an_address_where_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    assert wrong(address).startswith(
        f"dask_address is '{address}', and no scheduler answers there within 1 s"
    )


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("10.0.0.5", "missing port number"),
        ("http://10.0.0.5:8786", "unknown address scheme 'http'"),
    ],
)
def test_what_is_no_address(address, said):
    told = wrong(address)
    assert told.startswith(f"dask_address is '{address}', and Dask can't connect to that")
    assert said in told


def test_an_address_of_something_else(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        assert "no scheduler answers there" in wrong(address)


def test_a_scheduler_that_answers_is_taken_and_a_worker_is_not(cluster, tmp_path):
    address, _ = cluster
    reach_scheduler(address)
    with distributed.Client(address, set_as_default=False) as client:
        worker = soon(lambda: next(iter(client.scheduler_info()["workers"]), None))
    assert wrong(worker).endswith("a worker answers there, and no scheduler.")


def test_a_run_with_a_wrong_address_says_so(tmp_path):
    from flows.reconcile import reconcile  # noqa: PLC0415
    from flows.runner import Runner  # noqa: PLC0415

    migration = str(write_migration(tmp_path))
    options = {"runner": Runner.DASK, "dask_address": "nowhere"}
    state = reconcile(migration, **options, return_state=True)
    assert (state.type.value, state.name) == ("FAILED", "Configuration")
    assert state.message.startswith("dask_address is 'nowhere', and Dask can't connect to that")


def test_workers_read_objects_by_themselves(bucket, tmp_path):
    from flows.runner import Runner  # noqa: PLC0415

    local = many_logs(tmp_path)
    there = local.read_text("utf-8")
    for path in (tmp_path / "logs").iterdir():
        bucket.put(f"logs/{path.name}", path.read_bytes())
    local.write_text(there.replace('"logs/', f'"{bucket.url("logs/")}'), "utf-8")
    # Its workers know the bucket by the environment in which they are started.
    with running_cluster(tmp_path) as (address, _):
        summary = reconciled(local, runner=Runner.DASK, dask_address=address)
    assert (summary.files_read, dict(summary.findings)) == (9, {"lost": 1})
