"""Caddy itself, Debian's, with a site of its own for a test."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.real_servers.asking import free_port, is_open, wait_for_lines, wait_until
from tests.real_servers.programs import homeless, program

_CADDYFILE = """\
{{
	admin off
	auto_https off
	storage file_system {folder}/storage
	{for_all}
}}
http://:{port} {{
	bind 127.0.0.1
	log {for_accesses}
	{site}
}}
"""
_LOG = """\
{{
	output file {folder}/access.log
	format json {{
		{json}
	}}
}}
"""


@dataclass(frozen=True)
class Caddy:
    """A running server."""

    port: int
    log: Path

    def logged(self, count: int) -> list[str]:
        """The lines of its access log, once there are so many."""
        return wait_for_lines(self.log, count)


StartCaddy = Callable[..., Caddy]


@pytest.fixture
def start_caddy(tmp_path: Path) -> Iterator[StartCaddy]:
    """Start a Caddy with directives for its site and its JSON encoder.

    With `says_all`, all that it says stands in the access log, as much as possible.
    """
    executable = program("caddy", package="caddy")
    with ExitStack() as running:

        def start(site: str, json: str = "", *, says_all: bool = False) -> Caddy:
            port = free_port()
            folder = tmp_path / f"caddy-{port}"
            folder.mkdir()
            log = _LOG.format(folder=folder, json=json)
            written = _CADDYFILE.format(
                folder=folder,
                port=port,
                site=site,
                for_all=f"debug\nlog {log}" if says_all else "",
                for_accesses="" if says_all else log,
            )
            return running.enter_context(_running(executable, folder, port, written))

        yield start


@contextmanager
def _running(executable: str, folder: Path, port: int, written: str) -> Iterator[Caddy]:
    (folder / "Caddyfile").write_text(written, "utf-8")
    command = [executable, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            command, stdout=said, stderr=said, env=homeless(folder), cwd=folder
        )
    try:
        if not wait_until(lambda: process.poll() is not None or is_open(port)) or process.poll():
            pytest.fail(f"Caddy does not start: {(folder / 'said').read_text('utf-8')}")
        yield Caddy(port, folder / "access.log")
    finally:
        process.kill()
        process.wait()
