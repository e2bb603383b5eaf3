"""From a log_format to regular expressions (in Rust's syntax, taking time linear in the line)."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import polars as pl

from transforms.access_logs.log_format import Escape, FormatText, Token

# In bytes, and the same in every line, so that the text can be cut out by position. The first of
# those that a format has is taken: the most exact one.
TIME_WIDTHS: Final = {"msec": 14, "time_iso8601": 25, "time_local": 26}

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
_WORD = r'[^ "]*?'
# These hold one value for each server that was asked. Those of headers are single.
_UPSTREAM_LIST = re.compile(
    r"upstream_(addr|status|bytes_(received|sent)|response_length"
    r"|(connect|header|queue|response)_time)"
)
_ITEM = r'[^ ,"]+'
_LIST = rf"(?:{_ITEM}(?:(?:, | : ){_ITEM})*)?"
# In both escaping modes nginx escapes quotes, as do others who write such a format.
_ESCAPED = r'(?:[^"\\]|\\.)*?'
_ANYTHING = r".*?"


def line_pattern(tokens: Sequence[Token], escape: Escape, captured: Collection[str] = ()) -> str:
    """Return the pattern of a line that begins with these tokens.

    The variables in `captured` become groups of their names, at the first place of each.
    """
    parts = ["^"]
    missing = set(captured)
    # Side by side, nothing else tells where the path ends: there is a query behind a `?`, or none.
    queries = {
        index + 1
        for index, (one, other) in enumerate(pairwise(tokens))
        if one.text == "is_args" and other.text in {"args", "query_string"}
    }
    for index, token in enumerate(tokens):
        if not token.is_variable:
            parts.append(pl.escape_regex(token.text))
            continue
        if index + 1 in queries:
            continue
        value = _value(token.text, escape)
        if token.text in missing:
            missing.discard(token.text)
            value = f"(?P<{token.text}>{value})"
        parts.append(rf"(?:\?{value})?" if index in queries else value)
    return "".join(parts)


def _value(variable: str, escape: Escape) -> str:
    if variable in _TYPED:
        return _TYPED[variable]
    if variable in _WORDS:
        return _WORD
    if _UPSTREAM_LIST.fullmatch(variable):
        return _LIST
    return _ANYTHING if escape == "none" else _ESCAPED


@dataclass(frozen=True)
class TimeByPosition:
    """A quick way to the time for nearly all lines: where `fits` matches, `time` is the time.

    Capturing takes five times as long as matching.
    """

    fits: str
    time: pl.Expr


def time_by_position(format_text: FormatText, time: str) -> TimeByPosition | None:
    """Find out at which position the time stands, over `text`; None where none is certain.

    That is a fixed one, or behind the first occurrence of a character, if no variable in front of
    it holds that character. Lines with a variable that does are left to the full pattern.
    """
    tokens = format_text.tokens
    index = tokens.index(Token(time, is_variable=True))
    before, after = tokens[:index], tokens[index:]
    width = TIME_WIDTHS[time]
    text = pl.col("text")
    if not any(token.is_variable for token in before):
        start = sum(len(token.text) for token in before)
        return TimeByPosition(
            fits=line_pattern(tokens, format_text.escape), time=text.str.slice(start, width)
        )
    mark = before[-1].text[-1]
    fixed = "".join(token.text for token in before if not token.is_variable)
    is_certain = not before[-1].is_variable and fixed.count(mark) == 1 and fixed.isascii()
    narrowed = [_narrowed(token, mark) for token in before]
    if not is_certain or None in narrowed:
        return None
    rest = line_pattern(after, format_text.escape).removeprefix("^")
    return TimeByPosition(
        fits="^" + "".join(filter(None, narrowed)) + rest,
        time=text.str.slice(text.str.find(mark, literal=True) + 1, width),
    )


def _narrowed(token: Token, mark: str) -> str | None:
    """Return a pattern for a token's usual values: ASCII, without the mark.

    All that it matches, the token's own pattern matches too. None where there is no such pattern.
    """
    if not token.is_variable:
        return pl.escape_regex(token.text)
    if token.text in _TYPED or _UPSTREAM_LIST.fullmatch(token.text):
        return None
    first = "!" if token.text in _WORDS else " "
    return rf'[[{first}-~]--["\\{pl.escape_regex(mark)}]]*?'
