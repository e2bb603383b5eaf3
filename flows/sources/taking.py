"""One source file: recognised by its content, read on where it has grown, or read anew."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import polars as pl

from flows.ahead import in_order
from flows.progress import reading
from flows.sources.archives import is_archive
from flows.sources.content import (
    NOTHING,
    Content,
    ContentDigest,
    DigestedFile,
    beginnings,
    digest_before,
    digest_of,
    still_begins_with,
)
from flows.sources.extracts import Extract, ExtractWriter, new_extract
from flows.sources.files import BEGINNING, Block, Blocks, SourceProblem
from flows.sources.found import FoundFile
from flows.sources.kept import KeptFile, Taken
from flows.sources.opened import OpenedFile, changed
from transforms.schemas import Schema

Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """How an entry's files are read: what a block of lines gives of each frame.

    `key` stands for all that decides what that is. A file that is a table has no lines; its rows
    come from `read_table`, and how many they are.
    """

    source: str
    key: str
    schemas: Mapping[str, Schema]
    read_block: Callable[[Block], Frames]
    is_table: Callable[[OpenedFile], bool] = lambda _file: False
    read_table: Callable[[OpenedFile], Iterator[tuple[int, Frames]]] = lambda _file: iter(())


@dataclass(frozen=True, kw_only=True)
class TakenFile:
    """A file as it is now. `was_read`: not all of its content was known before.

    `holds` names the known files of its source whose content this one begins with.
    """

    kept: KeptFile
    was_read: bool
    holds: frozenset[tuple[str, str]]


_NOTHING_YET: Final = Taken(
    content=NOTHING, extract=Extract(name="", lines=0, end=BEGINNING, frames={})
)


@dataclass(frozen=True, kw_only=True)
class _Result:
    """What was taken; `begun`: with which known contents the file begins."""

    taken: Taken
    fingerprint: str
    was_read: bool
    begun: Set[Content]


def take(found: FoundFile, reader: Reader, known: Sequence[KeptFile], folder: Path) -> TakenFile:
    """Take from a file what is not in `folder` yet.

    What it begins with may be known from any of the `known` files, whatever they are called; of a
    plain file only what follows is read. Raises SourceError where it can't be read, or is
    rewritten meanwhile; what is appended meanwhile is left for the next time.
    """
    with found.open() as file:
        is_packed = is_archive(file) or reader.is_table(file)
        result = (_packed if is_packed else _plain)(found, file, reader, known, folder)
    kept = KeptFile(
        source=reader.source,
        label=found.label,
        size_bytes=file.size,
        modified_ns=file.modified_ns,
        fingerprint=result.fingerprint,
        reading_key=reader.key,
        taken=result.taken,
    )
    holds = frozenset(
        each.place
        for each in known
        if each.source == reader.source and each.taken.content in result.begun
    )
    return TakenFile(kept=kept, was_read=result.was_read, holds=holds)


def _plain(
    found: FoundFile, file: OpenedFile, reader: Reader, known: Sequence[KeptFile], folder: Path
) -> _Result:
    """A file whose lines can be read from any place on."""
    begun = beginnings(file, {each.taken.content for each in known})
    usable = [
        each.taken
        for each in known
        if each.reading_key == reader.key and each.taken.content in begun
    ]
    before = max(usable, key=lambda taken: taken.content.size, default=_NOTHING_YET)
    is_known = before in usable and before.content.size == file.size
    if is_known:
        taken = replace(before, problems=())
    else:
        start = before.extract.end.offset
        digest = digest_before(file, start, before.content)
        with reading(found, file.size - start), new_extract(folder, reader.schemas) as new:
            taken = _read_lines(file, reader, new, digest, before=before)
    return _Result(
        taken=taken,
        fingerprint=taken.content.fingerprint,
        was_read=not is_known,
        begun=begun,
    )


def _packed(
    found: FoundFile, file: OpenedFile, reader: Reader, known: Sequence[KeptFile], folder: Path
) -> _Result:
    """An archive or a table: known as a whole, or read as a whole."""
    same = _the_same(file, reader, known)
    if same is not None:
        return _Result(
            taken=same.taken,
            fingerprint=same.fingerprint,
            was_read=False,
            begun={same.taken.content},
        )
    contents = {each.taken.content for each in known}
    digest = ContentDigest(content.size for content in contents)
    with reading(found, file.size), new_extract(folder, reader.schemas) as new:
        if reader.is_table(file):
            taken = _read_table(file, reader, new)
            fingerprint = taken.content.fingerprint
        else:
            # Taken in on the way: an object store would send it a second time.
            packed = DigestedFile(file)
            taken = _read_lines(packed, reader, new, digest, packed=packed.content)
            fingerprint = packed.content().fingerprint
    begun = {content for content in contents if digest.begins_with(content)}
    return _Result(taken=taken, fingerprint=fingerprint, was_read=True, begun=begun)


def _the_same(file: OpenedFile, reader: Reader, known: Sequence[KeptFile]) -> KeptFile | None:
    """The known file that has the same bytes and is read in the same way."""
    alike = [
        each for each in known if (each.size_bytes, each.reading_key) == (file.size, reader.key)
    ]
    if not alike:
        return None
    fingerprint = digest_of(file).content().fingerprint
    return next((each for each in alike if each.fingerprint == fingerprint), None)


def _read_lines(
    file: OpenedFile,
    reader: Reader,
    new: ExtractWriter,
    digest: ContentDigest,
    *,
    before: Taken = _NOTHING_YET,
    packed: Callable[[], Content] | None = None,
) -> Taken:
    """Read on after what was taken `before`. `packed`: the bytes of an archive, once it is read."""
    new.add_finished_lines(before.extract)
    blocks = Blocks(file, before.extract.end, digest)
    problems: list[SourceProblem] = []
    for frames in in_order(reader.read_block, _without_problems(blocks, problems)):
        new.add(frames)
    content = digest.content()
    _check_unchanged(file, packed() if packed else content)
    extract = new.finish(_name(reader, content), lines=blocks.lines, end=blocks.end)
    return Taken(content=content, extract=extract, problems=tuple(problems))


def _without_problems(
    blocks: Iterable[Block | SourceProblem], problems: list[SourceProblem]
) -> Iterator[Block]:
    for item in blocks:
        if isinstance(item, SourceProblem):
            problems.append(item)
        else:
            yield item


def _read_table(file: OpenedFile, reader: Reader, new: ExtractWriter) -> Taken:
    content = digest_of(file).content()
    rows = 0
    for count, frames in reader.read_table(file):
        new.add(frames)
        rows += count
    _check_unchanged(file, content)
    extract = new.finish(_name(reader, content), lines=rows, end=BEGINNING)
    return Taken(content=content, extract=extract)


def _name(reader: Reader, content: Content) -> str:
    """The same for the same content, read in the same way."""
    return hashlib.sha256(f"{reader.key} {content.fingerprint}".encode()).hexdigest()[:40]


def _check_unchanged(file: OpenedFile, content: Content) -> None:
    """Make sure that what was read is not half of one log and half of another."""
    if file.was_touched() and not still_begins_with(file, content, everywhere=False):
        raise changed(file.name, "was rewritten")
