"""HAProxy logs what was sent to it with every prefix that it knows; all of them are read."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from flows.sources.files import first_lines
from flows.sources.found import LocalFile
from tests.real_servers.asking import free_port
from tests.real_servers.programs import program
from tests.real_servers.running import running
from tests.real_servers.sent import SENT, backend, check_log, send_all
from transforms.access_logs.haproxy import compile_haproxy

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

PREFIXES = ("raw", "rfc3164", "rfc5424", "local", "iso", "timed", "short", "priority")
NOT_LOGGED = ("user_agent", "request_id", "location")
# Europe/Berlin, in words that need no zone files.
ZONE = "CET-1CEST,M3.5.0,M10.5.0/3"


@contextmanager
def _syslog(path: Path) -> Iterator[int]:
    """Write what comes over UDP into a file, a line each, as a syslog would; yields the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver, path.open("wb") as file:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(0.2)
        is_over = threading.Event()

        def write() -> None:
            while True:
                try:
                    file.write(receiver.recv(65_536).rstrip(b"\n") + b"\n")
                except TimeoutError:
                    if is_over.is_set():
                        return

        thread = threading.Thread(target=write)
        thread.start()
        try:
            yield receiver.getsockname()[1]
        finally:
            is_over.set()
            thread.join()


def _logged(folder: Path, prefix: str, more: str) -> tuple[Path, tuple[datetime, datetime]]:
    haproxy = program("haproxy", package="haproxy")
    port, tcp = free_port(), free_port()
    with backend() as behind, _syslog(folder / "haproxy.log") as syslog:
        (folder / "haproxy.cfg").write_text(
            f"""
            global
              log 127.0.0.1:{syslog} format {prefix} local0
              nbthread 1
            defaults
              log global
              option dontlognull
              timeout client 5s
              timeout server 5s
              timeout connect 5s
            frontend web
              mode http
              option httplog
              option accept-invalid-http-request
              bind 127.0.0.1:{port}
              {more}
              default_backend servers
            frontend bare
              mode tcp
              option tcplog
              bind 127.0.0.1:{tcp}
              default_backend bare
            backend servers
              mode http
              server one 127.0.0.1:{behind}
            backend bare
              mode tcp
              server one 127.0.0.1:{behind}
            backend down
              mode http
              server none 127.0.0.1:1 check inter 50ms fall 1
            """.replace("\n            ", "\n"),
            "utf-8",
        )
        command = [haproxy, "-db", "-f", f"{folder}/haproxy.cfg"]
        with running(command, folder, port, {"TZ": ZONE}):
            send_all(tcp, SENT[:1])
            during = send_all(port)
    return folder / "haproxy.log", during


CAPTURE = """
              capture request header User-Agent len 100
              capture request header X-Request-Id len 40
              capture response header Location len 100
              capture cookie SID len 20
"""


@pytest.mark.parametrize(
    ("prefix", "more"),
    [
        *((prefix, "") for prefix in PREFIXES),
        ("rfc3164", CAPTURE),
        ("raw", f"{CAPTURE}              option logasap\n"),
    ],
)
def test_all_that_was_sent_is_read_from_the_log(tmp_path, prefix, more):
    path, during = _logged(tmp_path, prefix, more)
    text = path.read_text("utf-8")
    assert "Server down/none is DOWN" in text
    assert " bare bare/one " in text
    check_log(
        compile_haproxy("Europe/Berlin"),
        first_lines([LocalFile.at(path)], 1_000),
        during,
        but=NOT_LOGGED,
    )
