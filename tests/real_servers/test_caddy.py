"""What a real Caddy logs is what was sent to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import polars as pl
import pytest

from tests.real_servers.asking import ask, wait_until
from tests.real_servers.caddy import Caddy, StartCaddy
from tests.transforms.access_logs.lines import lines
from transforms.access_logs.caddy import compile_caddy
from transforms.access_logs.parsed import ParsedLines

pytestmark = pytest.mark.slow

SITE = """
	header /created* Location /api/v1/customers/4711/persons/P-1
	header /traced X-Request-Id made-here
	respond /created* 201
	respond /missing 404
	respond /empty 204
	respond /* hello 200
"""
LONG = "/long?" + "&".join(f"name{number}=%C3%BC{number}" for number in range(400))


def request(target: bytes | str, *headers: bytes, method: str = "GET") -> bytes:
    raw = target if isinstance(target, bytes) else target.encode()
    first = [method.encode() + b" " + raw + b" HTTP/1.1", b"Host: fe2.example.org"]
    return b"\r\n".join([*first, *headers, b"Connection: close", b"", b""])


def parsed(caddy: Caddy, count: int) -> ParsedLines:
    logged = caddy.logged(count)
    assert len(logged) == count
    return compile_caddy({}, None).parse(lines(*logged))


ASKED: list[tuple[str, bytes, dict[str, Any]]] = [
    (
        "a write, its answer's Location, its id and who sent it, under names in any case",
        request("/created?x=1", b"USER-AGENT: FE2/2.22.158", b"x-request-ID: 8d5e", method="POST"),
        {
            "method": "POST",
            "path": "/created",
            "query": "x=1",
            "status": 201,
            "bytes": 0,
            "client_ip": "127.0.0.1",
            "user_agent": "FE2/2.22.158",
            "request_id": "8d5e",
            "location": "/api/v1/customers/4711/persons/P-1",
            "upstream": None,
        },
    ),
    (
        "an id that the answer alone has",
        request("/traced"),
        {"request_id": "made-here", "user_agent": None, "bytes": 5, "location": None},
    ),
    ("nothing there", request("/missing"), {"path": "/missing", "status": 404}),
    ("no content", request("/empty", method="DELETE"), {"method": "DELETE", "status": 204}),
    (
        "encoded umlauts",
        request("/J%C3%B6rg%20M?q=%C3%B6"),
        {"path": "/Jörg M", "query": "q=%C3%B6"},
    ),
    ("raw umlauts", request("/Jörg?q=ö"), {"path": "/Jörg", "query": "q=ö"}),
    ("bytes that are no UTF-8", request(b"/J\xf6rg"), {"path": "/J\ufffdrg"}),
    ("an encoded slash and percent sign", request("/a%2Fb/100%25"), {"path": "/a/b/100%"}),
    ("quotes in target", request('/a"b?c="d"'), {"path": '/a"b', "query": 'c="d"'}),
    (
        "quotes, backslashes, tabs and markup in the user agent",
        request("/", b'User-Agent: a "b" \\ \\x22 \t <i>\xc3\xbc\xff'),
        {"user_agent": 'a "b" \\ \\x22 \t <i>ü\ufffd'},
    ),
    (
        "of an id that was sent twice, the first",
        request("/", b"X-Request-Id: a", b"X-Request-Id: b"),
        {"request_id": "a"},
    ),
    (
        "a target in absolute form",
        request("http://old.example.org:8080/a/b?c=d"),
        {"path": "/a/b", "query": "c=d"},
    ),
    ("a long query", request(LONG), {"path": "/long", "query": LONG.partition("?")[2]}),
    (
        "an address that anybody may claim is not believed",
        request("/", b"X-Forwarded-For: 203.0.113.9"),
        {"client_ip": "127.0.0.1"},
    ),
    (
        "a method that nobody knows",
        request("/", method="BREW"),
        {"method": "BREW", "path": "/"},
    ),
]


def test_every_request_is_found_as_it_was_sent(start_caddy: StartCaddy):
    caddy = start_caddy(SITE)
    before = datetime.now(UTC)
    for _, sent, _ in ASKED:
        assert ask(caddy.port, sent).startswith(b"HTTP/1.1 ")
    found = parsed(caddy, len(ASKED))
    after = datetime.now(UTC)
    assert found.malformed.is_empty()
    requests = found.requests.sort("line").to_dicts()
    for (what, _, wanted), logged in zip(ASKED, requests, strict=True):
        assert {name: logged[name] for name in wanted} == wanted, what
    for logged in requests:
        # Caddy's double rounds the time.
        a_bit = timedelta(milliseconds=1)
        assert before - a_bit <= logged["at"] <= after + a_bit
    seconds = {logged["at"].replace(microsecond=0) for logged in requests}
    assert set(found.seconds["second_at"]) == seconds


def test_what_is_no_request_is_refused_and_not_logged(start_caddy: StartCaddy):
    caddy = start_caddy(SITE)
    for sent in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\nb\x00\r\n\r\n",
        b"\x00\r\n\r\n",
    ):
        assert b" 400 " in ask(caddy.port, sent).partition(b"\r\n")[0]
    ask(caddy.port, request("/last"))
    assert parsed(caddy, 1).requests["path"].to_list() == ["/last"]


@pytest.mark.parametrize(
    "time_format",
    [
        *("unix_seconds_float", "unix_milli_float", "unix_nano", "iso8601", "rfc3339"),
        *("rfc3339_nano", "wall", "wall_milli", "wall_nano", "common_log"),
    ],
)
def test_every_time_format_is_read_and_passes_by_as_it_is_decoded(
    time_format: str, start_caddy: StartCaddy
):
    caddy = start_caddy(SITE, json=f"time_format {time_format}")
    before = datetime.now(UTC).replace(microsecond=0)
    for _ in range(60):
        ask(caddy.port, request("/a"))
    found = parsed(caddy, 60)
    assert found.malformed.is_empty()
    assert all(before <= at <= datetime.now(UTC) for at in found.requests["at"])
    passing = compile_caddy({}, None).parse(lines(*caddy.logged(60)), pl.lit(value=False))
    assert passing.seconds.equals(found.seconds)
    assert passing.malformed.is_empty()


def test_all_that_caddy_says_in_one_file_holds_each_request_once(start_caddy: StartCaddy):
    backend = start_caddy(SITE)
    caddy = start_caddy(
        f"reverse_proxy /created 127.0.0.1:{backend.port}\nreverse_proxy /lost 127.0.0.1:1",
        says_all=True,
    )
    ask(caddy.port, request("/created", method="POST"))
    ask(caddy.port, request("/lost", method="PUT"))
    wait_until(lambda: caddy.log.read_text("utf-8").count("handled request") == 2)
    texts = caddy.log.read_text("utf-8").splitlines()
    loggers = {orjson.loads(text).get("logger") for text in texts}
    assert loggers >= {"http.handlers.reverse_proxy", "http.log.error", "http.log.access"}
    found = compile_caddy({}, None).parse(lines(*texts))
    assert found.malformed.is_empty()
    shown = found.requests.select("method", "path", "status", "location").rows()
    assert shown == [
        ("POST", "/created", 201, "/api/v1/customers/4711/persons/P-1"),
        ("PUT", "/lost", 502, None),
    ]
