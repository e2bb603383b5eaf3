"""Access logs of one JSON object a line, with `fields` naming where each value stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
import polars as pl

from transforms.access_logs.parsed import ALL_LINES, MALFORMED, SECONDS, ParsedLines
from transforms.access_logs.request_parts import last_upstream, null_if_none, requests_of
from transforms.access_logs.times import TimeError, microseconds
from transforms.errors import ConfigurationError
from transforms.schemas import TIME, Schema

_TEXTS: Final = ("client_ip", "method", "path", "user_agent", "request_id", "location", "upstream")
COLUMNS: Final = ("at", "status", "bytes", "request", *_TEXTS)

_REQUEST: Final[Schema] = {"request": pl.String()}
# A path is logged as it was sent: encoded, and often with its query.
_METHOD_AND_TARGET: Final[Schema] = {"method": pl.String(), "target": pl.String()}
_VALUES: Final[Schema] = {
    "line": pl.Int64(),
    "at": pl.Int64(),
    "text": pl.String(),
    "status": pl.Int32(),
    "bytes": pl.Int64(),
    "request": pl.String(),
    **dict.fromkeys(_TEXTS, pl.String()),
}

_ABSENT: Final = object()
_LARGEST_STATUS = 999
_LARGEST_INT64 = 2**63 - 1


class _LineError(ValueError):
    """A line is no request; the reason is a code of the quarantine."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class JsonLinesFormat:
    """The parser for one set of `fields` (see LogFormat)."""

    places: Mapping[str, str]
    zone: ZoneInfo | None

    def parse(self, lines: pl.DataFrame, keep: pl.Expr = ALL_LINES) -> ParsedLines:
        """Parse a block of lines (see LogFormat).

        Reasons: `not_json`, `not_an_object`, `missing_field`, `bad_time`, `time_without_offset`,
        `bad_status`, `empty_line`.
        """
        rows: list[tuple[Any, ...]] = []
        malformed: list[tuple[int, str, str]] = []
        seconds: set[int] = set()
        for line, text, is_kept in lines.select("line", "text", keep.alias("is_kept")).iter_rows():
            entry = self._entry(text)
            if isinstance(entry, str):
                malformed.append((line, entry, text))
                continue
            seconds.add(entry.at // 1_000_000)
            if is_kept:
                rows.append((line, entry.at, text, entry.status, *self._values(entry.members)))
        second_at = pl.Series(sorted(seconds), dtype=pl.Int64) * 1_000_000
        return ParsedLines(
            requests=_requests(pl.DataFrame(rows, schema=_VALUES, orient="row")),
            malformed=pl.DataFrame(malformed, schema=MALFORMED, orient="row"),
            seconds=pl.DataFrame({"second_at": second_at.cast(TIME)}, schema=SECONDS),
        )
