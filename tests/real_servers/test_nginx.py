"""nginx logs what was sent to it in several formats at once; all of them are read."""

import os

import pytest

from flows.sources.files import first_lines
from flows.sources.found import LocalFile
from tests.real_servers.asking import free_port
from tests.real_servers.programs import program
from tests.real_servers.running import running
from tests.real_servers.sent import backend, check_log, send_all
from transforms.access_logs.nginx import compile_nginx

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

RICH = """
    '$msec $remote_addr $upstream_addr $http_x_request_id $request_id "$sent_http_location" '
    '"$request" $status $body_bytes_sent "$http_user_agent"';
"""
FORMATS = {
    "combined": None,
    "rich": f"log_format rich {RICH}",
    "json": """
        log_format json escape=json '{"at":"$time_iso8601","request":"$request",'
            '"method":"$request_method","uri":"$request_uri","status":$status,'
            '"agent":"$http_user_agent","id":"$http_x_request_id",'
            '"to":"$upstream_addr","location":"$sent_http_location","ip":"$remote_addr"}';
    """,
    "none": f"log_format none escape=none {RICH}",
}
NOT_LOGGED = {"combined": ("request_id", "location")}


# Whoever may read the tests' folder: root's nginx else runs as somebody who may not.
USER = "user root;" if os.getuid() == 0 else ""


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    """The folder of the logs, and when they were written."""
    nginx = program("nginx", package="nginx-light")
    folder = tmp_path_factory.mktemp("nginx")
    port = free_port()
    logs = "\n".join(f"access_log {folder}/{name}.log {name};" for name in FORMATS)
    with backend() as behind:
        (folder / "nginx.conf").write_text(
            f"""
            daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
            {USER}
            events {{ }}
            http {{
              {" ".join(filter(None, FORMATS.values()))}
              client_body_temp_path {folder}/a; proxy_temp_path {folder}/b;
              fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
              {logs}
              server {{
                listen 127.0.0.1:{port};
                location / {{ proxy_pass http://127.0.0.1:{behind}; }}
              }}
            }}
            """,
            "utf-8",
        )
        with running([nginx, "-p", str(folder), "-c", f"{folder}/nginx.conf"], folder, port):
            during = send_all(port)
    return folder, during, behind


@pytest.mark.parametrize("name", FORMATS)
def test_all_that_was_sent_is_read_from_the_log(logged, name):
    folder, during, _ = logged
    lines = first_lines([LocalFile.at(folder / f"{name}.log")], 1_000)
    check_log(compile_nginx(FORMATS[name]), lines, during, but=NOT_LOGGED.get(name, ()))


def test_who_answered_is_read(logged):
    folder, _, behind = logged
    parsed = compile_nginx(FORMATS["rich"]).parse(
        first_lines([LocalFile.at(folder / "rich.log")], 1)
    )
    assert parsed.requests["upstream"].to_list() == [f"127.0.0.1:{behind}"]
