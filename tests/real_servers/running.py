"""A server that runs for the length of a test."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.real_servers.asking import is_open, wait_until
from tests.real_servers.programs import homeless

_SECONDS = 20


@contextmanager
def running(
    command: Sequence[str], folder: Path, port: int, env: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Run a server in the foreground until the end of the block; it has then written all it has."""
    path = folder / "said.txt"
    with (
        path.open("wb") as said,
        subprocess.Popen(
            command, stdout=said, stderr=said, env={**homeless(folder), **(env or {})}
        ) as server,
    ):
        try:
            wait_until(lambda: server.poll() is not None or is_open(port))
            if server.poll() is not None or not is_open(port):
                pytest.fail(f"{command[0]} does not start: {path.read_text('utf-8', 'replace')}")
            yield
        finally:
            server.terminate()
            server.wait(_SECONDS)
