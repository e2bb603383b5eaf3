"""Apache httpd's access logs, parsed by whatever `LogFormat` wrote them.

See mod_log_config (Custom Log Formats, Format Notes), and mod_logio and mod_unique_id. Times are
kept as they are logged: `%t` is when the request was received, not when it was answered.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from transforms.access_logs.apache_format import COMBINED, Item, read_apache_format
from transforms.access_logs.apache_times import LoggedTime, logged_times
from transforms.access_logs.escapes import unescape_c
from transforms.access_logs.pieces import Piece, by_position, text_piece
from transforms.access_logs.text_lines import TextFormat
from transforms.errors import ConfigurationError

# What the columns are, as _key writes directives; of several that a format has, the first with a
# value. Of an internal redirect (an error page, a folder's index) the client knows the original
# request and the final status; of a request id, what came from outside is preferred, as the
# servers behind log that one too.
_DIRECTIVES: Final[dict[str, tuple[str, ...]]] = {
    "client_ip": ("%a", "%{c}a", "%h", "%{c}h"),
    "request": ("%r", "%<r", "%>r"),
    "method": ("%<m", "%m", "%>m"),
    "path": ("%U", "%<U", "%>U"),
    "query": ("%q", "%<q", "%>q"),
    "status": ("%>s", "%s", "%<s"),
    "bytes": ("%b", "%B", "%>b", "%>B", "%<b", "%<B", "%O"),
    "user_agent": ("%{user-agent}i",),
    "request_id": (
        "%{x-request-id}i",
        "%{request-id}i",
        "%{x-correlation-id}i",
        "%{x-request-id}o",
        "%{unique_id}e",
        "%L",
    ),
    "location": ("%{location}o",),
    "upstream": ("%{balancer_worker_name}e",),
}
_NUMBER: Final = r"(?:[0-9]+|-)"
_ESCAPED: Final = r'(?:[^"\\]|\\.)*?'
_TYPED: Final = {
    "s": r"[0-9]{3}",
    "b": _NUMBER,
    "B": _NUMBER,
    "I": _NUMBER,
    "O": _NUMBER,
    "S": _NUMBER,
    "D": _NUMBER,
    "T": _NUMBER,
    "k": _NUMBER,
    "X": r"[X+-]",
    # A user with an empty name is logged as two quotes.
    "u": rf'(?:""|{_ESCAPED})',
}
# A query is logged with its question mark, or not at all; a worker with its scheme.
_AROUND: Final = {"%q": (r"(?:\?", ")?"), "%{balancer_worker_name}e": ("(?:[a-z]+://)?", "")}
# Values without a blank.
_WORDS: Final = frozenset("AHLPVahlmpv")
_WORD: Final = r'[^ "]*?'


@dataclass(frozen=True)
class _Pieces:
    """The pieces, and which of them give what: their names by what _key says of them."""

    pieces: tuple[Piece, ...]
    names: Mapping[str, tuple[str, ...]]


def compile_apache(log_format: str | None, timezone: str | None) -> TextFormat:
    """Make the parser for a LogFormat; without one, for `combined` with anything after it.

    `timezone` is the zone of times without an offset. Raises ConfigurationError where the format
    lacks what every request needs.
    """
    items = _with_brackets(read_apache_format(COMBINED if log_format is None else log_format))
    times = logged_times(items, timezone)
    known = [time for time in times if time.is_complete and (time.has_offset or timezone)]
    _check_complete(items, times=times, has_time=bool(known))
    time = max(known, key=lambda each: (not each.is_end, each.has_offset, each.digits))
    found = _pieces(items, time)
    return TextFormat(
        pieces=found.pieces,
        time="time",
        at=time.at,
        columns={
            column: [name for key in keys for name in found.names.get(key, ())]
            for column, keys in _DIRECTIVES.items()
        },
        read={},
        unescape=unescape_c,
        by_position=by_position(found.pieces, "time", time.width) if time.width else None,
        anything_after=log_format is None,
    )


def _with_brackets(items: Sequence[Item]) -> list[Item]:
    """The items, with the brackets around `%t` as texts; no two texts follow each other."""
    joined: list[Item] = []
    for item in items:
        is_bracketed = item.letter == "t" and item.parameter in {"", "begin:", "end:"}
        for each in (Item("["), item, Item("]")) if is_bracketed else (item,):
            if joined and not each.letter and not joined[-1].letter:
                joined[-1] = Item(joined[-1].spelled + each.spelled)
            else:
                joined.append(each)
    return joined


def _check_complete(items: Sequence[Item], *, times: Sequence[LoggedTime], has_time: bool) -> None:
    certain = {_key(item) for item in items if not item.is_conditional}
    has = {column: bool(certain & set(keys)) for column, keys in _DIRECTIVES.items()}
    if not has_time and any(time.is_complete for time in times):
        raise ConfigurationError(
            "the time in log_format has no offset (%z), so the entry needs a timezone, such as "
            '"Europe/Berlin".'
        )
    lacking = [
        what
        for what, is_there in {
            "the time (%t, or its date, hour, minute and second side by side)": has_time,
            "the request (%r, or %m and %U)": has["request"] or (has["method"] and has["path"]),
            "the status (%>s)": has["status"],
        }.items()
        if not is_there
    ]
    if lacking:
        found = ", ".join(item.spelled for item in items if item.letter) or "no directive"
        raise ConfigurationError(
            f"log_format lacks {' and '.join(lacking)}; it has {found}. "
            "Paste the LogFormat as it stands in Apache's configuration."
        )


def _key(item: Item) -> str:
    """What the directive gives; the names of headers know no case."""
    if not item.letter:
        return ""
    parameter = f"{{{item.parameter.lower()}}}" if item.parameter else ""
    return f"%{item.of}{parameter}{item.letter}"


def _pieces(items: Sequence[Item], time: LoggedTime) -> _Pieces:
    pieces = [_piece(item, f"value_{index}") for index, item in enumerate(items)]
    spelled = "".join(item.spelled for item in items[time.first : time.end])
    pieces[time.first : time.end] = [
        Piece(spelled=spelled, pattern=time.pattern, name="time", is_typed=time.width is not None)
    ]
    return _Pieces(tuple(pieces), dict(_names(items)))


def _names(items: Sequence[Item]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """For each key the names of its pieces, those that are logged with any status first."""
    for key in {_key(item): None for item in items if item.letter}:
        same = [(index, item) for index, item in enumerate(items) if _key(item) == key]
        same.sort(key=lambda each: each[1].is_conditional)
        yield key, tuple(f"value_{index}" for index, _ in same)


def _piece(item: Item, name: str) -> Piece:
    if not item.letter:
        return text_piece(item.spelled)
    pattern = _WORD if item.letter in _WORDS else _TYPED.get(item.letter, _ESCAPED)
    before, after = _AROUND.get(_key(item).replace("<", "").replace(">", ""), ("", ""))
    usual = "!" if item.letter in _WORDS else " " if _ESCAPED in pattern else None
    return Piece(
        spelled=item.spelled,
        pattern=f"(?:{pattern}|-)" if item.is_conditional else pattern,
        name=name,
        before=before,
        after=after,
        usual=None if before else usual,
        is_typed=usual is None and item.letter in _TYPED and not before,
    )
