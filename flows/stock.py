"""The source files of a migration: those that are known, those to be read, those that are gone."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from flows.settings import AccessLog, ClientEvents
from flows.sources.found import FoundFile, Status
from flows.sources.kept import KeptFile
from flows.sources.taking import TakenFile
from transforms.errors import SourceError

Entry = TypeVar("Entry", AccessLog, ClientEvents)


@dataclass(frozen=True, kw_only=True)
class SourceFile(Generic[Entry]):
    """One file of one entry of the migration file."""

    entry: Entry
    found: FoundFile

    @property
    def place(self) -> tuple[str, str]:
        """By what it is known: its entry, and its name there."""
        return self.entry.name, self.found.label

    def __str__(self) -> str:
        """What the operator sees."""
        return f"{self.entry.name}: {self.found.label}"


@dataclass(frozen=True, kw_only=True)
class Stock(Generic[Entry]):
    """The files of some entries before anything is read, beside all that is known.

    `same` are as they were when they were read. Each of `unread` is to be recognised by its
    content, or read. `missing` are known, and not there any more. `keys`: how the files of each
    entry are read. `there` tells all files apart, whatever they are called.
    """

    same: tuple[KeptFile, ...]
    unread: tuple[SourceFile[Entry], ...]
    missing: tuple[KeptFile, ...]
    known: tuple[KeptFile, ...]
    keys: Mapping[str, str]
    there: Mapping[tuple[str, str], Hashable]


@dataclass(frozen=True, kw_only=True)
class Files:
    """The files of some entries after reading: `kept` is what all evidence comes from.

    Of the files that are there, `read` were read in this run, in part or as a whole, and `skipped`
    were known. `gone` are not there any more: what was read from them still counts. `rewritten`
    hold something else than before: what they held is in no file any more, and counts no longer.
    """

    kept: tuple[KeptFile, ...]
    read: int
    skipped: int
    gone: tuple[str, ...]
    rewritten: tuple[str, ...]

    @property
    def broken(self) -> tuple[str, ...]:
        """The files that could be read only in part."""
        return tuple(file.label for file in self.kept if file.taken.problems)


def together(one: Files, other: Files) -> Files:
    """The files of all entries."""
    return Files(
        kept=one.kept + other.kept,
        read=one.read + other.read,
        skipped=one.skipped + other.skipped,
        gone=one.gone + other.gone,
        rewritten=one.rewritten + other.rewritten,
    )


def take_stock(
    files: Iterable[SourceFile[Entry]],
    keys: Mapping[str, str],
    known: Sequence[KeptFile],
    is_there: Callable[[KeptFile], bool],
) -> Stock[Entry]:
    """Look which files are as they were, by size and time; none of them is opened.

    A known file that is still there, but that `paths` no longer names, is not missing: nobody
    wants it any more. `is_there` tells this of those that were not found.
    """
    before = {file.place: file for file in known}
    same, unread, there = [], [], {}
    for file in files:
        status = file.found.status()
        there[file.place] = status.identity
        kept = before.pop(file.place, None)
        if kept and kept.reading_key == keys[kept.source] and _is_as_it_was(kept, status):
            same.append(replace(kept, is_gone=False))
        else:
            unread.append(file)
    return Stock(
        same=tuple(same),
        unread=tuple(unread),
        missing=tuple(
            file for file in before.values() if file.source in keys and not is_there(file)
        ),
        known=tuple(known),
        keys=keys,
        there=there,
    )


def look_only_in(sources: Collection[str], stock: Stock[Entry]) -> Stock[Entry]:
    """Leave the files of all other sources unread; what is known of them counts as it is.

    Known files whose extract can't be used as it is (their entry or the catalogue has changed)
    are read all the same.
    """
    known: dict[tuple[str, str], KeptFile] = {file.place: file for file in stock.known}
    left = [
        file
        for file in stock.unread
        if file.entry.name not in sources
        and (
            file.place not in known or known[file.place].reading_key == stock.keys[file.entry.name]
        )
    ]
    places: set[tuple[str, str]] = {file.place for file in left}
    return replace(
        stock,
        same=(*stock.same, *(known[place] for place in sorted(places) if place in known)),
        unread=tuple(file for file in stock.unread if file.place not in places),
    )


def _is_as_it_was(kept: KeptFile, status: Status) -> bool:
    return (status.size, status.modified_ns) == (kept.size_bytes, kept.modified_ns)


def settle(stock: Stock[Entry], taken: Sequence[TakenFile]) -> Files:
    """What counts now that all is read.

    Raises SourceError where a file is gone whose evidence can't be used as it is.
    """
    there = (*stock.same, *(each.kept for each in taken))
    held = _held(stock, taken, there)
    gone = [file for file in stock.missing if file.place not in held]
    _check_usable(gone, stock.keys)
    known = {file.place for file in stock.known}
    all_files = there + tuple(replace(file, is_gone=True) for file in gone)
    read = sum(each.was_read for each in taken)
    return Files(
        kept=tuple(sorted(all_files, key=lambda file: file.place)),
        read=read,
        skipped=len(there) - read,
        gone=tuple(file.label for file in gone),
        rewritten=tuple(
            file.found.label
            for file in stock.unread
            if file.place in known and file.place not in held
        ),
    )


def _held(
    stock: Stock[Entry], taken: Sequence[TakenFile], there: Sequence[KeptFile]
) -> set[tuple[str, str]]:
    """The known files whose content is still to be found in a file of their source."""
    contents = {(file.source, file.taken.content) for file in there}
    same = {file.place for file in stock.known if (file.source, file.taken.content) in contents}
    return same.union(*(each.holds for each in taken))


def _check_usable(gone: Iterable[KeptFile], keys: Mapping[str, str]) -> None:
    for file in gone:
        if file.reading_key != keys[file.source]:
            raise SourceError(
                f"{file.label} ({file.source}) is not there any more, and what was read from it "
                "can't be used: it would be read in another way now, as its entry or the catalogue "
                "has been changed since, or what was kept of it is damaged or missing. Bring the "
                "file back, or run with --verify to go on without it."
            )
