"""The three reverse proxies: what each of them logs, and how it spells a line."""

import json
from dataclasses import dataclass
from datetime import datetime

from data_samples.model import Line
from data_samples.stamps import json_time, nginx_iso, nginx_local, to_milliseconds, to_seconds

PROXY_A, PROXY_B, EDGE = "proxy-a", "proxy-b", "edge"
OLD_SITE, NEW_SITE = "10.10.0.5:8080", "10.20.0.9:8080"
NEW_UPSTREAMS = "10.20.*"
HOST = "fe2.example.org"

LOG_FORMATS = {
    PROXY_A: (
        '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
        '"$http_referer" "$http_user_agent" "$sent_http_location" up="$upstream_addr" '
        "rid=$request_id"
    ),
    PROXY_B: (
        '$remote_addr "$http_x_forwarded_for" [$time_iso8601] "$request" $status '
        '$body_bytes_sent "$http_referer" "$http_user_agent" rt=$request_time'
    ),
}
EDGE_FIELDS = {
    "at": "time",
    "client_ip": "remote_ip",
    "method": "req.method",
    "path": "req.uri",
    "status": "status",
    "user_agent": "req.ua",
    "request_id": "rid",
    "bytes": "size",
}


@dataclass(frozen=True, slots=True)
class Proxy:
    """What a proxy's log can tell besides the request itself."""

    name: str
    logs_request_id: bool
    logs_location: bool


PROXIES = {
    PROXY_A: Proxy(PROXY_A, logs_request_id=True, logs_location=True),
    PROXY_B: Proxy(PROXY_B, logs_request_id=False, logs_location=False),
    EDGE: Proxy(EDGE, logs_request_id=True, logs_location=False),
}


def logged_at(proxy: str, moment: datetime) -> datetime:
    """Give a request's time as precisely as the proxy's log holds it."""
    return to_milliseconds(moment) if proxy == EDGE else to_seconds(moment)


def stamp(proxy: str, moment: datetime) -> str:
    """Spell a request's time as the proxy's log does."""
    spelled = {PROXY_A: nginx_local, PROXY_B: nginx_iso, EDGE: json_time}
    return spelled[proxy](moment)


def escape(text: str) -> str:
    """Escape a variable's value as nginx does by default: byte by byte, above ASCII too."""
    return "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02X}"
        for byte in text.encode()
    )


def render(line: Line) -> bytes:
    """Write a request as a line of its proxy's log, without the line's end."""
    renderers = {PROXY_A: _proxy_a, PROXY_B: _proxy_b, EDGE: _edge}
    text = renderers[line.proxy](line).encode()
    if line.raw_agent is not None:
        text = text.replace(escape(line.user_agent).encode(), line.raw_agent)
    return text


def _proxy_a(line: Line) -> str:
    return (
        f"{line.client_ip} - - [{nginx_local(line.at)}] "
        f'"{_request(line)}" {line.status} {line.size} '
        f'"{escape(line.referer)}" "{escape(line.user_agent)}" "{line.location or "-"}" '
        f'up="{line.upstream}" rid={line.request_id or "-"}'
    )


def _proxy_b(line: Line) -> str:
    return (
        f'{line.client_ip} "{line.forwarded_for}" [{nginx_iso(line.at)}] '
        f'"{_request(line)}" {line.status} {line.size} '
        f'"{escape(line.referer)}" "{escape(line.user_agent)}" rt=0.{line.size % 997:03d}'
    )


def _edge(line: Line) -> str:
    request = {"method": line.method, "uri": line.target, "ua": line.user_agent, "proto": "h2"}
    record = {
        "time": json_time(line.at),
        "remote_ip": line.client_ip,
        "req": request,
        "status": line.status,
        "size": line.size,
        "rid": line.request_id or "-",
    }
    if line.unusual:
        # Blanks, another zone, another order of keys and escaped slashes are the same JSON.
        utc = line.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        reordered = {**dict(reversed(record.items())), "time": utc}
        return json.dumps(reordered).replace("/", "\\/")
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _request(line: Line) -> str:
    version = ("1.1", "1.0", "2.0")[line.size % 3]
    return escape(f"{line.method} {line.target} HTTP/{version}")
