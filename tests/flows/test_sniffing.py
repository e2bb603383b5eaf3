"""What is said of a log that nobody has described: an entry that reads it."""

import json
import tomllib

import pytest

from flows.settings import AccessLog
from flows.sniffing import sniffed
from flows.sources.access_logs import compile_format
from flows.sources.files import first_lines
from flows.sources.found import LocalFile
from transforms.errors import SourceError

PROXY = '203.0.113.9 - - [18/May/2021:20:14:05 +0200] "POST /a/P-1?token=secret HTTP/1.1" 201 87'
EDGE = {
    "when": 1621361645.5,
    "peer": {"ip": "203.0.113.9", "port": 41342},
    "http": {"verb": "POST", "target": "/a/P-1?token=secret", "code": 201, "ua": "FE2/2.22.158"},
    "took": 0.004,
    "correlation_id": "8d5e",
}
TRAEFIK = {
    "DownstreamStatus": 201,
    "RequestMethod": "POST",
    "RequestPath": "/a/P-1?token=secret",
    "StartUTC": "2021-05-18T18:14:05.5Z",
}
HAPROXY = (
    "haproxy[1]: 203.0.113.9:1 [18/May/2021:20:14:05.000] in b/s 0/0/0/0/0 201 5 - - ---- "
    '1/1/0/0/0 0/0 "POST /a/P-1?token=secret HTTP/1.1"'
)
ALB = (
    "h2 2021-05-18T18:14:05.186641Z app/lb/50 203.0.113.9:1 10.0.0.1:80 0.1 0.1 0.1 201 201 5 5 "
    '"POST https://a.example:443/a/P-1?token=secret HTTP/2.0" "FE2" - - arn:aws "Root=1-5" "-" '
    '"-" 0 2021-05-18T18:14:04.186641Z "forward" "-" "-"'
)
LINES = {
    "nginx, combined": (f'{PROXY} "-" "FE2"', {"format": "nginx"}),
    "nginx, combined and a request id": (f'{PROXY} "-" "FE2" 8d5e', {"format": "nginx"}),
    "nginx, combined and what is not known": (f'{PROXY} "-" "FE2" a=b "c"', {"format": "nginx"}),
    "apache, common": (PROXY, {"format": "apache", "log_format": "common"}),
    "haproxy": (HAPROXY, {"format": "haproxy", "timezone": "UTC"}),
    "alb": (ALB, {"format": "alb"}),
    "caddy": (
        '{"ts":1621361645,"request":{"method":"POST","uri":"/a/P-1?token=secret"},"status":201}',
        {"format": "caddy"},
    ),
    "traefik": (
        json.dumps(TRAEFIK),
        {"format": "traefik"},
    ),
    "JSON of one's own": (
        json.dumps(EDGE),
        {
            "format": "json",
            "fields": {
                "at": "when",
                "method": "http.verb",
                "path": "http.target",
                "status": "http.code",
                "client_ip": "peer.ip",
                "user_agent": "http.ua",
                "request_id": "correlation_id",
            },
        },
    ),
    "JSON without an offset": (
        '{"time":"2021-05-18T20:14:05","method":"POST","uri":"/a/P-1?token=secret","status":201}',
        {"format": "json", "fields": {"at": "time", "path": "uri"}, "timezone": "UTC"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_the_entry_is_ready_to_be_used_and_reads_the_log(tmp_path, name):
    line, expected = LINES[name]
    log = tmp_path / "proxy a.log.1"
    log.write_text(f"{line}\n" * 9 + "garbage\n", "utf-8")
    text = "\n".join(sniffed(log))
    (entry,) = tomllib.loads(text)["access_logs"]
    assert {key: entry[key] for key in expected} == expected
    assert entry["name"] == "proxy-a"
    assert "secret" not in text
    assert text.count("POST /a/P-1 201") == 3
    parsed = compile_format(AccessLog(**entry)).parse(first_lines([LocalFile.at(log)], 200))
    assert parsed.requests["path"].unique().to_list() == ["/a/P-1"]
    assert parsed.malformed.height == 1


def test_what_is_behind_combined_is_asked_for(tmp_path):
    log = tmp_path / "a.log"
    log.write_text(LINES["nginx, combined and what is not known"][0], "utf-8")
    assert "# What comes after the user agent is not read. Paste" in "\n".join(sniffed(log))


@pytest.mark.parametrize("text", ["nonsense\n", f"{PROXY}\nno\nno\n", "[1]\n", '{"a":1}\n'])
def test_what_fits_no_format_is_said_to(tmp_path, text):
    log = tmp_path / "a.log"
    log.write_text(text, "utf-8")
    with pytest.raises(SourceError, match="none of the formats that are known"):
        list(sniffed(log))
