"""Requests as bytes, so that they can be as wrong as they like."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

HOST = "127.0.0.1"
_PATIENCE_S = 20.0


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
        return port


def ask(port: int, request: bytes) -> bytes:
    """Send it on a connection of its own; return all that comes back until that is closed."""
    with socket.create_connection((HOST, port), timeout=_PATIENCE_S) as connection:
        connection.sendall(request)
        answer = b""
        try:
            while received := connection.recv(65_536):
                answer += received
        except ConnectionResetError:
            pass
        return answer


def is_open(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_until(holds: Callable[[], bool]) -> bool:
    """Whether it holds before long."""
    until = time.monotonic() + _PATIENCE_S
    while not (held := holds()) and time.monotonic() < until:
        time.sleep(0.02)
    return held


def wait_for_lines(log: Path, count: int) -> list[str]:
    """The lines of a log, once it has so many: a server logs after it has answered."""
    wait_until(lambda: log.exists() and log.read_bytes().count(b"\n") >= count)
    text = log.read_bytes() if log.exists() else b""
    return text.decode("utf-8", "replace").splitlines()
