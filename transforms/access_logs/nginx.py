"""nginx access logs, parsed by whatever `log_format` wrote them.

See ngx_http_log_module (log_format, escaping) and the modules that define the variables.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import orjson
import polars as pl

from transforms.access_logs.log_format import COMBINED, Escape, FormatText, Token, read_log_format
from transforms.access_logs.nginx_patterns import (
    TIME_WIDTHS,
    TimeByPosition,
    line_pattern,
    time_by_position,
)
from transforms.access_logs.parsed import (
    ALL_LINES,
    MALFORMED,
    SECONDS,
    ParsedLines,
    empty_line_or,
)
from transforms.access_logs.request_parts import (
    converted,
    last_upstream,
    null_if_none,
    requests_of,
)
from transforms.errors import ConfigurationError

# The variables that say what a column is; of several that a format has, the first with a value.
# A request id that came from outside is preferred, as the proxy behind logs that one too.
_VARIABLES: Final[dict[str, tuple[str, ...]]] = {
    "client_ip": ("remote_addr",),
    "request": ("request",),
    "method": ("request_method",),
    "target": ("request_uri",),
    "path": ("uri", "document_uri"),
    "query": ("args", "query_string"),
    "status": ("status",),
    "bytes": ("body_bytes_sent", "bytes_sent"),
    "user_agent": ("http_user_agent",),
    "request_id": (
        "http_x_request_id",
        "http_request_id",
        "http_x_correlation_id",
        "sent_http_x_request_id",
        "upstream_http_x_request_id",
        "request_id",
        "req_id",
    ),
    "location": ("sent_http_location", "upstream_http_location"),
    "upstream": ("upstream_addr",),
}
_CAPTURED: Final = tuple(name for names in _VARIABLES.values() for name in names)


@dataclass(frozen=True)
class NginxFormat:
    """The parser for one log_format (see LogFormat).

    `end` closes the pattern of a line, unless anything may follow; `time` is the variable that
    gives the time.
    """

    format_text: FormatText
    end: str
    time: str
    by_position: TimeByPosition | None

    def parse(self, lines: pl.DataFrame, keep: pl.Expr = ALL_LINES) -> ParsedLines:
        """Parse a block of lines (see LogFormat)."""
        timed = self._with_time_text(lines.with_columns(keep.alias("is_kept")))
        times = timed.select(pl.col("time").unique().drop_nulls()).with_columns(at=self._at())
        timed = timed.join(times, on="time", how="left").sort("line")
        fits = pl.when(pl.col("time").is_not_null())
        reason = fits.then(pl.lit("bad_time")).otherwise(empty_line_or("does_not_match_format"))
        return ParsedLines(
            requests=self._requests(timed.filter("is_kept", pl.col("at").is_not_null())),
            malformed=timed.filter(pl.col("at").is_null())
            .with_columns(reason=reason)
            .select(*MALFORMED),
            seconds=times.select(
                second_at=pl.col("at").dt.truncate("1s").unique().drop_nulls().sort()
            ).select(*SECONDS),
        )

    def explain_mismatch(self, text: str) -> str:
        """Say how far a malformed line fits the format (see LogFormat)."""
        line = pl.Series([text])
        tokens = self.format_text.tokens
        for count in range(len(tokens), 0, -1):
            if line.str.contains(line_pattern(tokens[:count], self.format_text.escape)).item():
                fitting = "".join(map(_spelled, tokens[:count]))
                if count == len(tokens):
                    return f"it fits {fitting!r}, but its time is wrong or something comes after it"
                return f"it fits as far as {fitting!r}, then {_spelled(tokens[count])!r} is missing"
        return f"it does not even begin with {_spelled(tokens[0])!r}"

    def _with_time_text(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Add `time`, the time as it was written; null where the line does not fit."""
        exactly = pl.col("text").str.extract(self._line((self.time,)), 1)
        if self.by_position is None:
            return lines.lazy().with_columns(time=exactly).collect()
        fits = pl.col("text").str.contains(self.by_position.fits + self.end)
        marked = lines.lazy().with_columns(fits=fits).collect()
        quick, others = marked.filter("fits"), marked.filter(~pl.col("fits"))
        return pl.concat(
            [quick.with_columns(time=self.by_position.time), others.with_columns(time=exactly)]
        ).drop("fits")

    def _at(self) -> pl.Expr:
        time = pl.col("time")
        match self.time:
            case "msec":
                milliseconds = time.str.replace(".", "", literal=True).cast(pl.Int64)
                return (milliseconds * 1_000).cast(pl.Datetime("us", "UTC"))
            case "time_iso8601":
                pattern = "%Y-%m-%dT%H:%M:%S%:z"
            case _:
                pattern = "%d/%b/%Y:%H:%M:%S %z"
        return time.str.to_datetime(pattern, time_unit="us", strict=False)

    def _requests(self, kept: pl.DataFrame) -> pl.DataFrame:
        values = kept["text"].str.extract_groups(self._line(_CAPTURED)).struct.unnest()
        unescape = _UNESCAPE[self.format_text.escape]
        if unescape is not None:
            values = values.select(
                converted(column, only_with="\\", by=unescape) for column in values
            )
        columns = {
            column: pl.coalesce(present)
            for column, variables in _VARIABLES.items()
            if (present := [_none_to_null(name) for name in variables if name in values.columns])
        }
        return requests_of(kept.select("line", "at", "text").hstack(values.select(**columns)))

    def _line(self, captured: tuple[str, ...]) -> str:
        return line_pattern(self.format_text.tokens, self.format_text.escape, captured) + self.end


def compile_nginx(log_format: str | None) -> NginxFormat:
    """Make the parser for a log_format; without one, for `combined` with anything after it.

    Raises ConfigurationError where the format lacks what every request needs.
    """
    format_text = read_log_format(COMBINED if log_format is None else log_format)
    variables = format_text.variables
    lacking = [
        what
        for what, is_there in {
            "the time ($time_local, $time_iso8601 or $msec)": variables & set(TIME_WIDTHS),
            "the request ($request, or $request_method and $request_uri)": "request" in variables
            or ("request_method" in variables and variables & {"request_uri", *_VARIABLES["path"]}),
            "the status ($status)": "status" in variables,
        }.items()
        if not is_there
    ]
    if lacking:
        found = ", ".join(f"${name}" for name in sorted(variables)) or "no variable"
        raise ConfigurationError(
            f"log_format lacks {' and '.join(lacking)}; it has {found}. "
            "Paste the format as it stands in nginx's configuration."
        )
    time = next(name for name in TIME_WIDTHS if name in variables)
    return NginxFormat(
        format_text=format_text,
        end="" if log_format is None else "$",
        time=time,
        by_position=time_by_position(format_text, time),
    )


def _none_to_null(variable: str) -> pl.Expr:
    value = null_if_none(pl.col(variable))
    # Of several backends that were asked, the last one has answered.
    return last_upstream(value) if variable == "upstream_addr" else value


def _spelled(token: Token) -> str:
    return f"${token.text}" if token.is_variable else token.text


_HEX = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|([\"\\trnbf]))")
_CONTROLS: Final = {b"t": b"\t", b"r": b"\r", b"n": b"\n", b"b": b"\b", b"f": b"\f"}


def _unescape_default(value: str) -> str:
    r"""Undo escape=default: `\xHH` is a byte. Others escape with the character itself."""

    def byte(match: re.Match[bytes]) -> bytes:
        return bytes.fromhex(match[1].decode()) if match[1] else _CONTROLS.get(match[2], match[2])

    return _HEX.sub(byte, value.encode()).decode("utf-8", "replace")


def _unescape_json(value: str) -> str:
    """Undo escape=json; what is no valid JSON string (cut off by somebody) stays as it is."""
    try:
        return str(orjson.loads(f'"{value}"'))
    except orjson.JSONDecodeError:
        return value


_UNESCAPE: Final[dict[Escape, Callable[[str], str] | None]] = {
    "default": _unescape_default,
    "json": _unescape_json,
    "none": None,
}
