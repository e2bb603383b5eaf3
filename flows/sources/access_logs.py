"""What the lines of access logs hold: writes, malformed lines, and when something was logged."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import orjson
import polars as pl

from flows.settings import AccessLog
from flows.settings.sections import WITH_FIELDS
from flows.sources.extracts import without_provenance
from flows.sources.files import Block, read_lines_frame
from flows.sources.kept import KeptFile, scan
from flows.sources.reading_keys import log_key
from flows.sources.taking import Frames, Reader
from transforms.access_logs.formats import Writing
from transforms.access_logs.masking import masked, without_query
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

_EXAMPLES = 3
_LONGEST_EXAMPLE = 300
_NUMBERED: Final[Schema] = {"line": pl.Int64(), "text": pl.String()}


# `writes`: all of the file, also those outside the window. `lines`: the lines that these stand in,
# masked. `quarantine`: a row for each malformed line. `seen`: each second in which a well-formed
# line was logged, once for each block, with the number of the block's first line.
FRAMES: Final[Mapping[str, Schema]] = {
    "writes": without_provenance(WRITES),
    "lines": without_provenance(LINES),
    "quarantine": without_provenance(QUARANTINE),
    "seen": {**without_provenance(SEEN), "line": pl.Int64()},
}


def compile_format(entry: AccessLog) -> LogFormat:
    """Make the parser for an entry's format. Raises ConfigurationError, naming the entry."""
    how = Writing(entry.format, entry.log_format, entry.fields, entry.timezone)
    try:
        return how.compiled()
    except ConfigurationError as error:
        raise ConfigurationError(f'access_logs "{entry.name}": {error}') from None


def log_reader(entry: AccessLog, catalogue: Catalogue) -> Reader:
    """How the files of an entry are read. Raises ConfigurationError, naming the entry."""
    log_format = compile_format(entry)
    routes = compile_routes(catalogue)
    may_be_write = raw_literals(catalogue).may_be_write()
    # The core's frames name them; here they are not known, and not kept.
    nowhere = {name: pl.lit(None, pl.String) for name in ("source", "file")}

    def read(block: Block) -> Frames:
        lines = read_lines_frame(block)
        parsed = _too_long(lines) if block.is_cut else log_format.parse(lines, may_be_write)
        digests = pl.Series([_digest(text) for text in parsed.requests["text"]], dtype=pl.String)
        requests = parsed.requests.with_columns(digest=digests, **nowhere)
        # Of a block, these are few: the engine for large frames would take half as long again.
        found = match_routes(requests.lazy(), routes).select(*FRAMES["writes"])
        writes = found.collect(engine="in-memory")
        seen = parsed.seconds.with_columns(line=pl.lit(block.first_line, pl.Int64))
        return {
            "writes": writes,
            "lines": _texts_of(writes, requests),
            "quarantine": parsed.malformed.with_columns(text=masked(pl.col("text"))),
            "seen": seen,
        }

    return Reader(source=entry.name, key=log_key(entry, catalogue), schemas=FRAMES, read_block=read)


def _texts_of(writes: pl.DataFrame, requests: pl.DataFrame) -> pl.DataFrame:
    """The lines that writes stand in, as LINES; not as a column, for most steps need no text."""
    written = pl.col("line").is_in(writes.get_column("line").implode())
    found = requests.filter(written)
    texts = map(without_query, found["text"], found["query"])
    known = found.with_columns(text=pl.Series(texts, dtype=pl.String))
    return known.with_columns(masked(pl.col("text"))).select(*FRAMES["lines"])


def _too_long(lines: pl.DataFrame) -> ParsedLines:
    return ParsedLines(
        requests=pl.DataFrame(schema=PARSED_REQUESTS),
        malformed=lines.with_columns(reason=pl.lit("line_too_long")).select(*MALFORMED),
        seconds=pl.DataFrame(schema=SECONDS),
    )


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def check_malformed(entry: AccessLog, files: Sequence[KeptFile], folder: Path) -> None:
    """Refuse a source of which more than its `max_malformed` can't be parsed.

    A wrong log_format must not look like "nothing was lost". Raises MalformedSourceError, with
    three of the lines (masked) and what is wrong with the first.
    """
    read = sum(file.lines_read for file in files)
    malformed = sum(file.lines_malformed for file in files)
    if not read or malformed / read <= entry.max_malformed:
        return
    examples = (
        scan([file], "quarantine", QUARANTINE, folder).sort("line").head(_EXAMPLES)
        for file in sorted(files, key=lambda file: file.label)
        if file.lines_malformed
    )
    first = pl.concat(islice(examples, _EXAMPLES)).head(_EXAMPLES)
    rows = first.collect().rows(named=True)
    places = [f"  {row['file']}:{row['line']}: {row['reason']}" for row in rows]
    lines = [f"{place}: {_shortened(row['text'])}" for place, row in zip(places, rows, strict=True)]
    guess = _shortened(_guess(entry, rows[0]["text"]))
    what = (
        f'access_logs "{entry.name}": {malformed:,} of {read:,} lines ({malformed / read:.1%}) are '
        f"malformed, and max_malformed allows {entry.max_malformed:.1%}. Some of them:"
    )
    right = (
        f"Of the first: {guess}. Correct the entry's {_setting_of(entry)}, or raise max_malformed "
        "if the lines are garbage."
    )
    message, discreet = ("\n".join([what, *shown, right]) for shown in (lines, places))
    raise MalformedSourceError(message, discreet)


def _setting_of(entry: AccessLog) -> str:
    return "format or fields" if entry.format in WITH_FIELDS else "format or log_format"


def _guess(entry: AccessLog, text: str) -> str:
    line = pl.DataFrame({"line": [1], "text": [text]}, schema=_NUMBERED)
    for words, other in _others(entry):
        if not other.parse(line).requests.is_empty():
            return f"{words} reads such lines"
    if entry.format not in WITH_FIELDS and text.lstrip().startswith("{"):
        try:
            orjson.loads(text)
        except orjson.JSONDecodeError:
            pass
        else:
            return 'it is a JSON object; format = "json" reads such lines'
    return compile_format(entry).explain_mismatch(text)


def _others(entry: AccessLog) -> Iterator[tuple[str, LogFormat]]:
    """What else may have written a line. nginx's and Apache's `combined` are the same."""
    program = "apache" if entry.format == "apache" else "nginx"
    yield f'format = "{program}" without a log_format (combined)', Writing("apache").compiled()
    yield 'format = "haproxy" with a timezone', Writing("haproxy", timezone="UTC").compiled()
    for name in ("alb", "caddy", "traefik"):
        yield f'format = "{name}"', Writing(name).compiled()


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_EXAMPLE else text[:_LONGEST_EXAMPLE] + "…"
