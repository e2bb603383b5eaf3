"""The command line as a process of its own, and the Prefect server that its runs share."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_PATIENCE_S = 600
_LOOK_AGAIN_S = 0.002

Environment = Mapping[str, str]


class Victim:
    """A command at work."""

    def __init__(self, environment: Environment, *arguments: str) -> None:
        self.arguments = arguments
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from flows.cli import main; main()", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait(self, seconds: float) -> None:
        """Let it work so long."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return

    def wait_until(self, reached: Callable[[], bool]) -> None:
        """Let it work until something is so; or to its end, if it never is."""
        until = time.monotonic() + _PATIENCE_S
        while self._process.poll() is None and not reached() and time.monotonic() < until:
            time.sleep(_LOOK_AGAIN_S)

    def kill(self) -> None:
        """As `kill -9` does."""
        self._process.kill()

    def end(self) -> bool:
        """Whether it was killed. Raises AssertionError where it ended by itself, and not well."""
        said, _ = self._process.communicate(timeout=_PATIENCE_S)
        code = self._process.returncode
        if code not in {0, -9}:
            text = said.decode(errors="replace")
            raise AssertionError(f"{' '.join(self.arguments)} ended with {code}: {text}")
        return code == -9


def do(environment: Environment, *arguments: str) -> None:
    """Let a command come to its end."""
    if Victim(environment, *arguments).end():
        raise AssertionError(f"{' '.join(arguments)} was killed by somebody else")


@contextmanager
def prefect_server(home: Path, port: str | None = None) -> Iterator[Environment]:
    """A server of its own; what runs need in their environment to use it."""
    port = port or free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    own = clean | {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    how = ["--no-services", "--no-ui", "--host", "127.0.0.1", "--port", port]
    server = subprocess.Popen(
        [sys.executable, "-m", "prefect", "server", "start", *how],
        env=own,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    api = f"http://127.0.0.1:{port}/api"
    try:
        _wait_for(f"{api}/health", server)
        yield own | {"PREFECT_API_URL": api}
    finally:
        server.terminate()
        server.wait()


def free_port() -> str:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return str(taken.getsockname()[1])


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError("Prefect's server does not start")
