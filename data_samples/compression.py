"""Files that come out the same every time, whatever their compression."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import zstandard


@contextmanager
def written(path: Path, *, append: bool = False) -> Iterator[BinaryIO]:
    """Open a file for writing, compressed as its name says; no time of day goes into it.

    What is appended to a compressed file is a compressed member of its own.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab" if append else "wb") as file:
        if path.suffix == ".gz":
            with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                yield cast("BinaryIO", packed)
        elif path.suffix == ".zst":
            with zstandard.ZstdCompressor(level=6).stream_writer(file, closefd=False) as packed:
                yield cast("BinaryIO", packed)
        else:
            yield file


def content(path: Path) -> bytes:
    """Read a file of ours whole, decompressed."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(data)
    if path.suffix == ".zst":
        with zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True) as reader:
            return reader.read()
    return data
