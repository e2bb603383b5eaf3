"""Prefect's server as a process that lives no longer than this one."""

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from transforms.errors import ConfigurationError, CutoverError

HOST: Final = "127.0.0.1"
LOG: Final = "cutover-recon-server.log"
_START_S: Final = 180
_END_S: Final = 5
_LOOK_AGAIN_S: Final = 0.2
_START: Final = (
    "import sys; from flows.serving.ending import end_with; end_with(int(sys.argv.pop(1))); "
    "from prefect.cli import app; app()"
)
# What of it the user may decide otherwise.
_USUAL: Final = {
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    # The newer pages ask a host of Prefect's for what they may do; these ask nobody.
    "PREFECT_SERVER_UI_V2_ENABLED": "false",
    # Who waits for a place is looked after every few seconds, not every thirty.
    "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "3",
    "PREFECT_SERVER_CONCURRENCY_MAXIMUM_CONCURRENCY_SLOT_WAIT_SECONDS": "2",
}


class PortTakenError(ConfigurationError):
    """Another program listens where the server should."""


class ServerError(CutoverError):
    """Prefect's server did not start, or has ended."""


@contextmanager
def own_server(home: Path, port: int, told: threading.Event) -> Iterator["subprocess.Popen[bytes]"]:
    """A server on loopback that answers; ended after the block, or with this process.

    Not waited for any longer where the word to end has come meanwhile.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _only_one(home, port), _log(home) as log:
        server = subprocess.Popen(  # noqa: S603 - it is what runs this
            [sys.executable, "-P", "-c", _START, str(os.getpid()), "server", "start"],
            env=os.environ | _environment(home, port),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C ends this process first, which still needs the server to say how runs ended.
            start_new_session=True,
        )
        try:
            _wait_for(server, port, home / LOG, told)
            yield server
        finally:
            _end(server)


def api_of(port: int) -> str:
    """Where the server's API is."""
    return f"http://{HOST}:{port}/api"


def has_ended(home: Path, server: "subprocess.Popen[bytes]") -> ServerError:
    """What to say of a server that has ended by itself."""
    return ServerError(
        f"Prefect's server has ended with exit code {server.returncode}; {home / LOG} says why. "
        "Runs that were at work have ended with it; start `cutover-recon serve` again."
    )


def _environment(home: Path, port: int) -> Mapping[str, str]:
    usual = {name: os.environ.get(name, value) for name, value in _USUAL.items()}
    return usual | {
        "PREFECT_API_URL": api_of(port),
        "PREFECT_SERVER_API_HOST": HOST,
        # By the option alone the page would look for its API on Prefect's usual port.
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_UI_API_URL": api_of(port),
        "PREFECT_SERVER_UI_ENABLED": "true",
        # The usual place is beside the program, where this user may not be allowed to write.
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(home / "cutover-recon-pages"),
        # Pages of other sites, open in the same browser, must not start runs.
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"http://{HOST}:{port},http://localhost:{port}",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }


@contextmanager
def _only_one(home: Path, port: int) -> Iterator[None]:
    """Two servers on one database would both start what is scheduled."""
    with (home / ".cutover-recon-serve").open("a+", encoding="ascii") as lock:
        if not _locked(lock):
            lock.seek(0)
            raise PortTakenError(
                f"Another `cutover-recon serve` uses Prefect's records in {home}, and its server "
                f"is at {lock.read().strip() or 'a port of its own'}. To serve a second migration "
                "there, set PREFECT_API_URL to that address with /api behind it; or set "
                "PREFECT_HOME to a folder of its own."
            )
        _refuse_taken(port)
        lock.truncate(0)
        lock.write(f"http://{HOST}:{port}")
        lock.flush()
        yield


def _locked(lock: IO[str]) -> bool:
    """Take the lock; whoever has it may be about to end, so wait a little."""
    until = time.monotonic() + _END_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(_LOOK_AGAIN_S)
        else:
            return True


@contextmanager
def _log(home: Path) -> Iterator[int]:
    log = os.open(home / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        yield log
    finally:
        os.close(log)


def _refuse_taken(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
        except OSError as error:
            raise PortTakenError(
                f"Port {port} of {HOST} can't be used ({error.strerror}): another program listens "
                f"there. Choose another by --port, or end that program; if it is a Prefect server "
                f"that you want to use, set PREFECT_API_URL={api_of(port)}."
            ) from error


def _wait_for(
    server: "subprocess.Popen[bytes]", port: int, log: Path, told: threading.Event
) -> None:
    until = time.monotonic() + _START_S
    while server.poll() is None and time.monotonic() < until:
        if told.wait(_LOOK_AGAIN_S) or _answers(port):
            return
    raise ServerError(
        f"Prefect's server does not start: {log} says why. Correct that and start again, or name "
        "a server that is there already by PREFECT_API_URL."
    )


def _answers(port: int) -> bool:
    # By nothing that would ask a proxy for it.
    asked = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        asked.request("GET", "/api/health")
        return asked.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def _end(server: "subprocess.Popen[bytes]") -> None:
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(_END_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
