"""Access logs of AWS Application Load Balancers.

See "Access logs for your Application Load Balancer", Access log entries: the fields in their
order, to which later versions add at the end.

A request's time is that of its answer (`time`), not of its coming (request_creation_time): it is
the later bound of when the write was made, as nginx logs it too, and what the files are cut by.
Its id is the whole trace_id, which the target got as X-Amzn-Trace-Id; a client that sends one of
its own for several requests (`Root=`) gets another `Self=` for each.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from transforms.access_logs.escapes import unescape_c
from transforms.access_logs.pieces import Piece, by_position, text_piece
from transforms.access_logs.text_lines import TextFormat

_TIME: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
_TIME_WIDTH: Final = 27
_WORD: Final = r'[^ "]+'
_TYPE: Final = r'[^ "]*?'
_SECONDS: Final = r"(?:-1|-|[0-9]+(?:\.[0-9]+)?)"
_STATUS: Final = r"(?:[0-9]{3}|-)"
_BYTES: Final = r"(?:[0-9]+|-)"
# What a client sent is kept as it is, quotes and all: what follows a quote tells whether the value
# ends there.
_SENT: Final = ".*?"
_ESCAPED: Final = r'(?:[^"\\]|\\.)*'

# In their order: the name, the value, and what stands before and after it.
_FIELDS: Final = (
    ("type", _TYPE, "", ""),
    ("time", _TIME, "", ""),
    ("elb", _WORD, "", ""),
    # IPv6 addresses may stand in brackets.
    ("client:port", r'[^ "\]]+?', r"\[?", r"(?:\]?:[0-9]+)?"),
    ("target:port", _WORD, "", ""),
    ("request_processing_time", _SECONDS, "", ""),
    ("target_processing_time", _SECONDS, "", ""),
    ("response_processing_time", _SECONDS, "", ""),
    ("elb_status_code", _STATUS, "", ""),
    ("target_status_code", _STATUS, "", ""),
    ("received_bytes", _BYTES, "", ""),
    ("sent_bytes", _BYTES, "", ""),
    ("request", _SENT, '"', '"'),
    ("user_agent", _SENT, '"', '"'),
    ("ssl_cipher", _WORD, "", ""),
    ("ssl_protocol", _WORD, "", ""),
    ("target_group_arn", _WORD, "", ""),
    ("trace_id", _ESCAPED, '"', '"'),
    ("domain_name", _ESCAPED, '"', '"'),
    ("chosen_cert_arn", _ESCAPED, '"', '"'),
    ("matched_rule_priority", "(?:-1|-|[0-9]+)", "", ""),
    ("request_creation_time", f"(?:{_TIME}|-)", "", ""),
    ("actions_executed", _ESCAPED, '"', '"'),
    ("redirect_url", _ESCAPED, '"', '"'),
    ("error_reason", _ESCAPED, '"', '"'),
)
# What came later, and what is still to come.
_LATER: Final = "(?: .*)?"

_COLUMNS: Final = {
    "client_ip": ("client_port",),
    "request": ("request",),
    "status": ("elb_status_code",),
    "bytes": ("sent_bytes",),
    "user_agent": ("user_agent",),
    "request_id": ("trace_id",),
    "upstream": ("target_port",),
}


def compile_alb() -> TextFormat:
    """Make the parser. A load balancer has one format, its times are UTC."""
    pieces = tuple(_pieces())
    return TextFormat(
        pieces=pieces,
        time="time",
        at=lambda texts: texts.str.to_datetime(
            "%Y-%m-%dT%H:%M:%S.%6fZ", time_unit="us", strict=False
        ).dt.replace_time_zone("UTC"),
        columns=_COLUMNS,
        read={"request": _asked},
        unescape=unescape_c,
        by_position=by_position(pieces, "time", _TIME_WIDTH),
    )


def _pieces() -> Iterator[Piece]:
    for index, (field, pattern, before, after) in enumerate(_FIELDS):
        if index:
            yield text_piece(" ")
        yield Piece(
            spelled=f'"{field}"' if before == '"' else field,
            pattern=pattern,
            # A group's name has no colon.
            name=field.replace(":", "_"),
            before=before,
            after=after + (_LATER if index == len(_FIELDS) - 1 else ""),
            usual="!" if pattern == _TYPE else None,
        )


def _asked(request: pl.Expr) -> pl.Expr:
    """What could not be understood is logged as `- http://host:80- -`."""
    return pl.when(~request.str.starts_with("- ")).then(request)
