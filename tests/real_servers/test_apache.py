"""Apache logs what was sent to it in several formats at once; all of them are read."""

import re
from pathlib import Path

import pytest

from flows.sources.files import first_lines
from flows.sources.found import LocalFile
from tests.real_servers.asking import free_port
from tests.real_servers.programs import program
from tests.real_servers.running import running
from tests.real_servers.sent import backend, check_log, send_all
from transforms.access_logs.apache import compile_apache

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

MODULES = ("mpm_event", "authz_core", "proxy", "proxy_http", "unique_id")
FORMATS = {
    "combined": None,
    "rich": (
        r"%{usec}t %t %a %h \"%U%q\" \"%r\" %>s %s %B %O %D %{ms}T \"%{User-Agent}i\" "
        r"\"%{X-Request-Id}i\" %{UNIQUE_ID}e \"%{Location}o\" %L %X 100%%"
    ),
    "parts": (
        r"[%{%Y-%m-%dT%H:%M:%S}t.%{usec_frac}t%{%z}t] %h\t%r\t%>s\t\"%{User-Agent}i\"\t"
        r"\"%!200,304{Referer}i\" %{X-Request-Id}i %{Location}o"
    ),
    "ended": r"%{end:%d.%m.%Y %T}t,%{end:msec_frac}t %{end:%z}t %h %m \"%r\" %s \"%{User-agent}i\"",
}
NOT_LOGGED = {"combined": ("request_id", "location"), "ended": ("request_id", "location")}
COMBINED = r"%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\""


def _directive(name: str) -> str:
    return f'LogFormat "{FORMATS[name] or COMBINED}" {name}'


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    """The folder of the logs, and when they were written."""
    apache = program("apache2", package="apache2-bin")
    modules = Path("/usr/lib/apache2/modules")
    folder = tmp_path_factory.mktemp("apache")
    port = free_port()
    lines = [
        *(f"LoadModule {name}_module {modules}/mod_{name}.so" for name in MODULES),
        f"DefaultRuntimeDir {folder}",
        f"PidFile {folder}/pid",
        f"ErrorLog {folder}/error.log",
        "User www-data",
        "Group www-data",
        "ServerName fe2.example",
        f"Listen 127.0.0.1:{port}",
        *map(_directive, FORMATS),
        *(f"CustomLog {folder}/{name}.log {name}" for name in FORMATS),
    ]
    with backend() as behind:
        lines.append(f"ProxyPass / http://127.0.0.1:{behind}/")
        (folder / "httpd.conf").write_text("\n".join(lines) + "\n", "utf-8")
        command = [apache, "-d", str(folder), "-f", f"{folder}/httpd.conf", "-DFOREGROUND"]
        with running(command, folder, port):
            during = send_all(port)
    return folder, during


@pytest.mark.parametrize("name", FORMATS)
def test_all_that_was_sent_is_read_from_the_log(logged, name):
    folder, during = logged
    log_format = compile_apache(FORMATS[name] and _directive(name), None)
    lines = first_lines([LocalFile.at(folder / f"{name}.log")], 1_000)
    check_log(log_format, lines, during, but=NOT_LOGGED.get(name, ()))


def test_where_no_id_came_apaches_own_is_read(logged):
    folder, _ = logged
    lines = first_lines([LocalFile.at(folder / "rich.log")], 2)
    parsed = compile_apache(_directive("rich"), None).parse(lines)
    first, second = parsed.requests.sort("line")["request_id"]
    assert first == "8d5e"
    assert re.fullmatch("[A-Za-z0-9@_-]{20,}", second)
