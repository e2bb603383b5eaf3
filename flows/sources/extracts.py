"""What was taken from the content of files, kept as Parquet so that nothing is read twice.

An extract belongs to a content and a way of reading it, not to a file: of which source and file
its rows are is put in when they are read again, so that a log can be rotated.
"""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from flows.folders import make_private, writing
from flows.sources.files import Place
from transforms.schemas import Schema

_PROVENANCE: Final = {"source", "file"}
_COMPATIBLE: Final = pl.CompatLevel.oldest()
# Small additions are put together to so many rows when an extract is continued.
_ROWS_AT_ONCE: Final = 100_000
_UNFINISHED: Final = ".part"
_moving = Lock()


def extracts_folder(output: Path) -> Path:
    """Where the extracts of a migration are, in its output folder."""
    return output / "extracts"


def without_provenance(schema: Schema) -> Schema:
    """The columns that an extract keeps of a frame."""
    return {name: dtype for name, dtype in schema.items() if name not in _PROVENANCE}


@dataclass(frozen=True)
class Frame:
    """One of an extract's Parquet files: how many rows, and its size."""

    rows: int
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class Extract:
    """What some content holds: `frames` in a folder `name`; a frame without rows has no file.

    Every row has the number of its line. `lines` were read; the last of them may have no line
    feed yet, and those before `end` do.
    """

    name: str
    lines: int
    end: Place
    frames: Mapping[str, Frame]

    def rows(self, frame: str) -> int:
        """How many rows the frame has."""
        return self.frames[frame].rows if frame in self.frames else 0

    def is_whole(self, folder: Path) -> bool:
        """Whether all of it is there, as it was written."""
        try:
            return all(
                frame_path(folder, self.name, frame).stat().st_size == kept.size_bytes
                for frame, kept in self.frames.items()
            )
        except OSError:
            return False


def frame_path(folder: Path, name: str, frame: str) -> Path:
    """Where a frame of an extract is; `folder` is that of all extracts."""
    return folder / name / f"{frame}.parquet"


def clear_unfinished(folder: Path) -> None:
    """Remove what a killed run has left half-done."""
    for path in folder.glob(f".*{_UNFINISHED}"):
        shutil.rmtree(path)


def clear_extracts(folder: Path, wanted: Collection[str]) -> None:
    """Remove all that nobody refers to any more."""
    for path in folder.glob("*"):
        if path.name not in wanted:
            shutil.rmtree(path)


@contextmanager
def new_extract(folder: Path, schemas: Mapping[str, Schema]) -> Iterator["ExtractWriter"]:
    """Write an extract; unless it comes to `finish`, nothing of it is left."""
    part = _beside(make_private(folder))
    try:
        with ExitStack() as files:
            yield ExtractWriter(folder, part, schemas, files)
    finally:
        shutil.rmtree(part, ignore_errors=True)


class ExtractWriter:
    """Appends frames to Parquet files, readable by their owner only.

    What is appended is on disk and no longer in memory: a filtered frame would keep the whole
    block alive that it came from.
    """

    def __init__(
        self, folder: Path, part: Path, schemas: Mapping[str, Schema], files: ExitStack
    ) -> None:
        self._folder = folder
        self._part = part
        self._schemas = schemas
        self._files = files
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._rows: Counter[str] = Counter()

    def add(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Append rows to each of the frames."""
        for name, frame in frames.items():
            if frame.is_empty():
                continue
            if name not in self._writers:
                self._writers[name] = self._open(name)
            self._writers[name].write_table(frame.to_arrow(compat_level=_COMPATIBLE))
            self._rows[name] += frame.height

    def add_finished_lines(self, extract: Extract) -> None:
        """Append all of an extract but a last line that had no line feed."""
        finished = pl.col("line") < extract.end.line
        for name in extract.frames:
            with pq.ParquetFile(frame_path(self._folder, extract.name, name)) as file:
                for batch in file.iter_batches(_ROWS_AT_ONCE):
                    rows = pl.DataFrame(pl.from_arrow(pa.table(batch)))
                    self.add({name: rows.filter(finished)})

    def _open(self, name: str) -> pq.ParquetWriter:
        path = frame_path(self._folder, self._part.name, name)
        return self._files.enter_context(_parquet(path, self._schemas[name]))

    def finish(self, name: str, *, lines: int, end: Place) -> Extract:
        """Put it in its place, whole, instead of an older one of the same content."""
        self._files.close()
        frames = {
            frame: Frame(rows, frame_path(self._folder, self._part.name, frame).stat().st_size)
            for frame, rows in self._rows.items()
        }
        with _moving:
            place = self._folder / name
            if place.exists():
                old = _beside(self._folder)
                place.rename(old)
                shutil.rmtree(old)
            self._part.rename(place)
        return Extract(name=name, lines=lines, end=end, frames=frames)


def _beside(folder: Path) -> Path:
    """A new folder of the owner's only, with a name that no extract has."""
    with writing(folder):
        return Path(tempfile.mkdtemp(dir=folder, prefix=".", suffix=_UNFINISHED))


@contextmanager
def _parquet(path: Path, schema: Schema) -> Iterator[pq.ParquetWriter]:
    """Open a Parquet file for its owner only; at the end it is on the disk."""
    arrow_schema = pl.DataFrame(schema=schema).to_arrow(compat_level=_COMPATIBLE).schema
    with writing(path), open(path, "wb", opener=_owner_only) as file:
        with pq.ParquetWriter(file, arrow_schema, compression="zstd") as writer:
            yield writer
        file.flush()
        os.fsync(file.fileno())


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
