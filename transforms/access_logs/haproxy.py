"""HAProxy's access logs in its HTTP log format, as they come from its standard output or syslog.

See the Configuration Manual, "Log formats" (HTTP log format, TCP log format, Error log format,
Non-printable characters), and for what syslog puts in front RFC 3164 and RFC 5424.

The time is that of the request, in the local time of the proxy; syslog's own, which has no year,
is not used. Captured headers are passed over: a line does not say which ones they are.
"""

import re
from collections.abc import Callable
from typing import Final

import polars as pl

from transforms.access_logs.pieces import ByPosition, Piece, line_pattern, text_piece
from transforms.access_logs.text_lines import TextFormat
from transforms.access_logs.times import in_zone
from transforms.errors import ConfigurationError

# A word in front of the line never ends with "] ", so that the first one is behind the time.
_WORD: Final = r'[!-~--["\]]]+'
_CLOCK: Final = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?"
_STAMP: Final = (
    rf"(?:[A-Z][a-z]{{2}} [ 0-3][0-9] (?:[0-9]{{4}} )?{_CLOCK}"
    rf"|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{_CLOCK}(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)"
)
# A time, a host and a program, each of which may be missing.
_OLD: Final = rf"(?:{_STAMP} )?(?:(?:{_WORD} )?{_WORD}(?:\[[0-9]+\])?: )?"
_NEW: Final = rf"1 (?:{_WORD} ){{5}}(?:-|(?:\[[^\]]*\])+) \x{{FEFF}}?"
_QUICK_NEW: Final = rf"1 (?:{_WORD} ){{5}}- "
_SYSLOG: Final = rf"(?:<[0-9]{{1,3}}>)?(?:{_NEW}|{_OLD})"
_QUICK_SYSLOG: Final = rf"(?:<[0-9]{{1,3}}>)?(?:{_QUICK_NEW}|{_OLD})"

_TIME: Final = r"[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}"
_TIME_WIDTH: Final = 24
_MILLISECONDS: Final = r"-?[0-9]+"
_CONNECTIONS: Final = r"[0-9]+(?:/[0-9]+){3}/\+?[0-9]+"
_QUEUES: Final = r"[0-9]+/[0-9]+"
# Of a log line that was cut at its longest, the request has no end. What is shorter was cut by
# something else, and may be another request than it looks like.
_LONGEST_PATH: Final = 500

# In this order; each is followed by a blank. `%{+Q}o` puts quotes around texts.
_MIDDLE: Final = (
    ("%ft", r'"?[^ "]+"?'),
    ("%b/%s", r'"?[^ "/]+"?/"?[^ "]+"?'),
    ("%TR/%Tw/%Tc/%Tr/%Ta", rf"(?:{_MILLISECONDS}/){{4}}\+?{_MILLISECONDS}"),
    ("%ST", r"-?[0-9]{1,3}"),
    ("%B", r"\+?[0-9]+"),
    # A cookie may hold blanks, but no quotes.
    ("%CC %CS", r'(?:"[^"]*" "[^"]*"|[^"]*?)'),
    ("%tsc", r"[A-Za-z-]{4}"),
    ("%ac/%fc/%bc/%sc/%rc", _CONNECTIONS),
    ("%sq/%bq", _QUEUES),
)
# Other lines that belong in the log: of TCP proxies, of connections that failed, of HAProxy
# itself, and of what starts it.
_TCP: Final = (
    rf"[^ ]+ [^ ]+/[^ ]+ {_MILLISECONDS}/{_MILLISECONDS}/\+?{_MILLISECONDS} \+?[0-9]+ "
    rf"[A-Za-z-]{{2}} {_CONNECTIONS} {_QUEUES}"
)
_FAILED: Final = r"[^ ]+: .*"
_OWN: Final = (
    r"(?:Proxy|Server|Backup [Ss]erver|Health check|[Bb]ackend|Frontend|Loading|Stopping|Pausing"
    r"|Resuming|New worker|Former worker|\[(?:NOTICE|WARNING|ALERT|DIAG)\]) .*"
)
_STARTER: Final = rf"-- .*|{_STAMP} {_WORD} systemd\[[0-9]+\]: .*"
_NO_REQUEST: Final = (
    rf'^(?:{_SYSLOG}(?:"?[^ "]+"?:[0-9]+ \[{_TIME}\] (?:{_TCP}|{_FAILED})|{_OWN})|{_STARTER})$'
)

_COLUMNS: Final = {
    "client_ip": ("client",),
    "request": ("request",),
    "status": ("status",),
    "bytes": ("bytes",),
    "upstream": ("upstream",),
}
_NAMES: Final = {"%b/%s": "upstream", "%ST": "status", "%B": "bytes"}
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")


def compile_haproxy(timezone: str | None) -> TextFormat:
    """Make the parser; the proxy's local times are in `timezone`.

    Of the hour that comes twice in autumn a time is the first. Of lines that `option logasap` made
    early, the bytes are those until then. `upstream` is backend and server by their names. Raises
    ConfigurationError without a timezone.
    """
    if timezone is None:
        raise ConfigurationError(
            "haproxy logs local times without an offset, so the entry needs the timezone of the "
            'proxy, such as "Europe/Berlin".'
        )
    quick = line_pattern(_pieces(_QUICK_SYSLOG))
    before = pl.col("text").str.find("] ", literal=True) - _TIME_WIDTH
    return TextFormat(
        pieces=_pieces(_SYSLOG),
        time="time",
        at=lambda texts: in_zone(
            texts.str.to_datetime("%d/%b/%Y:%H:%M:%S.%3f", time_unit="us", strict=False), timezone
        ),
        columns=_COLUMNS,
        read=_READ,
        unescape=_unescape,
        escape_mark="#",
        by_position=ByPosition(quick, pl.col("text").str.slice(before, _TIME_WIDTH)),
        no_request=_NO_REQUEST,
    )


def _pieces(syslog: str) -> tuple[Piece, ...]:
    return (
        Piece(spelled="%ci", pattern=r'[^ "]+', name="client", before=f'{syslog}"?', after='"?'),
        Piece(spelled=":%cp", pattern=r':"?[0-9]+"?'),
        text_piece(" ["),
        Piece(spelled="%tr", pattern=_TIME, name="time"),
        text_piece("] "),
        *(
            Piece(spelled=f"{spelled} ", pattern=pattern, name=_NAMES.get(spelled), after=" ")
            for spelled, pattern in _MIDDLE
        ),
        Piece(spelled="%hr %hs ", pattern=r'(?:"?\{[^}]*\}"? ){0,2}'),
        # httpslog has more fields behind it.
        Piece(
            spelled='"%r"',
            pattern=rf'(?:[^"]*"|[ !#-~]{{{_LONGEST_PATH},}})',
            name="request",
            before='"',
            after="(?: .*)?",
        ),
    )


def _no_answer(status: pl.Expr) -> pl.Expr:
    """Without an answer, -1 is logged for its status."""
    return pl.when(~status.str.starts_with("-")).then(status)


_READ: Final[dict[str, Callable[[pl.Expr], pl.Expr]]] = {
    "request": lambda request: request.str.strip_suffix('"'),
    "status": _no_answer,
    "bytes": lambda size: size.str.strip_prefix("+"),
    "upstream": lambda names: names.str.replace_all('"', "", literal=True),
}


def _unescape(value: str) -> str:
    """Undo `#XX`, a byte; bytes that are no UTF-8 become replacement characters."""
    found = _ESCAPE.sub(lambda match: bytes.fromhex(match[1].decode()), value.encode())
    return found.decode("utf-8", "replace")
