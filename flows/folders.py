"""Writing results: whole or not at all, for their owner only, by one run at a time."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from transforms.errors import CutoverError


class BusyError(CutoverError):
    """Another run of the same migration is at work."""


class UnwritableError(CutoverError):
    """A full disk, or a folder of somebody else's."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Name what could not be written: every OSError within is an UnwritableError."""
    try:
        yield
    except OSError as error:
        raise UnwritableError(
            f"{path} can't be written: {error.strerror or type(error).__name__}. Nothing of it was "
            "left half-written. Make room on that disk, or the folder writable, and start again; "
            "what was done before is kept."
        ) from error


def make_private(folder: Path) -> Path:
    """Make a folder that only its owner can look into, with the folders above it."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    with writing(folder):
        for path in reversed(missing):
            path.mkdir(mode=0o700, exist_ok=True)
    return folder


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in its place when all of it is on the disk: no reader sees half of it."""
    make_private(path.parent)
    with writing(path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        _replace(path, content, handle, Path(name), is_settled=True)


def write_one_of_many(path: Path, content: bytes) -> None:
    """Put a file in its place, in a folder where nobody else writes: no reader sees half of it.

    To wait for the disk for each of a hundred thousand files would take longer than to make them.
    Whoever has written them all calls `settle`; what a power cut takes away before, a next run
    writes again.
    """
    part = path.with_name(f".{path.name}.part")
    with writing(path):
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode=0o600)
        _replace(path, content, handle, part, is_settled=False)


def settle() -> None:
    """Wait until all that was written is on the disk."""
    os.sync()


def _replace(path: Path, content: bytes, handle: int, part: Path, *, is_settled: bool) -> None:
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if is_settled:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def only_run(output: Path) -> Iterator[None]:
    """Hold the migration for this process; raises BusyError where another one does.

    The operating system lets go of the lock when the process ends, however it ends.
    """
    file = make_private(output) / ".lock"
    with writing(file):
        lock = file.open("a+", encoding="ascii")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise BusyError(
                f"Another run is at work on {output} (process {lock.read().strip() or 'unknown'}). "
                "Wait for its end and start again."
            ) from None
        with writing(file):
            lock.truncate(0)
            # Past the buffer, which would be written once more when the file is closed.
            os.pwrite(lock.fileno(), str(os.getpid()).encode("ascii"), 0)
        yield
        lock.truncate(0)
