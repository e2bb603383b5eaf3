"""Where what was read is kept from run to run: extracts in a folder, their files in the ledger.

An extract is in its place before the ledger names it, and is removed after the ledger has
forgotten it: whenever a run is killed, the next one finds either the old or the new.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
from pydantic import TypeAdapter, ValidationError

from flows.ledger import Ledger
from flows.ledger.source_files import KnownFile, forget_files, known_files, remember_files
from flows.sources.extracts import clear_extracts, clear_unfinished, extracts_folder
from flows.sources.kept import KeptFile, Taken
from flows.sources.taking import TakenFile
from flows.stock import Entry, Files, SourceFile, Stock, settle
from transforms.errors import SourceError

_TAKEN = TypeAdapter(Taken)


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """What earlier runs have kept: `known`, with their evidence in `folder`.

    The reading key of a file whose evidence is damaged is "", which is nobody's. `run` is this
    run's number.
    """

    folder: Path
    known: tuple[KeptFile, ...]
    ledger: Ledger
    run: int
    first_runs: Mapping[tuple[str, str], int]

    def fill(
        self,
        look: Callable[[Sequence[KeptFile]], Stock[Entry]],
        read: Callable[[Sequence[SourceFile[Entry]]], Iterable[TakenFile]],
    ) -> Files:
        """Look which files are there, read what is not known of them, and remember each at once.

        Raises SourceError where logs were rotated meanwhile so that something known escaped.
        """
        stock = look(self.known)
        taken = []
        for file in read(stock.unread):
            found = [each.place for each in stock.missing if each.place in file.holds]
            with self.ledger.begin() as tx:
                remember_files(tx, [self._row(file.kept)])
                forget_files(tx, found)
            taken.append(file)
        files = settle(stock, taken)
        if files.rewritten and look(self.known).there != stock.there:
            raise SourceError(
                f"Logs were rotated while they were read, and what {files.rewritten[0]} held "
                "before has not been found again. Run again."
            )
        return files

    def tidy(self, files: Files) -> None:
        """Forget all that is not among the files of all entries, and clear it away."""
        kept = {file.place: file for file in files.kept}
        with self.ledger.reading() as tx:
            before = {(row.source, row.label): row for row in known_files(tx)}
        changed = [
            self._row(file)
            for place, file in kept.items()
            if place not in before or before[place].is_gone != file.is_gone
        ]
        if changed or before.keys() - kept.keys():
            with self.ledger.begin() as tx:
                remember_files(tx, changed)
                forget_files(tx, before.keys() - kept.keys())
        clear_extracts(self.folder, {file.taken.extract.name for file in kept.values()})

    def _row(self, file: KeptFile) -> KnownFile:
        return _to_remember(file, self.first_runs.get(file.place, self.run), self.run)


def open_shelf(ledger: Ledger, output: Path, run: int, *, verify: bool) -> Shelf:
    """See what earlier runs have kept, and clear away what a killed one has left half-done.

    With `verify` nothing is known, so that all is read anew.
    """
    folder = extracts_folder(output)
    clear_unfinished(folder)
    with ledger.reading() as tx:
        rows = known_files(tx)
    known = () if verify else (_usable(recalled(row), folder) for row in rows)
    return Shelf(
        folder=folder,
        known=tuple(known),
        ledger=ledger,
        run=run,
        first_runs={(row.source, row.label): row.first_run for row in rows},
    )


def _usable(file: KeptFile, folder: Path) -> KeptFile:
    return file if file.taken.extract.is_whole(folder) else replace(file, reading_key="")


def recalled(known: KnownFile) -> KeptFile:
    """A file as the ledger remembers it."""
    try:
        taken = _TAKEN.validate_json(known.parts)
    except ValidationError:
        raise SourceError(
            f"What the ledger remembers of {known.label} ({known.source}) was written by another "
            "version of this program. Read all files anew: run with --verify."
        ) from None
    return KeptFile(
        source=known.source,
        label=known.label,
        size_bytes=known.size_bytes,
        modified_ns=known.modified_ns,
        fingerprint=known.fingerprint,
        reading_key=known.reading_key,
        taken=taken,
        is_gone=known.is_gone,
    )


def _to_remember(file: KeptFile, first_run: int, last_run: int) -> KnownFile:
    """What the ledger is to remember of a file."""
    return KnownFile(
        source=file.source,
        label=file.label,
        size_bytes=file.size_bytes,
        modified_ns=file.modified_ns,
        fingerprint=file.fingerprint,
        reading_key=file.reading_key,
        parts=orjson.dumps(file.taken).decode(),
        first_run=first_run,
        last_run=last_run,
        is_gone=file.is_gone,
    )
