"""A source file that was found, wherever it is: what is told of it without opening it."""

from abc import ABC, abstractmethod
from collections.abc import Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from flows.sources.opened import OpenedFile, opened
from transforms.errors import SourceError


@dataclass(frozen=True, kw_only=True)
class Status:
    """By `size` and `modified_ns` a file is known again; `identity` tells it from all others."""

    size: int
    modified_ns: int
    identity: Hashable


class FoundFile(ABC):
    """A source file; `label` is how it is named to the user.

    It can be sent to another process, which opens it there.
    """

    label: str

    @abstractmethod
    def status(self) -> Status:
        """What it is now; raises SourceError where it is not there any more."""

    @abstractmethod
    def open(self) -> AbstractContextManager[OpenedFile]:
        """Open it; raises SourceError where it can't be read."""


@dataclass(frozen=True)
class LocalFile(FoundFile):
    """A file of this machine; its label is relative to the migration file."""

    label: str
    path: Path

    @classmethod
    def at(cls, path: Path) -> "LocalFile":
        """A file that somebody names by itself."""
        return cls(str(path), path)

    def status(self) -> Status:
        """What the file system tells of it."""
        try:
            status = self.path.stat()
        except OSError as error:
            raise SourceError(
                f"{self.path} can't be read: {error.strerror or error}. If it was just rotated, "
                "run again."
            ) from error
        return Status(
            size=status.st_size,
            modified_ns=status.st_mtime_ns,
            identity=(status.st_dev, status.st_ino),
        )

    def open(self) -> AbstractContextManager[OpenedFile]:
        """Open it where it is."""
        return opened(self.path)
