"""Reading source files as blocks of whole lines."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from flows.sources.archives import BrokenArchiveError, TooLargeWindowError, pieces
from flows.sources.content import ContentDigest
from flows.sources.found import FoundFile
from flows.sources.opened import OpenedFile
from transforms.errors import SourceError

BLOCK_BYTES = 16 << 20
LONGEST_LINE_BYTES = 16 << 20
# What is kept of a longer line: enough to recognise it in the quarantine.
_KEPT_OF_CUT_LINE = 4 << 10

_BOM = b"\xef\xbb\xbf"
_UTF_16_BOMS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Block:
    """Whole lines of a file, the first of which has the number `first_line` (from 1).

    `is_cut` marks a block that is the beginning of a single line too long to be read.
    """

    first_line: int
    data: bytes
    is_cut: bool = False


@dataclass(frozen=True)
class Place:
    """Between two lines of a file: `offset` bytes come before it, and line `line` after it."""

    offset: int
    line: int


BEGINNING: Final = Place(offset=0, line=1)


@dataclass(frozen=True)
class SourceProblem:
    """What is wrong with a file as a whole: it can't be read on after `line`."""

    reason: str
    line: int


def read_blocks(found: FoundFile) -> Iterator[Block | SourceProblem]:
    """Yield the lines of a file from its beginning; see `Blocks`."""
    with found.open() as file:
        yield from Blocks(file)


class Blocks:
    """The lines of an opened file in blocks of about 16 MiB, decompressed, in bounded memory.

    Lines end at a line feed only; a last line without one counts as a line, in a block of its own:
    more of it may come. A byte-order mark is dropped. A line of more than 16 MiB comes as a block
    of its own, cut to its beginning. An archive that breaks off gives what can be decompressed,
    and then a SourceProblem. Raises SourceError where the file can't be read.

    To read on in a plain file, `start` is the `end` of the time before. `digest` takes in all that
    is read, and may have taken in what is before `start`.
    """

    def __init__(
        self, file: OpenedFile, start: Place = BEGINNING, digest: ContentDigest | None = None
    ) -> None:
        self._file = file
        self._digest = digest or ContentDigest()
        self._cutter = _LineCutter(start)

    @property
    def end(self) -> Place:
        """Behind the last line feed that has been read."""
        return self._cutter.end

    @property
    def lines(self) -> int:
        """How many lines there are so far, with those before `start`."""
        return self._cutter.next_line - 1

    def __iter__(self) -> Iterator[Block | SourceProblem]:
        """Read to the end; once only."""
        try:
            for piece in self._pieces():
                yield from self._cutter.feed(piece)
        except BrokenArchiveError as error:
            yield from self._cutter.finish()
            yield SourceProblem(error.reason, self.lines)
        except TooLargeWindowError:
            raise SourceError(
                f"{self._file.name} is compressed with a window of more than 128 MB, which would "
                "take as much memory. Decompress it first: zstd -d --long=31."
            ) from None
        else:
            yield from self._cutter.finish()

    def _pieces(self) -> Iterator[bytes]:
        start = self._cutter.end
        content = self._digested(pieces(self._file, start.offset))
        return content if start.offset else self._without_bom(content)

    def _digested(self, content: Iterator[bytes]) -> Iterator[bytes]:
        for piece in content:
            self._digest.update(piece)
            yield piece

    def _without_bom(self, content: Iterator[bytes]) -> Iterator[bytes]:
        start = b""
        for piece in content:
            start += piece
            if len(start) >= len(_BOM):
                break
        if start.startswith(_UTF_16_BOMS):
            raise SourceError(f"{self._file.name} is written in UTF-16. Convert it to UTF-8 first.")
        if start.startswith(_BOM):
            self._cutter.skip(len(_BOM))
        yield start.removeprefix(_BOM)
        yield from content


class _LineCutter:
    """Gathers pieces into blocks that end where a line ends, and counts lines and bytes."""

    def __init__(self, start: Place) -> None:
        self.end = start
        self.next_line = start.line
        self._pending = bytearray()
        # What has been read of a line that is too long, beyond `end`.
        self._skipped = 0

    def skip(self, count: int) -> None:
        """Count bytes that belong to no line."""
        self.end = Place(self.end.offset + count, self.end.line)

    def feed(self, piece: bytes) -> Iterator[Block]:
        if self._skipped:
            end = piece.find(b"\n") + 1
            self._skipped += end or len(piece)
            if not end:
                return
            self._end_line(self._skipped)
            self._skipped = 0
            piece = piece[end:]
        self._pending += piece
        if len(self._pending) > LONGEST_LINE_BYTES:
            yield from self._cut_long_line()
        if len(self._pending) >= BLOCK_BYTES:
            yield from self._take_lines()

    def _cut_long_line(self) -> Iterator[Block]:
        # Pieces are smaller than the limit, so only the first line can have grown beyond it.
        end = self._pending.find(b"\n")
        if 0 <= end <= LONGEST_LINE_BYTES:
            return
        yield Block(self.next_line, bytes(self._pending[:_KEPT_OF_CUT_LINE]), is_cut=True)
        self.next_line += 1
        length = end + 1 or len(self._pending)
        del self._pending[:length]
        if end < 0:
            self._skipped = length
        else:
            self._end_line(length)

    def finish(self) -> Iterator[Block]:
        yield from self._take_lines()
        if self._pending:
            yield Block(self.next_line, bytes(self._pending))
            self.next_line += 1

    def _take_lines(self) -> Iterator[Block]:
        if length := self._pending.rfind(b"\n") + 1:
            with memoryview(self._pending) as pending:
                block = Block(self.next_line, bytes(pending[:length]))
            del self._pending[:length]
            self.next_line += block.data.count(b"\n")
            self._end_line(length)
            yield block

    def _end_line(self, length: int) -> None:
        self.end = Place(self.end.offset + length, self.next_line)


def read_lines_frame(block: Block) -> pl.DataFrame:
    """Split a block: `line` (Int64, the lines' numbers), `text` (String, without line ends).

    Bytes that are no UTF-8 become replacement characters; a carriage return before the line end
    is dropped.
    """
    data = block.data
    if not data.isascii():
        # The reader refuses a block for one byte that is no UTF-8; real logs have such bytes.
        data = data.decode("utf-8", "replace").encode()
    lines = pl.scan_lines(io.BytesIO(data), name="text", row_index_name="line").collect()
    return lines.select(
        pl.col("line").cast(pl.Int64) + block.first_line, pl.col("text").cast(pl.String)
    )


def first_lines(files: Sequence[FoundFile], count: int) -> pl.DataFrame:
    """The first lines of the first file that has any: `line`, `text`.

    Raises SourceError where all are empty.
    """
    for file in files:
        for block in read_blocks(file):
            if isinstance(block, Block) and not block.is_cut:
                lines = block.data.split(b"\n", count)[:count]
                return read_lines_frame(Block(block.first_line, b"\n".join(lines)))
    raise SourceError("all files are empty, so the format can't be tried.")
