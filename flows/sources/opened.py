"""A source file as it is when it is opened, however much is written to it meanwhile."""

import io
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from transforms.errors import SourceError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class OpenedFile(ABC):
    """The first `size` bytes of a file: all that it had when it was opened.

    A file of the same name that takes its place does no harm: what is read is never half of one
    and half of another. `name` is how messages call it. All methods raise SourceError where it
    can't be read, or has become shorter.
    """

    name: str
    size: int
    modified_ns: int

    @abstractmethod
    def read(self, count: int, /) -> bytes:
        """Read up to `count` bytes; fewer only at the end."""

    @abstractmethod
    def seek(self, offset: int, /) -> None:
        """Read on from there."""

    @abstractmethod
    def was_touched(self) -> bool:
        """Whether somebody may have written to what was read."""


class OpenedLocalFile(OpenedFile):
    """A file of this machine. Whoever reads it holds the file itself, whatever its name is now."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        status = os.fstat(file.fileno())
        self.name = str(path)
        self.size = status.st_size
        self.modified_ns = status.st_mtime_ns
        self._file = file
        self._at = 0

    def read(self, count: int, /) -> bytes:
        """Read up to `count` bytes; fewer only at the end."""
        wanted = min(count, self.size - self._at)
        try:
            data = self._file.read(wanted)
        except OSError as error:
            raise _unreadable(self.name, error) from error
        if len(data) < wanted:
            raise changed(self.name, "has become shorter")
        self._at += wanted
        return data

    def seek(self, offset: int, /) -> None:
        """Read on from there."""
        self._file.seek(offset)
        self._at = offset

    def was_touched(self) -> bool:
        """Whether its time is another now; raises SourceError where it is shorter."""
        status = os.fstat(self._file.fileno())
        if status.st_size < self.size:
            raise changed(self.name, "has become shorter")
        return status.st_mtime_ns != self.modified_ns


@contextmanager
def opened(path: Path) -> Iterator[OpenedFile]:
    """Open a file of this machine."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise _unreadable(str(path), error) from error
    with file:
        yield OpenedLocalFile(path, file)


class AsStream(io.RawIOBase):
    """An opened file for those who want one of Python's."""

    def __init__(self, file: OpenedFile) -> None:
        self._opened = file
        self._at = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Read as much as fits; less only at the end."""
        with memoryview(buffer) as view, view.cast("B") as target:
            self._opened.seek(self._at)
            data = self._opened.read(len(target))
            target[: len(data)] = data
        self._at += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Read on from there."""
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._opened.size}[whence]
        self._at = min(max(begin + offset, 0), self._opened.size)
        return self._at

    def tell(self) -> int:
        """Where it is read on."""
        return self._at


def changed(name: str, how: str) -> SourceError:
    """What to say of a file that is not what it was a moment ago."""
    return SourceError(
        f"{name} {how} while it was read: it has been rotated, cut or replaced. Run again."
    )


def _unreadable(name: str, error: OSError) -> SourceError:
    return SourceError(f"{name} can't be read: {error.strerror or error}.")
