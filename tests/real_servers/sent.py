"""What is sent to the servers, through bare sockets, and what a log has to say of it."""

import socket
import socketserver
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import polars as pl

from transforms.access_logs.parsed import LogFormat

PERSONS = "/api/v1/customers/4711/persons"
AGENT = "FE2/2.22.158"


@dataclass(frozen=True)
class Sent:
    """Bytes that were sent, and the columns of the request that they are."""

    rule: str
    data: bytes
    expected: Mapping[str, object] = field(default_factory=dict)


def _http(line: str | bytes, *headers: str | bytes, body: bytes = b"") -> bytes:
    given = [each.encode() if isinstance(each, str) else each for each in (line, *headers)]
    usual = [b"Host: fe2.example", b"Connection: close"]
    if body:
        usual.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join([given[0], *usual, *given[1:], b"", body])


def _agent(text: str) -> bytes:
    return f"User-Agent: {text}".encode()


ODD_AGENTS = ('a "b" \\ \\x22 \\n {c|d} #e 100%', '" 500 1 "-" "x', "Jörg\t(ü)", "$request %r")
NO_REQUEST = {"method": None, "path": None, "query": None, "status": 400}
SENT: tuple[Sent, ...] = (
    Sent(
        "a write",
        _http(
            f"POST {PERSONS}?token=a%20b HTTP/1.1",
            _agent(AGENT),
            "X-Request-Id: 8d5e",
            body=b'{"name":"x"}',
        ),
        {
            "client_ip": "127.0.0.1",
            "method": "POST",
            "path": PERSONS,
            "query": "token=a%20b",
            "status": 201,
            "user_agent": AGENT,
            "request_id": "8d5e",
            "location": f"http://fe2.example{PERSONS}/P-1",
        },
    ),
    Sent(
        "no header at all",
        b"DELETE /a/P-1 HTTP/1.0\r\n\r\n",
        {"method": "DELETE", "path": "/a/P-1", "status": 200, "user_agent": None, "location": None},
    ),
    Sent(
        "an encoded umlaut",
        _http("GET /J%C3%B6rg?q=%C3%B6 HTTP/1.1"),
        {"path": "/Jörg", "query": "q=%C3%B6"},
    ),
    Sent("an umlaut as it is", _http("GET /Jörg HTTP/1.1"), {"path": "/Jörg"}),
    Sent("quotes in a target", _http('GET /a"b"?c="d" HTTP/1.1'), {"path": '/a"b"'}),
    *(
        Sent(
            f"an odd agent: {agent}", _http("GET /a HTTP/1.1", _agent(agent)), {"user_agent": agent}
        )
        for agent in ODD_AGENTS
    ),
    Sent(
        "absolute form",
        _http("GET http://fe2.example/abs?a=b HTTP/1.1"),
        {"path": "/abs", "query": "a=b"},
    ),
    Sent("not found", _http("GET /missing HTTP/1.1"), {"path": "/missing", "status": 404}),
    Sent(
        "a long query",
        _http(f"PUT /long?q={'x' * 5_000} HTTP/1.1"),
        {"method": "PUT", "path": "/long", "status": 200},
    ),
    Sent("too long a target", _http(f"PUT /longest?q={'x' * 60_000} HTTP/1.1")),
    Sent("TLS on a plain port", b"\x16\x03\x01\x02\x00\x01\x00 \x01\xfc\r\n\r\n", NO_REQUEST),
    Sent("HTTP/0.9", b"GET /old\r\n", {"method": "GET", "path": "/old", "status": 200}),
    Sent("no version that there is", b"GET /a HTTP/7.x\r\n\r\n"),
)


def send_all(port: int, sent: Sequence[Sent] = SENT) -> tuple[datetime, datetime]:
    """Send each of them and wait for its answer; return when this began and ended."""
    begin = datetime.now(UTC)
    for each in sent:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            # A server that has read enough may close before all was sent.
            with suppress(ConnectionError):
                connection.sendall(each.data)
            with suppress(ConnectionError):
                while connection.recv(65_536):
                    pass
    return begin, datetime.now(UTC)


def check_log(
    log_format: LogFormat,
    lines: pl.DataFrame,
    during: tuple[datetime, datetime],
    sent: Sequence[Sent] = SENT,
    but: Sequence[str] = (),
) -> None:
    """All lines are well-formed, and are what was sent; the columns `but` are not logged."""
    parsed = log_format.parse(lines)
    assert parsed.malformed.rows() == []
    rows = parsed.requests.sort("line").rows(named=True)
    wanted = [
        (each.rule, {name: value for name, value in each.expected.items() if name not in but})
        for each in sent
    ]
    assert [
        (rule, {name: row[name] for name in columns})
        for (rule, columns), row in zip(wanted, rows, strict=True)
    ] == wanted
    # Some look at the clock once a second, and some write the line after they have answered.
    begin, end = during[0] - timedelta(seconds=1), during[1] + timedelta(seconds=1)
    assert all(begin <= row["at"] <= end for row in rows)


class _Answer(socketserver.StreamRequestHandler):
    """Reads a request, whatever it is, and answers by its method and path."""

    def handle(self) -> None:
        method, _, rest = self.rfile.readline().partition(b" ")
        path = rest.split(b" ")[0].split(b"?")[0]
        headers = dict(self._headers())
        self.rfile.read(int(headers.get(b"content-length", b"0")))
        status = b"404 Not Found" if b"missing" in path else b"200 OK"
        more = b""
        if method == b"POST":
            status, more = b"201 Created", b"Location: http://fe2.example%s/P-1\r\n" % path
        self.wfile.write(
            b"HTTP/1.1 %s\r\nContent-Length: 2\r\nConnection: close\r\n%s\r\nok" % (status, more)
        )

    def _headers(self) -> Iterator[tuple[bytes, bytes]]:
        while line := self.rfile.readline().strip():
            name, _, value = line.partition(b":")
            yield name.lower(), value.strip()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def backend() -> Iterator[int]:
    """A tiny server behind the proxy; yields its port."""
    with _Server(("127.0.0.1", 0), _Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()
