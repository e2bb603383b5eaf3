"""Traefik's access logs: lines in JSON, and in its Common Log Format (CLF), which is the default.

See Traefik's documentation, "Access Logs": format, fields, and the list of available fields. Each
line is read by what it is, as a file may hold both after a change of the configuration. CLF
without what Traefik adds to it (`genericCLF`) is what nginx calls combined.

When a request is. nginx and Caddy log the moment at which they have answered; Traefik logs when
it began (`StartUTC`, the time in CLF) and how long it took. To compare with the others, a
request's time is the end here as well: the start and `Duration`, or the duration in milliseconds
that ends a line of CLF. The second in which a line was logged is `time` in JSON; CLF has none, so
there it is the end again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from transforms.access_logs.json_lines import JsonLinesFormat, as_logged, places_with
from transforms.access_logs.parsed import ALL_LINES, ParsedLines
from transforms.access_logs.pieces import Piece, by_position, text_piece
from transforms.access_logs.request_parts import without_port
from transforms.access_logs.text_lines import TextFormat
from transforms.access_logs.times import TimeError, microseconds

# Headers are there only if `fields.headers` keeps them.
_PLACES: Final[dict[str, tuple[str, ...]]] = {
    "at": ("time", "StartUTC", "StartLocal"),
    # Of a proxy in front that Traefik trusts, ClientHost has what it forwarded.
    "client_ip": ("ClientHost", "ClientAddr"),
    "request": ("RequestLine",),
    "method": ("RequestMethod",),
    "path": ("RequestPath",),
    # The origin's is 0 where Traefik itself has answered; the client knows the other.
    "status": ("DownstreamStatus", "OriginStatus"),
    "bytes": ("DownstreamContentSize", "OriginContentSize"),
    "user_agent": ("request_User-Agent",),
    # What came from outside is preferred, as the proxy behind logs that one too.
    "request_id": (
        "request_X-Request-Id",
        "request_Request-Id",
        "request_X-Correlation-Id",
        "downstream_X-Request-Id",
        "origin_X-Request-Id",
    ),
    "location": ("downstream_Location", "origin_Location"),
    "upstream": ("ServiceAddr", "ServiceURL.Host", "ServiceURL"),
}

_TIME: Final = r"[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}"
_TIME_WIDTH: Final = 26
_NUMBER: Final = r"(?:[0-9]+|-)"
_DURATION: Final = r"[0-9]{1,12}"
# Shorter requests end in the second in which they began, as that is logged without a fraction.
_A_SECOND_OR_MORE: Final = r" [0-9]{4,12}ms$"


@dataclass(frozen=True)
class TraefikFormat:
    """The parser for both of Traefik's formats (see LogFormat)."""

    json: JsonLinesFormat
    common: TextFormat

    def parse(self, lines: pl.DataFrame, keep: pl.Expr = ALL_LINES) -> ParsedLines:
        """Parse a block of lines (see LogFormat)."""
        is_json = _is_json(pl.col("text"))
        is_long = pl.col("text").str.contains(_A_SECOND_OR_MORE)
        parts = (
            self.json.parse(lines.filter(is_json), keep),
            _ended(self.common.parse(lines.filter(~is_json & ~is_long), keep)),
            self._long(lines.filter(~is_json & is_long), keep),
        )
        return ParsedLines(
            requests=pl.concat(part.requests for part in parts).sort("line"),
            malformed=pl.concat(part.malformed for part in parts).sort("line"),
            seconds=pl.concat(part.seconds for part in parts).unique().sort("second_at"),
        )

    def explain_mismatch(self, text: str) -> str:
        """Say what is wrong with a malformed line (see LogFormat)."""
        is_json = pl.select(_is_json(pl.lit(text))).item()
        return (self.json if is_json else self.common).explain_mismatch(text)

    def _long(self, lines: pl.DataFrame, keep: pl.Expr) -> ParsedLines:
        """Lines of CLF whose second is another one than that of the start."""
        ended = _ended(self.common.parse(lines))
        return ParsedLines(
            requests=ended.requests.filter(keep),
            malformed=ended.malformed,
            seconds=ended.requests.select(second_at=pl.col("at").dt.truncate("1s")).unique(),
        )


def compile_traefik(fields: Mapping[str, str], timezone: str | None) -> TraefikFormat:
    """Make the parser; `fields` says where in JSON a column stands if not where Traefik puts it.

    Where `fields` names the time, that is the request's as it is. `timezone` is the zone of times
    in JSON without an offset. Raises ConfigurationError.
    """
    return TraefikFormat(
        json=JsonLinesFormat(
            places=places_with(_PLACES, fields),
            zone=ZoneInfo(timezone) if timezone else None,
            read={
                "client_ip": _client,
                "upstream": _host_and_port,
            },
            is_other=_is_other,
            exact_time=as_logged if "at" in fields else _end,
        ),
        common=_common(),
    )


def _is_json(text: pl.Expr) -> pl.Expr:
    return text.str.strip_chars_start().str.starts_with("{")


def _is_other(members: Mapping[str, Any]) -> bool:
    """Whether Traefik says something of itself, on the same output; an access has no message."""
    message = members.get("msg") or members.get("message")
    return isinstance(message, str) and not any(
        name in members for name in ("RequestMethod", "RequestPath", "DownstreamStatus")
    )


def _end(members: Mapping[str, Any]) -> int | None:
    """The start and the duration (in nanoseconds), if both are there (`fields.names`)."""
    duration = members.get("Duration")
    if isinstance(duration, bool) or not isinstance(duration, int) or duration < 0:
        return None
    try:
        start = microseconds(members.get("StartUTC", members.get("StartLocal")), None)
    except TimeError:
        return None
    return start + duration // 1_000


def _common() -> TextFormat:
    """The parser of CLF. Nothing in it is escaped.

    Referer and user agent may hold anything: a target has no blank (RFC 9112 3) and what ends the
    line no quote, so all else is certain. But a user's name is whatever a client puts in front of
    the host, decoded, and may look like the rest of a line, or be a second one. In JSON it can't.
    """
    pieces = (
        Piece(name="client", spelled="<client>", pattern=r"[^ ]*(?:, *[^ ]+)*?", usual="!"),
        text_piece(" - "),
        Piece(name="user", spelled="<user>", pattern=".*?", usual=" "),
        text_piece(" ["),
        Piece(name="time", spelled="<start>", pattern=_TIME),
        text_piece('] "'),
        Piece(name="request", spelled="<method> <path> <protocol>", pattern="[^ ]+ [^ ]+ [^ ]+?"),
        text_piece('" '),
        Piece(name="status", spelled="<status>", pattern="(?:[0-9]{1,3}|-)"),
        text_piece(" "),
        Piece(name="bytes", spelled="<size>", pattern=_NUMBER),
        text_piece(' "'),
        Piece(name="referer", spelled="<referer>", pattern=".*?"),
        text_piece('" "'),
        Piece(name="agent", spelled="<user agent>", pattern=".*?"),
        text_piece('" '),
        Piece(name="count", spelled="<count>", pattern=_NUMBER),
        text_piece(' "'),
        Piece(name="router", spelled="<router>", pattern='[^"]*'),
        text_piece('" "'),
        Piece(name="service", spelled="<service>", pattern='[^"]*'),
        text_piece('" '),
        Piece(name="duration", spelled="<duration>", pattern=_DURATION),
        text_piece("ms"),
    )
    return TextFormat(
        pieces=pieces,
        time="time",
        at=_starts,
        columns={
            "client_ip": ("client",),
            "request": ("request",),
            "status": ("status",),
            "bytes": ("bytes",),
            "user_agent": ("agent",),
            "upstream": ("service",),
        },
        read={"client": _client, "agent": _not_redacted, "service": _host_and_port},
        unescape=None,
        by_position=by_position(pieces, "time", _TIME_WIDTH),
    )


def _starts(texts: pl.Series) -> pl.Series:
    return texts.str.to_datetime("%d/%b/%Y:%H:%M:%S %z", time_unit="us", strict=False)


def _ended(parsed: ParsedLines) -> ParsedLines:
    """Requests of CLF at the time of their end instead of their start."""
    took = pl.col("text").str.extract(rf" ({_DURATION})ms$", 1).cast(pl.Int64)
    return ParsedLines(
        requests=parsed.requests.with_columns(at=pl.col("at") + pl.duration(milliseconds=took)),
        malformed=parsed.malformed,
        seconds=parsed.seconds,
    )


def _client(address: pl.Expr) -> pl.Expr:
    """Of the addresses that a proxy in front forwarded, the first is the client's."""
    return without_port(address.str.split(",").list.first().str.strip_chars())


def _not_redacted(text: pl.Expr) -> pl.Expr:
    """Headers set to `redact` all hold the same word, which must not pair anything."""
    return pl.when(text != "REDACTED").then(text)


def _host_and_port(url: pl.Expr) -> pl.Expr:
    return url.str.extract(r"^(?:[A-Za-z][A-Za-z0-9+.-]*://)?([^/]+)", 1)
