"""How it goes, told to whoever listens: a terminal, or nobody.

Which files are being read, and for whom a run waits.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from flows.sources.found import FoundFile


class Reading:
    """The files that are being read now, and how much has been read, as it is on the disk."""

    def __init__(self) -> None:
        self.now: list[str] = []
        self.files = 0
        self.bytes = 0

    def begin(self, file: FoundFile) -> None:
        """A reader has opened the file."""
        self.now.append(file.label)

    def end(self, file: FoundFile, size_bytes: int) -> None:
        """It has come to the file's end."""
        self.now.remove(file.label)
        self.files += 1
        self.bytes += size_bytes


Listener = Callable[[Reading], None]
_listeners: list[tuple[Listener, Reading]] = []
_lock = Lock()
_hearers: list[Callable[[str], None]] = []


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell `listener` whenever a file is begun or done within."""
    mine = (listener, Reading())
    _listeners.append(mine)
    try:
        yield
    finally:
        _listeners.remove(mine)


@contextmanager
def hearing(hearer: Callable[[str], None]) -> Iterator[None]:
    """Let `hearer` have each sentence that is said within."""
    _hearers.append(hearer)
    try:
        yield
    finally:
        _hearers.remove(hearer)


def say(sentence: str) -> None:
    """Tell all who hear it."""
    for hearer in _hearers:
        hearer(sentence)


@contextmanager
def reading(file: FoundFile, size_bytes: int) -> Iterator[None]:
    """So much of the file is read within; all that listen are told of its beginning and end."""
    with _lock:
        for listener, state in _listeners:
            state.begin(file)
            listener(state)
    yield
    with _lock:
        for listener, state in _listeners:
            state.end(file, size_bytes)
            listener(state)
