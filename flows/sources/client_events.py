"""What files of client events hold: JSON lines (plain, .gz, .zst) or Parquet."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Final

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from flows.settings import ClientEvents
from flows.sources.extracts import without_provenance
from flows.sources.files import LONGEST_LINE_BYTES, Block, Blocks
from flows.sources.found import FoundFile
from flows.sources.kept import KeptFile, scan
from flows.sources.opened import AsStream, OpenedFile
from flows.sources.reading_keys import events_key
from flows.sources.taking import Frames, Reader
from transforms.access_logs.masking import LONGEST_TEXT, masked
from transforms.catalogue import Catalogue
from transforms.client_events import (
    Event,
    EventType,
    Parsed,
    Rejected,
    UnknownType,
    distinct_events,
    event_types,
    events_frame,
    parquet_rows,
    parse_event,
    read_event,
)
from transforms.errors import SourceError
from transforms.schemas import EVENTS, QUARANTINE, Schema

_PARQUET_MAGIC = b"PAR1"
_PARQUET_ROWS = 20_000
# A stranger can invent a type for every event; the report needs no more names than this.
_NAMED_TYPES = 1_000
_OTHER_TYPES = "(others)"


# An event of a type that the catalogue does not name.
UNKNOWN: Final[Schema] = {"line": pl.Int64(), "type": pl.String()}

FRAMES: Final[Mapping[str, Schema]] = {
    "events": without_provenance(EVENTS),
    "quarantine": without_provenance(QUARANTINE),
    "unknown": UNKNOWN,
}


@dataclass(frozen=True, kw_only=True)
class ClientEventsRead:
    """All files: `read` = `malformed` + all `unknown_types` + `duplicates` + rows of `events`.

    Of very many unknown types, the most frequent ones are named.
    """

    events: pl.LazyFrame
    quarantine: pl.LazyFrame
    read: int
    malformed: int
    duplicates: int
    unknown_types: Mapping[str, int]


def event_reader(entry: ClientEvents, catalogue: Catalogue) -> Reader:
    """How the files of an entry are read: lines of JSON, or Parquet."""
    types = event_types(catalogue)

    def frames(lines: Sequence[_Line]) -> Frames:
        return {
            "events": _taken(lines, is_trusted=entry.trusted),
            "quarantine": _quarantined(lines),
            "unknown": _unknown(lines),
        }

    def read_table(file: OpenedFile) -> Iterator[tuple[int, Frames]]:
        for lines in _parquet_batches(file, types):
            yield len(lines), frames(lines)

    return Reader(
        source=entry.name,
        key=events_key(entry, catalogue),
        schemas=FRAMES,
        read_block=lambda block: frames(list(_lines(block, types))),
        is_table=_is_parquet,
        read_table=read_table,
    )


def all_events(
    files: Sequence[KeptFile], folder: Path, trusted: Collection[str]
) -> ClientEventsRead:
    """Put the files together: each event once, whatever the order in which the files came.

    `trusted` names the sources whose collector authenticated the customer.
    """
    distinct = distinct_events(scan(files, "events", EVENTS, folder), trusted)
    return ClientEventsRead(
        events=distinct.events,
        quarantine=scan(files, "quarantine", QUARANTINE, folder),
        read=sum(file.lines_read for file in files),
        malformed=sum(file.lines_malformed for file in files),
        duplicates=distinct.duplicates,
        unknown_types=_most_frequent(scan(files, "unknown", UNKNOWN, folder)),
    )


@dataclass(frozen=True)
class _Line:
    number: int
    text: bytes
    parsed: Parsed


def first_events(found: FoundFile, types: Mapping[str, EventType], count: int) -> list[Parsed]:
    """The first events of a file, for a person to look at; see `event_reader`."""
    with found.open() as file:
        lines = chain.from_iterable(_batches(file, types))
        return [line.parsed for line in islice(lines, count)]


def _batches(file: OpenedFile, types: Mapping[str, EventType]) -> Iterator[Iterable[_Line]]:
    if _is_parquet(file):
        return _parquet_batches(file, types)
    return (_lines(block, types) for block in Blocks(file) if isinstance(block, Block))


def _lines(block: Block, types: Mapping[str, EventType]) -> Iterator[_Line]:
    if block.is_cut:
        yield _Line(block.first_line, block.data, Rejected("line_too_long"))
        return
    lines = block.data.removesuffix(b"\n").split(b"\n")
    for number, line in enumerate(lines, block.first_line):
        yield _Line(number, line, parse_event(line, types))


def _is_parquet(file: OpenedFile) -> bool:
    if file.name.endswith(".parquet"):
        return True
    file.seek(0)
    return file.read(len(_PARQUET_MAGIC)) == _PARQUET_MAGIC


def _parquet_batches(file: OpenedFile, types: Mapping[str, EventType]) -> Iterator[Sequence[_Line]]:
    first = 1
    try:
        with pq.ParquetFile(AsStream(file)) as table:
            for batch in table.iter_batches(_PARQUET_ROWS):
                rows = parquet_rows(pl.DataFrame(pl.from_arrow(batch)))
                lines = [_row(number, row, types) for number, row in enumerate(rows, first)]
                yield lines
                first += len(lines)
    except (pa.ArrowException, OSError, pl.exceptions.PolarsError) as error:
        raise SourceError(f"{file.name} is no Parquet file that can be read: {error}.") from error


def _row(number: int, row: dict[str, object], types: Mapping[str, EventType]) -> _Line:
    if _letters(row) > LONGEST_LINE_BYTES:
        return _Line(number, b"", Rejected("line_too_long"))
    parsed = read_event(row, types)
    is_shown = isinstance(parsed, Rejected)
    return _Line(number, orjson.dumps(row, default=str) if is_shown else b"", parsed)


def _letters(row: Mapping[str, object]) -> int:
    """How long the texts of a row are; as a line of JSON it would be longer."""
    return sum(
        len(value) if isinstance(value, str) else _letters(value)
        for value in row.values()
        if isinstance(value, str | dict)
    )


def _taken(lines: Sequence[_Line], *, is_trusted: bool) -> pl.DataFrame:
    taken = [(line.number, line.parsed) for line in lines if isinstance(line.parsed, Event)]
    frame = events_frame(
        [event for _, event in taken],
        [number for number, _ in taken],
        # Put in where they are read again.
        source="",
        file="",
        is_trusted=is_trusted,
    )
    return frame.select(*FRAMES["events"])


def _quarantined(lines: Sequence[_Line]) -> pl.DataFrame:
    rows = [
        # Bytes are cut before they are decoded: a line may have megabytes of them.
        (line.number, line.parsed.reason, line.text[: 4 * LONGEST_TEXT].decode("utf-8", "replace"))
        for line in lines
        if isinstance(line.parsed, Rejected)
    ]
    frame = pl.DataFrame(rows, schema=FRAMES["quarantine"], orient="row")
    return frame.with_columns(masked(pl.col("text")))


def _unknown(lines: Sequence[_Line]) -> pl.DataFrame:
    rows = [
        (line.number, line.parsed.type) for line in lines if isinstance(line.parsed, UnknownType)
    ]
    return pl.DataFrame(rows, schema=UNKNOWN, orient="row")


def _most_frequent(types: pl.LazyFrame) -> dict[str, int]:
    """How often each type came, by name; beyond so many, as one."""
    counted = types.group_by("type").len("times").sort("times", "type", descending=[True, False])
    named = counted.collect().rows()
    counts = dict(sorted(named[:_NAMED_TYPES]))
    others = sum(times for _, times in named[_NAMED_TYPES:])
    return counts | ({_OTHER_TYPES: others} if others else {})
