"""Traefik's access logs: JSON, and its common format.

See "Access Logs" in Traefik's documentation. Of a request's times, JSON has the start to the
nanosecond, and the common format the start to the second.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from transforms.access_logs.json_lines import JsonLinesFormat, places_with
from transforms.access_logs.nginx import compile_nginx
from transforms.access_logs.parsed import ALL_LINES, ParsedLines
from transforms.access_logs.text_lines import TextFormat

# nginx's language can say what Traefik's common format is; its values are escaped alike.
_COMMON: Final = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent" $connection_requests "$router" "$upstream_addr" '
    "${duration}ms"
)
# Headers are there where `headers` keeps them, named as they were sent.
_PLACES: Final[dict[str, tuple[str, ...]]] = {
    "at": ("StartUTC", "StartLocal", "time"),
    "client_ip": ("ClientHost",),
    "method": ("RequestMethod",),
    "path": ("RequestPath",),
    "status": ("DownstreamStatus", "OriginStatus"),
    "bytes": ("DownstreamContentSize", "OriginContentSize"),
    "user_agent": ("request_User-Agent",),
    "request_id": (
        "request_X-Request-Id",
        "request_X-Request-ID",
        "downstream_X-Request-Id",
        "origin_X-Request-Id",
    ),
    "location": ("downstream_Location", "origin_Location"),
    "upstream": ("ServiceAddr",),
}


@dataclass(frozen=True)
class TraefikFormat:
    """The parser (see LogFormat): a line that begins with a brace is JSON, any other is not."""

    json: JsonLinesFormat
    common: TextFormat

    def parse(self, lines: pl.DataFrame, keep: pl.Expr = ALL_LINES) -> ParsedLines:
        """Parse a block of lines (see LogFormat)."""
        marked = lines.with_columns(is_kept=keep, is_json=_is_json(pl.col("text")))
        is_kept = pl.col("is_kept")
        in_json = self.json.parse(marked.filter("is_json"), is_kept)
        in_common = self.common.parse(marked.filter(~pl.col("is_json")), is_kept)
        return ParsedLines(
            requests=pl.concat([in_json.requests, in_common.requests]).sort("line"),
            malformed=pl.concat([in_json.malformed, in_common.malformed]).sort("line"),
            seconds=pl.concat([in_json.seconds, in_common.seconds]).unique().sort("second_at"),
        )

    def explain_mismatch(self, text: str) -> str:
        """Say what a malformed line lacks (see LogFormat)."""
        is_json = pl.select(_is_json(pl.lit(text))).item()
        return (self.json if is_json else self.common).explain_mismatch(text)


def compile_traefik(fields: Mapping[str, str], timezone: str | None) -> TraefikFormat:
    """Make the parser; `fields` and `timezone` as for JSON lines. Raises ConfigurationError."""
    json = JsonLinesFormat(
        places=places_with(_PLACES, fields),
        zone=ZoneInfo(timezone) if timezone else None,
        is_other=_is_other,
    )
    return TraefikFormat(
        json=json, common=replace(compile_nginx(_COMMON), read={"upstream_addr": _without_scheme})
    )


def _is_json(text: pl.Expr) -> pl.Expr:
    return text.str.contains(r"^\s*\{")


def _is_other(members: Mapping[str, Any]) -> bool:
    """Whether it is a message of Traefik itself, where both logs go to one place."""
    has_message = "msg" in members or "message" in members
    return has_message and not {"RequestMethod", "DownstreamStatus"} & set(members)


def _without_scheme(url: pl.Expr) -> pl.Expr:
    """Of a server's URL the host and port, as in JSON's `ServiceAddr`."""
    return url.str.replace(r"^[a-z0-9+.-]+://", "").str.extract(r"^([^/]*)", 1)
