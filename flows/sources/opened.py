"""A source file as it is when it is opened, however much is written to it meanwhile."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from transforms.errors import SourceError


class OpenedFile:
    """The first `size` bytes of a file: all that it had when it was opened.

    Whoever reads it holds the file itself, so a file of the same name that takes its place does no
    harm. Raises SourceError where it can't be read, or has become shorter.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        status = os.fstat(file.fileno())
        self.path = path
        self.size = status.st_size
        self.modified_ns = status.st_mtime_ns
        self.handle = file
        self._at = 0

    def read(self, count: int) -> bytes:
        """Read up to `count` bytes; fewer only at the end."""
        wanted = min(count, self.size - self._at)
        try:
            data = self.handle.read(wanted)
        except OSError as error:
            raise _unreadable(self.path, error) from error
        if len(data) < wanted:
            raise changed(self.path, "has become shorter")
        self._at += wanted
        return data

    def seek(self, offset: int) -> None:
        """Read on from there."""
        self.handle.seek(offset)
        self._at = offset

    def was_touched(self) -> bool:
        """Whether somebody has written to it since; raises SourceError where it is shorter now."""
        status = os.fstat(self.handle.fileno())
        if status.st_size < self.size:
            raise changed(self.path, "has become shorter")
        return status.st_mtime_ns != self.modified_ns


@contextmanager
def opened(path: Path) -> Iterator[OpenedFile]:
    """Open a source file; see `OpenedFile`."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error
    with file:
        yield OpenedFile(path, file)


def changed(path: Path, how: str) -> SourceError:
    """What to say of a file that is not what it was a moment ago."""
    return SourceError(
        f"{path} {how} while it was read: it has been rotated, cut or replaced. Run again."
    )


def _unreadable(path: Path, error: OSError) -> SourceError:
    return SourceError(f"{path} can't be read: {error.strerror or error}.")
