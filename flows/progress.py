"""Which files are being read, told to whoever listens: a terminal, or nobody."""

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
