"""Which format a log is probably written in, by its first lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
import polars as pl

from transforms.access_logs.formats import Writing
from transforms.access_logs.json_places import fields_of
from transforms.access_logs.log_format import COMBINED
from transforms.access_logs.parsed import ParsedLines

_INGRESS: Final = (
    f"{COMBINED} $request_length $request_time [$proxy_upstream_name] "
    "[$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length "
    "$upstream_response_time $upstream_status $req_id"
)
# What is often put behind `combined`, and the default of a product that uses nginx.
_NGINX: Final = (
    f"{COMBINED} $request_id",
    f'{COMBINED} "$http_x_forwarded_for" $request_id',
    f'{COMBINED} "$http_x_forwarded_for"',
    _INGRESS,
    COMBINED,
)
_APACHE: Final = ("vhost_combined", "combinedio", "common")
_MORE_BEHIND: Final = (
    "What comes after the user agent is not read. Paste the proxy's own log_format: a request id "
    "tells writes apart that nothing else does."
)
_NO_OFFSET: Final = "The times have no offset: write the zone that the proxy logs in."
# Of lines with garbage in between, so many are of the right format.
_ENOUGH: Final = 0.9


@dataclass(frozen=True)
class Guess:
    """How a log is written, and what its first lines are then.

    `advice` says what a person has to look at, where there is something.
    """

    writing: Writing
    parsed: ParsedLines
    advice: str


@dataclass(frozen=True)
class _Candidate:
    writing: Writing
    advice: str = ""


def sniff(lines: pl.DataFrame) -> Guess | None:
    """Return the format in which most of the lines are requests; None where none fits enough.

    `lines` has `line` and `text`. Of formats that fit as many lines, the one that says most.
    """
    best: Guess | None = None
    most = _ENOUGH * lines.filter(pl.col("text").str.strip_chars() != "").height
    for candidate in _candidates(lines):
        parsed = candidate.writing.compiled().parse(lines)
        asked = parsed.requests.filter(pl.col("path").is_not_null()).height
        if asked and asked >= most and (best is None or asked > most):
            best, most = Guess(candidate.writing, parsed, candidate.advice), asked
    return best


def _candidates(lines: pl.DataFrame) -> Iterator[_Candidate]:
    """All that is tried; what says more of a line comes first."""
    for zone, advice in ((None, ""), ("UTC", _NO_OFFSET)):
        yield _Candidate(Writing("caddy", timezone=zone), advice)
    yield _Candidate(Writing("traefik"))
    yield _Candidate(Writing("alb"))
    yield _Candidate(Writing("haproxy", timezone="UTC"), _NO_OFFSET)
    for log_format in _NGINX:
        yield _Candidate(Writing("nginx", log_format=log_format))
    for nickname in _APACHE:
        yield _Candidate(Writing("apache", log_format=nickname))
    yield _Candidate(Writing("nginx"), _MORE_BEHIND)
    if members := _first_object(lines):
        fields = fields_of(members)
        for zone, advice in ((None, ""), ("UTC", _NO_OFFSET)):
            yield _Candidate(Writing("json", fields=fields, timezone=zone), advice)


def _first_object(lines: pl.DataFrame) -> Mapping[str, Any] | None:
    for text in lines["text"]:
        try:
            members = orjson.loads(text)
        except orjson.JSONDecodeError:
            continue
        if isinstance(members, dict):
            return members
    return None
