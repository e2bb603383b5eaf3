"""The files that have been read, and what is kept of all of them as one."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson
import polars as pl

from flows.sources.content import Content
from flows.sources.extracts import Extract, frame_path, without_provenance
from flows.sources.files import SourceProblem
from transforms.schemas import Schema, empty


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What a file held, and where that is kept; `problems`: what is wrong with it as a whole."""

    content: Content
    extract: Extract
    problems: tuple[SourceProblem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A file of an entry, as it was when it was read.

    `fingerprint` is of its bytes as they are on the disk, `taken.content` of what is in it;
    `reading_key` stands for all that decides how it is read. A file that is gone was read by an
    earlier run and is not there any more.
    """

    source: str
    label: str
    size_bytes: int
    modified_ns: int
    fingerprint: str
    reading_key: str
    taken: Taken
    is_gone: bool = False

    @property
    def place(self) -> tuple[str, str]:
        """By what it is known: its entry, and its name there."""
        return self.source, self.label

    def rows(self, frame: str) -> int:
        """How many rows of a frame come from it."""
        return self.taken.extract.rows(frame)

    @property
    def lines_read(self) -> int:
        """How many lines, or rows, it has."""
        return self.taken.extract.lines

    @property
    def lines_malformed(self) -> int:
        """How many of them could not be parsed."""
        return self.rows("quarantine")


def scan(files: Iterable[KeptFile], frame: str, schema: Schema, folder: Path) -> pl.LazyFrame:
    """One frame of all the files, as `schema`: each row with the source and file it came from."""
    origins = [
        (str(frame_path(folder, file.taken.extract.name, frame)), file.source, file.label)
        for file in files
        if file.rows(frame)
    ]
    if not origins:
        return empty(schema)
    origin = {name: pl.String() for name in ("extract", "source", "file")}
    kept = pl.scan_parquet(
        sorted({path for path, _, _ in origins}),
        schema={**without_provenance(schema), "line": pl.Int64()},
        include_file_paths="extract",
        glob=False,
    )
    from_files = pl.LazyFrame(origins, origin, orient="row")
    return kept.join(from_files, on="extract", maintain_order="left").select(*schema)


def inputs_digest(files: Iterable[KeptFile]) -> str:
    """The same if and only if the same content is read in the same way under the same names."""
    told = sorted((*file.place, file.fingerprint, file.reading_key) for file in files)
    return hashlib.sha256(orjson.dumps(told)).hexdigest()
