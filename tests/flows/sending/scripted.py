"""A mail server that fails where it is told to, and counts what it has taken.

It speaks the protocol by itself, over real sockets: only so can it break off at any point of it.
"""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self, TypeAlias

# Instead of an answer: hang up, or say nothing until the client hangs up.
CUT = "cut"
SILENCE = "silence"
# After the dot: the mail is taken, and the answer never comes.
TAKEN_AND_CUT = "taken and cut"
# Hang up in the middle of the mail.
CUT_IN_THE_MAIL = "cut in the mail"

Answer: TypeAlias = str | Callable[[], str]


@dataclass(frozen=True)
class Taken:
    sender: str
    recipient: str
    content: bytes


@dataclass
class ScriptedServer:
    """`script` has for each step the answers to give, one after the other; then the right ones.

    An answer may be a function that does something first, and says what to answer.
    Steps: GREETING, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, DOT, RSET, QUIT.
    """

    script: dict[str, list[Answer]] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    offers: Sequence[str] = ()
    taken: list[Taken] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=20)
        self.port = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        return self

    def __exit__(self, *_error: object) -> None:
        # Closing alone does not wake who waits in accept.
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def steps(self) -> list[str]:
        """The commands that were said, without what they were said of."""
        return [line.split()[0].upper() for line in self.said]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            talk = threading.Thread(target=self._talk, args=(connection,))
            self._threads.append(talk)
            talk.start()

    def _talk(self, connection: socket.socket) -> None:
        talk = _Talk(self, connection)
        with contextlib.suppress(_HungUpError, OSError):
            talk.run()
        talk.close()

    def next_answer(self, step: str, right: str) -> str:
        answers = self.script.get(step, [])
        answer = answers.pop(0) if answers else right
        return answer if isinstance(answer, str) else answer()


class _HungUpError(Exception):
    pass


class _Talk:
    def __init__(self, server: ScriptedServer, connection: socket.socket) -> None:
        self.server, self.connection = server, connection
        self.sender = self.recipient = ""
        self.file = connection.makefile("rb")

    def close(self) -> None:
        self.file.close()
        self.connection.close()

    def run(self) -> None:
        self.answer("GREETING", "220 ready")
        for line in self.lines():
            command = line.decode("ascii").strip()
            self.server.said.append(command)
            # What is no command is the name or password of somebody who logs in.
            getattr(self, f"on_{command.split()[0].lower()}", self.on_auth)(command)

    def lines(self) -> Iterator[bytes]:
        while line := self.file.readline():
            yield line

    def answer(self, step: str, right: str) -> str:
        """Give the answer that the script has; says which it was."""
        return self.give(self.server.next_answer(step, right))

    def give(self, said: str) -> str:
        if said == SILENCE:
            # Until the client has had enough.
            while self.connection.recv(65536):
                pass
            raise _HungUpError
        if said in (CUT, TAKEN_AND_CUT):
            raise _HungUpError
        if said != CUT_IN_THE_MAIL:
            self.connection.sendall(said.encode() + b"\r\n")
        return said

    def on_ehlo(self, _command: str) -> None:
        offers = ["scripted", *self.server.offers]
        lines = [f"250-{each}" for each in offers[:-1]] + [f"250 {offers[-1]}"]
        self.answer("EHLO", "\r\n".join(lines))

    def on_starttls(self, _command: str) -> None:
        if self.answer("STARTTLS", "220 go on").startswith("220"):
            self.file.close()
            plain, self.connection = self.connection, self.connection.dup()
            plain.close()
            self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
            self.file = self.connection.makefile("rb")

    def on_auth(self, _command: str) -> None:
        self.answer("AUTH", "235 come in")

    def on_mail(self, command: str) -> None:
        self.sender = _address(command)
        self.answer("MAIL", "250 ok")

    def on_rcpt(self, command: str) -> None:
        self.recipient = _address(command)
        self.answer("RCPT", "250 ok")

    def on_data(self, _command: str) -> None:
        said = self.answer("DATA", "354 go on")
        if said == CUT_IN_THE_MAIL:
            self.connection.sendall(b"354 go on\r\n")
            self.file.read(10)
            raise _HungUpError
        if not said.startswith("354"):
            return
        content = b""
        for line in self.lines():
            if line == b".\r\n":
                self.on_dot(content)
                return
            content += line[1:] if line.startswith(b".") else line

    def on_dot(self, content: bytes) -> None:
        said = self.server.next_answer("DOT", "250 taken")
        if said == TAKEN_AND_CUT or said.startswith("2"):
            self.server.taken.append(Taken(self.sender, self.recipient, content))
        self.give(said)

    def on_rset(self, _command: str) -> None:
        self.answer("RSET", "250 ok")

    def on_quit(self, _command: str) -> None:
        self.answer("QUIT", "221 bye")
        raise _HungUpError


def _address(command: str) -> str:
    return command.partition("<")[2].partition(">")[0]
