"""Bytes out of plain, gzip and Zstandard files, in pieces of bounded size."""

import zlib
from collections.abc import Iterator
from typing import Protocol

import zstandard

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"

_READ = 1 << 20
_READ_COMPRESSED = 64 << 10
_PIECE = 256 << 10
# A Zstandard block of a few bytes can stand for 128 KiB. Fed in small bites, the worst archive
# gives 32 MiB at once.
_ZSTD_BITE = 1 << 10
# What `zstd` itself takes without being told. To decompress takes as much memory as the window is
# large, once its content fills it: with what `--long=31` allows, a few KiB would take 2 GiB.
_ZSTD_WINDOW = 1 << 27
_WINDOW_TOO_LARGE = "too much memory"
_GZIP_WBITS = 31


class BrokenArchiveError(Exception):
    """The archive can't be read on from here; what came before is good."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooLargeWindowError(Exception):
    """To decompress the archive would take more memory than any content of it is worth."""


class Readable(Protocol):
    """An opened file."""

    def read(self, count: int, /) -> bytes:
        """Up to so many bytes; none at the end."""
        ...

    def seek(self, offset: int, /) -> object:
        """Read on from there."""
        ...


def is_archive(file: Readable) -> bool:
    """Whether the first bytes say that the content is compressed; the name says nothing.

    Rotated logs keep their suffix when somebody unpacks them.
    """
    return _magic(file).startswith((GZIP_MAGIC, ZSTD_MAGIC))


def pieces(file: Readable, start: int = 0) -> Iterator[bytes]:
    """Yield a file's content, decompressed if its first bytes say so, at most 1 MiB at once.

    `start` is for plain files: how many bytes are left out. Raises BrokenArchiveError, after all
    that could be decompressed, with the reason `truncated_archive` or `corrupt_archive`;
    TooLargeWindowError where a window is larger than 128 MiB.
    """
    magic = b"" if start else _magic(file)
    file.seek(start)
    if magic.startswith(GZIP_MAGIC):
        return _gunzip(file)
    if magic == ZSTD_MAGIC:
        return _unzstd(file)
    return iter(lambda: file.read(_READ), b"")


def _magic(file: Readable) -> bytes:
    file.seek(0)
    return file.read(len(ZSTD_MAGIC))


def _gunzip(file: Readable) -> Iterator[bytes]:
    member = zlib.decompressobj(_GZIP_WBITS)
    started = False
    for read in iter(lambda: file.read(_READ_COMPRESSED), b""):
        data = read
        while data:
            if not started and not (data := data.lstrip(b"\0")):
                break  # Padding between members, as tape archives leave it.
            started = True
            before = member.copy()
            try:
                piece = member.decompress(data, _PIECE)
            except zlib.error:
                yield from _up_to_the_damage(before, data)
                raise BrokenArchiveError("corrupt_archive") from None
            if piece:
                yield piece
            data = member.unconsumed_tail
            if member.eof:
                data = member.unused_data
                member = zlib.decompressobj(_GZIP_WBITS)
                started = False
    if rest := member.flush():
        yield rest
    if started:
        raise BrokenArchiveError("truncated_archive")


def _up_to_the_damage(member: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    """What zlib keeps to itself where it meets the damage in the same piece.

    Most logs are so small that this is all that there is, and then just the checksum may be wrong.
    """
    for at in range(len(data)):
        try:
            piece = member.decompress(data[at : at + 1])
        except zlib.error:
            return
        if piece:
            yield piece


def _unzstd(file: Readable) -> Iterator[bytes]:
    decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    frame = decompressor.decompressobj()
    started = False
    for read in iter(lambda: file.read(_READ_COMPRESSED), b""):
        for start in range(0, len(read), _ZSTD_BITE):
            data = read[start : start + _ZSTD_BITE]
            while data:
                started = True
                try:
                    piece = frame.decompress(data)
                except zstandard.ZstdError as error:
                    if _WINDOW_TOO_LARGE in str(error):
                        raise TooLargeWindowError from None
                    raise BrokenArchiveError("corrupt_archive") from None
                for at in range(0, len(piece), _PIECE):
                    yield piece[at : at + _PIECE]
                data = b""
                if frame.eof:
                    data = frame.unused_data
                    frame = decompressor.decompressobj()
                    started = False
    if started:
        raise BrokenArchiveError("truncated_archive")
