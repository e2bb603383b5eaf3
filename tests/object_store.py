"""An object store on this machine, and networks in front of it that are not what they should be."""

import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import count
from typing import Any

import pytest

SECRET = "the-secret-key"
KEY_ID = "AKIDOFTHETESTS"
_numbers = count(1)


@contextmanager
def running_store() -> Iterator[str]:
    """A server of its own; yields its URL."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - takes a moment

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@cache
def _descriptions() -> Any:
    """What botocore knows of S3; to read it takes longer than most tests do."""
    from botocore.loaders import create_loader  # noqa: PLC0415

    return create_loader()


def _session() -> Any:
    """A session that has read nothing of the environment yet, as each test has its own."""
    from botocore.session import Session  # noqa: PLC0415

    session = Session()
    session.register_component("data_loader", _descriptions())
    return session


@dataclass
class Bucket:
    """An empty bucket, and the environment in which it is found."""

    endpoint: str
    name: str
    patch: pytest.MonkeyPatch
    client: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # What is the developer's own stays out.
        for variable in [name for name in os.environ if name.startswith("AWS_")]:
            self.patch.delenv(variable)
        self.set(
            AWS_ACCESS_KEY_ID=KEY_ID,
            AWS_SECRET_ACCESS_KEY=SECRET,
            AWS_ENDPOINT_URL=self.endpoint,
            AWS_ALLOW_HTTP="true",
        )
        self.client = _session().create_client(
            "s3",
            region_name="us-east-1",
            endpoint_url=self.endpoint,
            aws_access_key_id=KEY_ID,
            aws_secret_access_key=SECRET,
        )
        self.client.create_bucket(Bucket=self.name)

    def set(self, **variables: str | None) -> None:
        """Set environment variables, or take them away."""
        for name, value in variables.items():
            if value is None:
                self.patch.delenv(name, raising=False)
            else:
                self.patch.setenv(name, value)

    def url(self, key: str = "") -> str:
        return f"s3://{self.name}/{key}"

    def put(self, key: str, data: bytes = b"x") -> str:
        """Store an object, and return its URL."""
        self.client.put_object(Bucket=self.name, Key=key, Body=data)
        return self.url(key)

    def remove(self, key: str) -> None:
        self.client.delete_object(Bucket=self.name, Key=key)


def empty_bucket(endpoint: str, patch: pytest.MonkeyPatch) -> Bucket:
    return Bucket(endpoint, f"logs-{os.getpid()}-{next(_numbers)}", patch)


class Network:
    """A way to a server which notes what is asked, and breaks after so many bytes of an answer.

    It breaks each of the first `breaks` connections that come so far. `between` is called then.
    """

    def __init__(self, endpoint: str) -> None:
        host, _, port = endpoint.removeprefix("http://").partition(":")
        self._upstream = (host, int(port))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.asked: list[str] = []
        self.breaks = 0
        self.broken = 0
        self.after = 0
        self.between = lambda: None
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        # Wakes the thread that waits for connections.
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(self._upstream)
                threading.Thread(target=self._up, args=(near, far), daemon=True).start()
                threading.Thread(target=self._down, args=(near, far), daemon=True).start()

    def _up(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := near.recv(1 << 16):
                self.asked.append(data.decode("latin-1"))
                far.sendall(data)
            far.shutdown(socket.SHUT_WR)

    def _down(self, near: socket.socket, far: socket.socket) -> None:
        passed = 0
        # To close it is not enough while another thread waits for what comes.
        with near, far, ending(near), ending(far), suppress(OSError):
            while data := far.recv(1 << 14):
                if passed + len(data) > self.after and self.broken < self.breaks:
                    near.sendall(data[: self.after - passed])
                    self.broken += 1
                    self.between()
                    return
                near.sendall(data)
                passed += len(data)


@contextmanager
def ending(connection: socket.socket) -> Iterator[None]:
    """End it for both sides, whoever still waits for it."""
    try:
        yield
    finally:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def answering(status: int, body: str) -> Iterator[str]:
    """A server that always gives one answer; yields its URL."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def refusing(code: str, message: str = "No.") -> str:
    """What a store says when it refuses."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code>'
        f"<Message>{message}</Message></Error>"
    )


@pytest.fixture(scope="session")
def store_url() -> Iterator[str]:
    with running_store() as url:
        yield url


@pytest.fixture
def bucket(store_url: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    return empty_bucket(store_url, monkeypatch)


@pytest.fixture
def network(bucket: Bucket) -> Iterator[Network]:
    """What is asked of the store goes through it."""
    between = Network(bucket.endpoint)
    bucket.set(AWS_ENDPOINT_URL=between.url)
    yield between
    between.close()
