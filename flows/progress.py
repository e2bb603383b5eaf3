"""Which file has been read, told to whoever listens: a terminal, or nobody."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flows.sources.files import FoundFile

Listener = Callable[[FoundFile], None]
_listeners: list[Listener] = []


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell `listener` of every file that is read within."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def tell(file: FoundFile) -> None:
    """Tell all that listen."""
    for listener in _listeners:
        listener(file)
