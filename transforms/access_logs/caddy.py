"""Caddy's access logs, as its JSON encoder writes them.

See "How Logging Works" and the `log` directive in Caddy's documentation. The time is that of the
end of the request, as nginx's is, in whatever `time_format`; those called `wall` have no offset.
"""

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from transforms.access_logs.json_lines import JsonLinesFormat, places_with
from transforms.access_logs.request_parts import last_upstream, without_port

_LOGGER: Final = "logger"
_ACCESS: Final = "http.log.access"
# Headers are lists of values under their canonical names (X-Request-Id), whatever was sent.
_PLACES: Final[dict[str, tuple[str, ...]]] = {
    "at": ("ts",),
    # Behind a trusted proxy, `client_ip` is who asked that one, and else the same as `remote_ip`;
    # before 2.7 there was none, and before 2.5 only `remote_addr`, which has a port.
    "client_ip": ("request.client_ip", "request.remote_ip", "request.remote_addr"),
    "method": ("request.method",),
    "path": ("request.uri",),
    "status": ("status",),
    "bytes": ("size",),
    "user_agent": ("request.headers.User-Agent",),
    # What came from outside is preferred, as the servers behind log that one too.
    "request_id": (
        "request.headers.X-Request-Id",
        "request.headers.Request-Id",
        "request.headers.X-Correlation-Id",
        "resp_headers.X-Request-Id",
    ),
    "location": ("resp_headers.Location",),
    # Nothing says which backend answered, unless `log_append` adds it.
    "upstream": ("upstream",),
}


def compile_caddy(fields: Mapping[str, str], timezone: str | None) -> JsonLinesFormat:
    """Make the parser; `fields` as for JSON lines. Raises ConfigurationError.

    `timezone` is the zone of times without an offset; without it that is UTC, in which Caddy writes
    unless told `time_local`.
    """
    return JsonLinesFormat(
        places=places_with(_PLACES, fields),
        zone=ZoneInfo(timezone or "UTC"),
        is_other=_is_other,
        decided_by=(_LOGGER,),
        read={"client_ip": without_port, "upstream": last_upstream},
    )


def _is_other(members: Mapping[str, Any]) -> bool:
    """Whether another logger wrote it: of the server itself, or about a request.

    Such lines may have all that a request has: an error (http.log.error), and when debugging what
    a backend answered (http.handlers.reverse_proxy). The request is in the access log as well.
    What Caddy says when it starts names no logger, but has nothing of a request either.
    """
    logger = members.get(_LOGGER)
    if isinstance(logger, str):
        return not f"{logger}.".startswith(f"{_ACCESS}.")
    return "msg" in members and not {"request", "status"} & set(members)
