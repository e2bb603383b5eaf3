"""nginx access logs, parsed by whatever `log_format` wrote them.

See ngx_http_log_module (log_format, escaping) and the modules that define the variables.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

import orjson
import polars as pl

from transforms.access_logs.escapes import unescape_c
from transforms.access_logs.log_format import COMBINED, Escape, FormatText, Token, read_log_format
from transforms.access_logs.pieces import Piece, by_position, text_piece
from transforms.access_logs.request_parts import last_upstream
from transforms.access_logs.text_lines import TextFormat
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
# In bytes, and the same in every line, so that the text can be cut out by position. The first of
# those that a format has is taken: the most exact one.
_TIME_WIDTHS: Final = {"msec": 14, "time_iso8601": 25, "time_local": 26}
_TYPED: Final = {
    "msec": r"[0-9]{10}\.[0-9]{3}",
    "time_iso8601": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}",
    "time_local": r"[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}",
    "status": r"[0-9]{3}",
    "body_bytes_sent": r"(?:[0-9]+|-)",
    "bytes_sent": r"(?:[0-9]+|-)",
    "is_args": r"\??",
}
# Typed only as far as it helps: values without a blank.
_WORDS: Final = {
    "connection",
    "realip_remote_addr",
    "remote_addr",
    "req_id",
    "request_id",
    "request_length",
    "request_method",
    "request_time",
    "scheme",
    "server_port",
    "server_protocol",
}
_WORD: Final = r'[^ "]*?'
# These hold one value for each server that was asked. Those of headers are single.
_UPSTREAM_LIST: Final = re.compile(
    r"upstream_(addr|status|bytes_(received|sent)|response_length"
    r"|(connect|header|queue|response)_time)"
)
_ITEM: Final = r'[^ ,"]+'
_LIST: Final = rf"(?:{_ITEM}(?:(?:, | : ){_ITEM})*)?"
# In both escaping modes nginx escapes quotes, as do others who write such a format.
_ESCAPED: Final = r'(?:[^"\\]|\\.)*?'
_ANYTHING: Final = r".*?"


def compile_nginx(log_format: str | None) -> TextFormat:
    """Make the parser for a log_format; without one, for `combined` with anything after it.

    Raises ConfigurationError where the format lacks what every request needs.
    """
    format_text = read_log_format(COMBINED if log_format is None else log_format)
    _check_complete(format_text.variables)
    time = next(name for name in _TIME_WIDTHS if name in format_text.variables)
    pieces = _pieces(format_text)
    return TextFormat(
        pieces=pieces,
        time=time,
        at=_times_of(time),
        columns=_VARIABLES,
        # Of several backends that were asked, the last one has answered.
        read={"upstream_addr": last_upstream},
        unescape=_UNESCAPE[format_text.escape],
        by_position=by_position(pieces, time, _TIME_WIDTHS[time]),
        anything_after=log_format is None,
    )


def _check_complete(variables: frozenset[str]) -> None:
    lacking = [
        what
        for what, is_there in {
            "the time ($time_local, $time_iso8601 or $msec)": variables & set(_TIME_WIDTHS),
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


def _pieces(format_text: FormatText) -> tuple[Piece, ...]:
    return tuple(
        _piece(token, before, format_text.escape)
        for token, before in _with_question_marks(format_text.tokens)
    )


def _with_question_marks(tokens: Sequence[Token]) -> list[tuple[Token, Token | None]]:
    """Each token, and a `$is_args` right before a query.

    Side by side, nothing else tells where the path ends: there is a query behind a `?`, or none.
    """
    found: list[tuple[Token, Token | None]] = []
    for token in tokens:
        last = found[-1][0] if found else None
        is_query = token.is_variable and token.text in _VARIABLES["query"]
        if is_query and last == Token("is_args", is_variable=True):
            found[-1] = (token, last)
        else:
            found.append((token, None))
    return found


def _piece(token: Token, question_mark: Token | None, escape: Escape) -> Piece:
    if not token.is_variable:
        return text_piece(token.text)
    name = token.text
    usual: str | None = " "
    if name in _TYPED or _UPSTREAM_LIST.fullmatch(name):
        usual = None
    elif name in _WORDS:
        usual = "!"
    return Piece(
        spelled=f"$is_args${name}" if question_mark else f"${name}",
        pattern=_value(name, escape),
        name=name,
        before=r"(?:\?" if question_mark else "",
        after=")?" if question_mark else "",
        usual=None if question_mark else usual,
        is_typed=name in _TYPED and not question_mark,
    )


def _value(variable: str, escape: Escape) -> str:
    if variable in _TYPED:
        return _TYPED[variable]
    if variable in _WORDS:
        return _WORD
    if _UPSTREAM_LIST.fullmatch(variable):
        return _LIST
    return _ANYTHING if escape == "none" else _ESCAPED


def _times_of(variable: str) -> Callable[[pl.Series], pl.Series]:
    match variable:
        case "msec":
            return _of_seconds
        case "time_iso8601":
            pattern = "%Y-%m-%dT%H:%M:%S%:z"
        case _:
            pattern = "%d/%b/%Y:%H:%M:%S %z"
    return lambda texts: texts.str.to_datetime(pattern, time_unit="us", strict=False)


def _of_seconds(texts: pl.Series) -> pl.Series:
    milliseconds = texts.str.replace(".", "", literal=True).cast(pl.Int64)
    return (milliseconds * 1_000).cast(pl.Datetime("us", "UTC"))


def _unescape_json(value: str) -> str:
    """Undo escape=json; what is no valid JSON string (cut off by somebody) stays as it is."""
    try:
        return str(orjson.loads(f'"{value}"'))
    except orjson.JSONDecodeError:
        return value


_UNESCAPE: Final[dict[Escape, Callable[[str], str] | None]] = {
    "default": unescape_c,
    "json": _unescape_json,
    "none": None,
}
