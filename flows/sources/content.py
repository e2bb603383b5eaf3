"""What a file holds, recognised by digests: one of each 16 MiB, so that a file can grow.

How sure this is, and what it costs: docs/decisions/0007-read-once.md.
"""

import hashlib
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Final

from flows.sources.opened import OpenedFile

CHUNK_BYTES = 16 << 20
# So many are looked at in a file that has grown: all of the first 256 MiB.
_CHUNKS_LOOKED_AT = 16
_READ = 1 << 20


@dataclass(frozen=True)
class Content:
    """`size` bytes, and the SHA-256 of every 16 MiB of them; the last chunk may be shorter."""

    size: int
    chunks: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """The same for the same content only."""
        return hashlib.sha256(f"{self.size} {' '.join(self.chunks)}".encode()).hexdigest()

    @property
    def head(self) -> "Content":
        """What of it is in the first chunk."""
        return Content(min(self.size, CHUNK_BYTES), self.chunks[:1])


NOTHING: Final = Content(0, ())


class ContentDigest:
    """Takes in bytes and tells what they are.

    `marks` are the sizes at which it is to be known what there was so far: see `begins_with`. To
    go on after whole chunks that are known, give them as `begun`.
    """

    def __init__(self, marks: Iterable[int] = (), begun: Sequence[str] = ()) -> None:
        self._chunks = list(begun)
        self._chunk = hashlib.sha256()
        self._size = len(begun) * CHUNK_BYTES
        self._marks = sorted({mark for mark in marks if mark > self._size}, reverse=True)
        self._at_marks: dict[int, str] = {}

    def update(self, data: bytes) -> None:
        """Take in what follows."""
        rest = memoryview(data)
        while rest:
            # Up to the end of the chunk, or to a mark before it.
            stop = (len(self._chunks) + 1) * CHUNK_BYTES
            if self._marks:
                stop = min(stop, self._marks[-1])
            taken = rest[: stop - self._size]
            self._chunk.update(taken)
            self._size += len(taken)
            rest = rest[len(taken) :]
            if self._size == stop:
                self._note()

    def _note(self) -> None:
        digest = self._chunk.hexdigest()
        if self._marks and self._size == self._marks[-1]:
            self._at_marks[self._marks.pop()] = digest
        if self._size == (len(self._chunks) + 1) * CHUNK_BYTES:
            self._chunks.append(digest)
            self._chunk = hashlib.sha256()

    def content(self) -> Content:
        """All that was taken in."""
        is_even = self._size == len(self._chunks) * CHUNK_BYTES
        last = () if is_even else (self._chunk.hexdigest(),)
        return Content(self._size, (*self._chunks, *last))

    def begins_with(self, content: Content) -> bool:
        """Whether this content came first; false too where its size was not marked."""
        whole, more = divmod(content.size, CHUNK_BYTES)
        if [*content.chunks[:whole]] != self._chunks[:whole]:
            return False
        return not more or self._at_marks.get(content.size) == content.chunks[-1]


class DigestedFile(OpenedFile):
    """An opened file that is read from its beginning to its end, and taken in on the way."""

    def __init__(self, file: OpenedFile) -> None:
        self.name, self.size, self.modified_ns = file.name, file.size, file.modified_ns
        self._file = file
        self._digest = ContentDigest()
        self._at = 0
        self._taken = 0

    def read(self, count: int, /) -> bytes:
        """Read up to `count` bytes; fewer only at the end."""
        data = self._file.read(count)
        new = self._at + len(data) - self._taken
        if new > 0:
            self._digest.update(data[-new:])
            self._taken += new
        self._at += len(data)
        return data

    def seek(self, offset: int, /) -> None:
        """Read something again; nothing may be left out."""
        self._file.seek(offset)
        self._at = offset

    def was_touched(self) -> bool:
        """Whether somebody may have written to what was read."""
        return self._file.was_touched()

    def content(self) -> Content:
        """All of the file; what nobody has read yet is read now."""
        self.seek(self._taken)
        while self.read(_READ):
            pass
        return self._digest.content()


def digest_of(file: OpenedFile) -> ContentDigest:
    """Take in a file as it is on the disk."""
    return _take_in(file, ContentDigest(), 0, file.size)


def digest_before(file: OpenedFile, offset: int, content: Content) -> ContentDigest:
    """What is before a place in a file that begins with this content; read on from there."""
    whole = offset // CHUNK_BYTES
    digest = ContentDigest(begun=content.chunks[:whole])
    return _take_in(file, digest, whole * CHUNK_BYTES, offset)


def _take_in(file: OpenedFile, digest: ContentDigest, begin: int, end: int) -> ContentDigest:
    file.seek(begin)
    for at in range(begin, end, _READ):
        digest.update(file.read(min(_READ, end - at)))
    return digest


def beginnings(file: OpenedFile, contents: Set[Content]) -> set[Content]:
    """Those of the contents with which a file begins.

    What is as long as the file is compared in all its bytes; see `still_begins_with` for the rest.
    """
    candidates = {content for content in contents if content.size <= file.size}
    if not candidates:
        return set()
    heads = {content: content.head for content in candidates}
    digest = ContentDigest(head.size for head in heads.values())
    _take_in(file, digest, 0, min(file.size, CHUNK_BYTES))
    return {
        content
        for content, head in heads.items()
        if digest.begins_with(head)
        and still_begins_with(file, content, everywhere=content.size == file.size)
    }


def still_begins_with(file: OpenedFile, content: Content, *, everywhere: bool) -> bool:
    """Whether a file that is at least as long begins with this content.

    All of it is looked at, or, of more than 256 MiB and unless `everywhere`, as much from its
    first bytes to its last ones: logs are appended to, and other logs have other times all over.
    """
    return all(
        _chunk_of(file, content, number) == content.chunks[number]
        for number in _looked_at(len(content.chunks), everywhere=everywhere)
    )


def _looked_at(count: int, *, everywhere: bool) -> Iterable[int]:
    if everywhere or count <= _CHUNKS_LOOKED_AT:
        return range(count)
    steps = _CHUNKS_LOOKED_AT - 1
    return (number * (count - 1) // steps for number in range(steps + 1))


def _chunk_of(file: OpenedFile, content: Content, number: int) -> str:
    begin = number * CHUNK_BYTES
    file.seek(begin)
    return hashlib.sha256(file.read(min(CHUNK_BYTES, content.size - begin))).hexdigest()
