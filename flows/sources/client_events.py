"""Reading the client events of one file: JSON lines (plain, .gz, .zst) or Parquet."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from flows.sources.files import Block, SourceProblem, read_blocks
from transforms.access_logs.masking import LONGEST_TEXT, masked
from transforms.client_events import (
    Event,
    EventType,
    Parsed,
    Rejected,
    UnknownType,
    distinct_events,
    events_frame,
    parquet_rows,
    parse_event,
    read_event,
)
from transforms.errors import SourceError
from transforms.schemas import EVENTS, QUARANTINE, Schema, empty

_PARQUET_MAGIC = b"PAR1"
_PARQUET_ROWS = 20_000
# A stranger can invent a type for every event; the report needs no more names than this.
_NAMED_TYPES = 1_000
_OTHER_TYPES = "(others)"


@dataclass(frozen=True, kw_only=True)
class EventExtract:
    """What one file held: `read` = `malformed` + all `unknown_types` + the rows of `events_path`.

    `events_path` has the columns of `schemas.EVENTS`, `quarantine_path` of `schemas.QUARANTINE`.
    """

    source: str
    file: str
    read: int
    malformed: int
    unknown_types: Mapping[str, int]
    problems: tuple[SourceProblem, ...]
    events_path: Path
    quarantine_path: Path


@dataclass(frozen=True, kw_only=True)
class ClientEventsRead:
    """All files: `read` = `malformed` + all `unknown_types` + `duplicates` + rows of `events`."""

    events: pl.LazyFrame
    quarantine: pl.LazyFrame
    read: int
    malformed: int
    duplicates: int
    unknown_types: Mapping[str, int]


def extract_events(
    path: Path,
    *,
    label: str,
    source: str,
    is_trusted: bool,
    types: Mapping[str, EventType],
    into: Path,
) -> EventExtract:
    """Read one file of the `[[client_events]]` entry `source` in bounded memory.

    `label` is the file's name as the user knows it, `types` what the catalogue makes of each type
    of event. Writes two Parquet files into the folder `into`. Raises SourceError where the file
    can't be read at all.
    """
    into.mkdir(parents=True, exist_ok=True)
    unknown: Counter[str] = Counter()
    problems: list[SourceProblem] = []
    read = malformed = 0
    events_path, quarantine_path = into / "events.parquet", into / "quarantine.parquet"
    with _writer(events_path, EVENTS) as events, _writer(quarantine_path, QUARANTINE) as rejects:
        for lines in _batches(path, types, problems):
            batch = list(lines)
            read += len(batch)
            unknown.update(_type_names(batch, unknown))
            _write(events, _taken(batch, source, label, is_trusted))
            quarantine = _quarantined(batch, source, label)
            malformed += quarantine.height
            _write(rejects, quarantine)
    return EventExtract(
        source=source,
        file=label,
        read=read,
        malformed=malformed,
        unknown_types=dict(unknown),
        problems=tuple(problems),
        events_path=events_path,
        quarantine_path=quarantine_path,
    )


def all_events(extracts: Collection[EventExtract], trusted: Collection[str]) -> ClientEventsRead:
    """Put the files together: each event once, whatever the order in which the files came.

    `trusted` names the sources whose collector authenticated the customer.
    """
    unknown: Counter[str] = Counter()
    for extract in extracts:
        unknown.update(extract.unknown_types)
    distinct = distinct_events(_scan((each.events_path for each in extracts), EVENTS), trusted)
    return ClientEventsRead(
        events=distinct.events,
        quarantine=_scan((each.quarantine_path for each in extracts), QUARANTINE),
        read=sum(each.read for each in extracts),
        malformed=sum(each.malformed for each in extracts),
        duplicates=distinct.duplicates,
        unknown_types=dict(sorted(unknown.items())),
    )


@dataclass(frozen=True)
class _Line:
    number: int
    text: bytes
    parsed: Parsed


def first_events(path: Path, types: Mapping[str, EventType], count: int) -> list[Parsed]:
    """The first events of a file, for a person to look at; see `extract_events`."""
    lines = chain.from_iterable(_batches(path, types, []))
    return [line.parsed for line in islice(lines, count)]


def _batches(
    path: Path, types: Mapping[str, EventType], problems: list[SourceProblem]
) -> Iterator[Iterator[_Line]]:
    if _is_parquet(path):
        yield from _parquet_batches(path, types)
        return
    for block in read_blocks(path):
        if isinstance(block, SourceProblem):
            problems.append(block)
        else:
            yield _lines(block, types)


def _lines(block: Block, types: Mapping[str, EventType]) -> Iterator[_Line]:
    if block.is_cut:
        yield _Line(block.first_line, block.data, Rejected("line_too_long"))
        return
    lines = block.data.removesuffix(b"\n").split(b"\n")
    for number, line in enumerate(lines, block.first_line):
        yield _Line(number, line, parse_event(line, types))


def _is_parquet(path: Path) -> bool:
    if path.suffix == ".parquet":
        return True
    try:
        with path.open("rb") as file:
            return file.read(len(_PARQUET_MAGIC)) == _PARQUET_MAGIC
    except OSError as error:
        raise SourceError(f"{path} can't be read: {error.strerror or error}.") from error


def _parquet_batches(path: Path, types: Mapping[str, EventType]) -> Iterator[Iterator[_Line]]:
    first = 1
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_PARQUET_ROWS):
                rows = pl.DataFrame(pl.from_arrow(batch))
                yield (
                    _row(number, row, types) for number, row in enumerate(parquet_rows(rows), first)
                )
                first += rows.height
    except (pa.ArrowException, OSError, pl.exceptions.PolarsError) as error:
        raise SourceError(f"{path} is no Parquet file that can be read: {error}.") from error


def _row(number: int, row: dict[str, object], types: Mapping[str, EventType]) -> _Line:
    parsed = read_event(row, types)
    is_shown = isinstance(parsed, Rejected)
    return _Line(number, orjson.dumps(row, default=str) if is_shown else b"", parsed)


def _type_names(batch: Iterable[_Line], known: Collection[str]) -> Iterator[str]:
    for line in batch:
        if isinstance(line.parsed, UnknownType):
            is_named = line.parsed.type in known or len(known) < _NAMED_TYPES
            yield line.parsed.type if is_named else _OTHER_TYPES


def _taken(batch: Iterable[_Line], source: str, label: str, is_trusted: bool) -> pl.DataFrame:
    taken = [(line.number, line.parsed) for line in batch if isinstance(line.parsed, Event)]
    return events_frame(
        [event for _, event in taken],
        [number for number, _ in taken],
        source=source,
        file=label,
        is_trusted=is_trusted,
    )


def _quarantined(batch: Iterable[_Line], source: str, label: str) -> pl.DataFrame:
    rows = [
        # Bytes are cut before they are decoded: a line may have megabytes of them.
        (line.number, line.parsed.reason, line.text[: 4 * LONGEST_TEXT].decode("utf-8", "replace"))
        for line in batch
        if isinstance(line.parsed, Rejected)
    ]
    schema = {"line": pl.Int64, "reason": pl.String, "text": pl.String}
    return (
        pl.DataFrame(rows, schema=schema, orient="row")
        .with_columns(source=pl.lit(source), file=pl.lit(label), text=masked(pl.col("text")))
        .select(*QUARANTINE)
    )


def _writer(path: Path, schema: Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, _to_arrow(pl.DataFrame(schema=schema)).schema)


def _write(writer: pq.ParquetWriter, frame: pl.DataFrame) -> None:
    if not frame.is_empty():
        writer.write_table(_to_arrow(frame))


def _to_arrow(frame: pl.DataFrame) -> pa.Table:
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def _scan(paths: Iterable[Path], schema: Schema) -> pl.LazyFrame:
    files = sorted(paths)
    return pl.scan_parquet(files).select(*schema) if files else empty(schema)
