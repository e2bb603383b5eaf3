"""Caddy's access logs, as its JSON encoder writes them.

See "How Logging Works" and the `log` directive in Caddy's documentation. The time is that of the
end of the request, in whatever `time_format`; those called `wall` have no offset.
"""

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from transforms.access_logs.json_lines import JsonLinesFormat, places_with

_LOGGER: Final = "logger"
_ACCESS: Final = "http.log.access"
# Headers are lists of values under their canonical names.
_PLACES: Final[dict[str, tuple[str, ...]]] = {
    "at": ("ts",),
    # Behind a trusted proxy, `client_ip` is who asked that one; before 2.7 there was none, and
    # before 2.5 `remote_addr` had a port.
    "client_ip": ("request.client_ip", "request.remote_ip", "request.remote_addr"),
    "method": ("request.method",),
    "path": ("request.uri",),
    "status": ("status",),
    "bytes": ("size",),
    "user_agent": ("request.headers.User-Agent",),
    "request_id": (
        "request.headers.X-Request-Id",
        "request.headers.X-Correlation-Id",
        "resp_headers.X-Request-Id",
    ),
    "location": ("resp_headers.Location",),
}


def compile_caddy(fields: Mapping[str, str], timezone: str | None) -> JsonLinesFormat:
    """Make the parser; `fields` and `timezone` as for JSON lines. Raises ConfigurationError.

    Caddy does not say which backend answered, unless `log_append` puts it into a field.
    """
    return JsonLinesFormat(
        places=places_with(_PLACES, fields),
        zone=ZoneInfo(timezone) if timezone else None,
        is_other=_is_other,
        decided_by=(_LOGGER,),
    )


def _is_other(members: Mapping[str, Any]) -> bool:
    """Whether another logger wrote it: of the server itself, or of a request's error.

    A request that ends in an error is in the access log as well.
    """
    logger = members.get(_LOGGER)
    return isinstance(logger, str) and not f"{logger}.".startswith(f"{_ACCESS}.")
