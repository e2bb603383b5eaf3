"""From one access-log file to its writes, block by block, so that memory stays bounded."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import orjson
import polars as pl
import pyarrow.parquet as pq

from flows.settings import AccessLog
from flows.sources.files import Block, SourceProblem, read_blocks, read_lines_frame
from transforms.access_logs.json_lines import compile_json_lines
from transforms.access_logs.masking import masked
from transforms.access_logs.nginx import compile_nginx
from transforms.access_logs.parsed import (
    MALFORMED,
    PARSED_REQUESTS,
    SECONDS,
    LogFormat,
    ParsedLines,
)
from transforms.catalogue import Catalogue
from transforms.errors import ConfigurationError, MalformedSourceError
from transforms.routes import compile_routes, match_routes, raw_literals
from transforms.schemas import LINES, QUARANTINE, SEEN, WRITES, Schema

_COMPATIBLE: Final = pl.CompatLevel.oldest()
_EXAMPLES = 3
_LONGEST_EXAMPLE = 300
_NUMBERED: Final[Schema] = {"line": pl.Int64(), "text": pl.String()}


@dataclass(frozen=True)
class LogExtract:
    """What one file holds. lines_read = lines_malformed + lines_no_write + lines_writes.

    `writes_path`: Parquet, WRITES, all of the file, also those outside the window.
    `lines_path`: Parquet, LINES, the lines that these writes stand in, masked.
    `quarantine_path`: Parquet, QUARANTINE, a row for each malformed line. `seen`: SEEN, the seconds
    inside the window in which a well-formed line was logged, each once. `problems`: what is wrong
    with the file as a whole.
    """

    source: str
    file: str
    lines_read: int
    lines_malformed: int
    lines_no_write: int
    lines_writes: int
    problems: tuple[SourceProblem, ...]
    writes_path: Path
    lines_path: Path
    quarantine_path: Path
    seen: pl.DataFrame


def compile_format(entry: AccessLog) -> LogFormat:
    """Make the parser for an entry's format. Raises ConfigurationError, naming the entry."""
    try:
        return _compiled(entry)
    except ConfigurationError as error:
        raise ConfigurationError(f'access_logs "{entry.name}": {error}') from None


def _compiled(entry: AccessLog) -> LogFormat:
    match entry.format:
        case "nginx":
            return compile_nginx(entry.log_format)
        case "json":
            return compile_json_lines(entry.fields, entry.timezone)
        case other:
            raise ConfigurationError(
                f'format is "{other}", which can\'t be read in this version; '
                'those that can are "nginx" and "json".'
            )


def extract_log(
    path: Path,
    *,
    label: str,
    entry: AccessLog,
    catalogue: Catalogue,
    window_from: datetime,
    window_to: datetime,
    into: Path,
) -> LogExtract:
    """Read one log file; its writes, their lines and its quarantine become files in `into`.

    `label` is the file's name as users see it. `window_from` and `window_to` (both included) bound
    only what is seen. Raises SourceError and ConfigurationError.
    """
    read = _reader(entry, catalogue, source=entry.name, file=label)
    stem = hashlib.blake2b(f"{entry.name}\0{label}".encode(), digest_size=16).hexdigest()
    writes_path = into / f"{stem}.writes.parquet"
    lines_path = into / f"{stem}.lines.parquet"
    quarantine_path = into / f"{stem}.quarantine.parquet"
    in_window = pl.col("second_at").is_between(window_from, window_to)
    seen = pl.DataFrame(schema=SEEN)
    problems = []
    counts: Counter[str] = Counter()
    with (
        _parquet(writes_path, WRITES) as add_writes,
        _parquet(lines_path, LINES) as add_lines,
        _parquet(quarantine_path, QUARANTINE) as add_quarantine,
    ):
        for item in read_blocks(path):
            if isinstance(item, SourceProblem):
                problems.append(item)
                continue
            content = read(item)
            add_writes(content.writes)
            add_lines(content.texts)
            add_quarantine(content.quarantine)
            seen = pl.concat([seen, content.seen.filter(in_window)]).unique()
            counts["read"] += content.lines
            counts["malformed"] += content.quarantine.height
            counts["writes"] += content.writes.height
    return LogExtract(
        source=entry.name,
        file=label,
        lines_read=counts["read"],
        lines_malformed=counts["malformed"],
        lines_no_write=counts["read"] - counts["malformed"] - counts["writes"],
        lines_writes=counts["writes"],
        problems=tuple(problems),
        writes_path=writes_path,
        lines_path=lines_path,
        quarantine_path=quarantine_path,
        seen=seen.sort("second_at"),
    )


@dataclass(frozen=True)
class _BlockContent:
    lines: int
    writes: pl.DataFrame
    texts: pl.DataFrame
    quarantine: pl.DataFrame
    seen: pl.DataFrame


def _reader(
    entry: AccessLog, catalogue: Catalogue, **provenance: str
) -> Callable[[Block], _BlockContent]:
    """Prepare once what every block of a file needs."""
    log_format = compile_format(entry)
    routes = compile_routes(catalogue)
    may_be_write = raw_literals(catalogue).may_be_write()
    columns = {name: pl.lit(value) for name, value in provenance.items()}

    def read(block: Block) -> _BlockContent:
        lines = read_lines_frame(block)
        parsed = _too_long(lines) if block.is_cut else log_format.parse(lines, may_be_write)
        digests = pl.Series([_digest(text) for text in parsed.requests["text"]], dtype=pl.String)
        requests = parsed.requests.with_columns(digest=digests, **columns)
        writes = match_routes(requests.lazy(), routes).collect()
        return _BlockContent(
            lines=lines.height,
            writes=writes,
            texts=_texts_of(writes, requests),
            quarantine=parsed.malformed.with_columns(text=masked(pl.col("text")), **columns).select(
                *QUARANTINE
            ),
            seen=parsed.seconds.with_columns(**columns).select(*SEEN),
        )

    return read


def _texts_of(writes: pl.DataFrame, requests: pl.DataFrame) -> pl.DataFrame:
    """The lines that writes stand in, as LINES; not as a column, for most steps need no text."""
    written = pl.col("line").is_in(writes.get_column("line").implode())
    return requests.filter(written).with_columns(masked(pl.col("text"))).select(*LINES)


def _too_long(lines: pl.DataFrame) -> ParsedLines:
    return ParsedLines(
        requests=pl.DataFrame(schema=PARSED_REQUESTS),
        malformed=lines.with_columns(reason=pl.lit("line_too_long")).select(*MALFORMED),
        seconds=pl.DataFrame(schema=SECONDS),
    )


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@contextmanager
def _parquet(path: Path, schema: Schema) -> Iterator[Callable[[pl.DataFrame], None]]:
    """Open a Parquet file, readable by its owner only, to which frames are appended.

    What is appended is on disk and no longer in memory: a filtered frame would keep the whole
    block alive that it came from.
    """
    arrow_schema = pl.DataFrame(schema=schema).to_arrow(compat_level=_COMPATIBLE).schema
    with (
        open(path, "wb", opener=_owner_only) as file,
        pq.ParquetWriter(file, arrow_schema, compression="zstd") as writer,
    ):

        def append(frame: pl.DataFrame) -> None:
            if not frame.is_empty():
                writer.write_table(frame.to_arrow(compat_level=_COMPATIBLE))

        yield append


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def check_malformed(entry: AccessLog, extracts: Sequence[LogExtract]) -> None:
    """Refuse a source of which more than its `max_malformed` can't be parsed.

    A wrong log_format must not look like "nothing was lost". Raises MalformedSourceError, with
    three of the lines (masked) and what is wrong with the first.
    """
    read = sum(extract.lines_read for extract in extracts)
    malformed = sum(extract.lines_malformed for extract in extracts)
    if not read or malformed / read <= entry.max_malformed:
        return
    examples = pl.concat(
        pl.scan_parquet(extract.quarantine_path).head(_EXAMPLES)
        for extract in sorted(extracts, key=lambda extract: extract.file)
        if extract.lines_malformed
    )
    rows = examples.head(_EXAMPLES).collect().rows(named=True)
    lines = "\n".join(
        f"  {row['file']}:{row['line']}: {row['reason']}: {_shortened(row['text'])}" for row in rows
    )
    guess = _shortened(_guess(entry, rows[0]["text"]))
    raise MalformedSourceError(
        f'access_logs "{entry.name}": {malformed:,} of {read:,} lines ({malformed / read:.1%}) are '
        f"malformed, and max_malformed allows {entry.max_malformed:.1%}. Some of them:\n{lines}\n"
        f"Of the first: {guess}. Correct the entry's {_setting_of(entry)}, or raise max_malformed "
        "if the lines are garbage."
    )


def _setting_of(entry: AccessLog) -> str:
    return "format or fields" if entry.format == "json" else "format or log_format"


def _guess(entry: AccessLog, text: str) -> str:
    if entry.format != "json" and text.lstrip().startswith("{"):
        try:
            orjson.loads(text)
        except orjson.JSONDecodeError:
            pass
        else:
            return 'it is a JSON object; format = "json" reads such lines'
    line = pl.DataFrame({"line": [1], "text": [text]}, schema=_NUMBERED)
    if compile_nginx(None).parse(line).malformed.is_empty():
        return 'format = "nginx" without a log_format (combined) reads such lines'
    return compile_format(entry).explain_mismatch(text)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_EXAMPLE else text[:_LONGEST_EXAMPLE] + "…"
