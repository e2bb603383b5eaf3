"""`cutover-recon serve` as a process of its own, and its server as the page uses it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

PATIENCE_S = 180
_START = "from flows.cli import main; main()"
FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}

Seen = TypeVar("Seen")


class Serving:
    """The command, and what it has started."""

    def __init__(self, migration: Path, home: Path, port: int | None, **environment: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = port or free.getsockname()[1]
        self.home = home
        self.migration = migration
        self.page = f"http://127.0.0.1:{self.port}"
        self.api = httpx.Client(base_url=f"{self.page}/api", trust_env=False, timeout=30)
        own = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _START, "serve", str(migration), "--port", str(self.port)],
            env=own
            | {"PREFECT_HOME": str(home), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def wait_until_ready(self) -> str:
        """What it says as soon as runs can be started."""
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        assert said, self.process.communicate()[1]
        return said + self.process.stdout.readline()

    def deployment(self, flow: str, migration: str = "mini") -> dict[str, Any]:
        return self.get(f"/deployments/name/{flow}/{migration}")

    def get(self, path: str) -> Any:
        return self.api.get(path).raise_for_status().json()

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        answer = self.api.post(path, json=body)
        # Prefect's SQLite may be busy for a moment; its own clients ask again then, too.
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            time.sleep(1)
            answer = self.api.post(path, json=body)
        return answer.raise_for_status().json()

    def start(self, flow: str, **parameters: object) -> str:
        """Start a run with the very JSON that the form sends; its id."""
        deployment = self.deployment(flow)
        body = {
            "state": {"type": "SCHEDULED", "message": "Run from the Prefect UI with defaults"},
            "parameters": deployment["parameters"] | parameters,
            "name": f"run-{time.monotonic_ns()}",
            "work_queue_name": None,
            "job_variables": {},
        }
        return str(self.post(f"/deployments/{deployment['id']}/create_flow_run", body)["id"])

    def state(self, run: str) -> dict[str, Any]:
        state: dict[str, Any] = self.get(f"/flow_runs/{run}")["state"]
        return state

    def ended(self, run: str) -> tuple[str, str]:
        """The last state of a run: its type and name."""
        state = soon(lambda: (now := self.state(run))["type"] in FINAL and now)
        return state["type"], state["name"]

    def cancel(self, run: str) -> None:
        state = {"type": "CANCELLING", "name": "Cancelling"}
        self.post(f"/flow_runs/{run}/set_state", {"state": state, "force": False})

    def processes(self) -> set[int]:
        """Itself and all that it has started, and these."""
        parents = {pid: parent for pid, parent in _processes() if parent}
        found = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found

    def end(self, how: signal.Signals) -> tuple[int, float]:
        """Its exit code, and how long it took."""
        begun = time.monotonic()
        self.process.send_signal(how)
        code = self.process.wait(60)
        return code, time.monotonic() - begun


@contextmanager
def serving(
    migration: Path, home: Path, *, port: int | None = None, **environment: str
) -> Iterator[Serving]:
    one = Serving(migration, home, port, **environment)
    try:
        yield one
    finally:
        one.api.close()
        one.process.kill()
        one.process.communicate()


def soon(look: Callable[[], Seen | bool | None], seconds: float = PATIENCE_S) -> Seen:
    """What comes to be seen within the time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if seen := look():
            return seen  # type: ignore[return-value]
        time.sleep(0.1)
    raise AssertionError("it never came")


def alive(processes: set[int]) -> set[int]:
    return processes & {pid for pid, parent in _processes() if parent}


def _processes() -> Iterator[tuple[int, int]]:
    """Each process with its parent; zombies have none any more."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        yield int(stat.parent.name), 0 if fields[0] in "ZX" else int(fields[1])
