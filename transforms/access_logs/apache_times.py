"""The times in an Apache `LogFormat`: `%t`, and its parts that stand side by side.

See mod_log_config, `%{format}t`, and for the formats strftime(3), in the locale C.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import polars as pl

from transforms.access_logs.apache_format import Item
from transforms.access_logs.times import in_zone

# The format of `%t`, which stands in brackets.
COMMON = "%d/%b/%Y:%H:%M:%S %z"

_COMPOSED: Final = {
    "c": "%a %b %e %H:%M:%S %Y",
    "D": "%m/%d/%y",
    "F": "%Y-%m-%d",
    "h": "%b",
    "R": "%H:%M",
    "r": "%I:%M:%S %p",
    "T": "%H:%M:%S",
    "t": "\t",
    "X": "%H:%M:%S",
    "x": "%m/%d/%y",
}
_DIGITS: Final = {"Y": 4, "j": 3, **dict.fromkeys("dHImMSy", 2)}
_OTHERS: Final = {
    **dict.fromkeys("ekl", "[ 0-9][0-9]"),
    **dict.fromkeys("ab", "[A-Z][a-z]{2}"),
    **dict.fromkeys("AB", "[A-Z][a-z]+"),
    "p": "[AP]M",
    "P": "[ap]m",
    "z": r"[+-][0-9]{4}",
    "Z": "[A-Za-z0-9+-]+",
}
_KNOWN: Final = _DIGITS.keys() | _OTHERS.keys()
_WIDTHS: Final = {**_DIGITS, **dict.fromkeys("eklpP", 2), "a": 3, "b": 3, "z": 5}
# Parts of a second, by their digits.
_FRACTIONS: Final = {"msec_frac": 3, "usec_frac": 6}
# Since 1970, by the digits behind the second; those of the second are as many until 2286.
_EPOCHS: Final = {"sec": 0, "%s": 0, "msec": 3, "usec": 6}
_COMPOSING = re.compile(r"%(.)", re.DOTALL)
_SECONDS: Final = 10
_LETTER = re.compile(r"%(.)|([^%]+)", re.DOTALL)


@dataclass(frozen=True)
class _Part:
    """A part of a time: fixed text, a letter of strftime, a fraction, or seconds since 1970."""

    kind: str
    text: str


@dataclass(frozen=True)
class LoggedTime:
    """What gives a time, as one text of a line: from the item `first` up to the item `end`.

    `at` makes UTC of such texts (null where it is none); `width` is None where it varies. `digits`
    is how exact it is behind the second.
    """

    first: int
    end: int
    pattern: str
    width: int | None
    digits: int
    has_offset: bool
    is_complete: bool
    is_end: bool
    at: Callable[[pl.Series], pl.Series]


def logged_times(items: Sequence[Item], timezone: str | None) -> list[LoggedTime]:
    """Find all times in a format; `timezone` is that of those without an offset.

    Parts side by side, with nothing but text between them, make one time.
    """
    return [_logged_time(items, run, timezone) for run in _runs(items)]


def _runs(items: Sequence[Item]) -> list[list[int]]:
    """The indexes of the items that make one time, without texts around."""
    runs: list[list[int]] = []
    for index, item in enumerate(items):
        if item.letter != "t":
            continue
        before = runs[-1] if runs else []
        if before and _goes_on(items, before, index):
            before.append(index)
        else:
            runs.append([index])
    return runs


def _goes_on(items: Sequence[Item], run: Sequence[int], index: int) -> bool:
    between = items[run[-1] + 1 : index]
    first, item = items[run[0]], items[index]
    if any(each.letter for each in between) or item.is_conditional or first.is_conditional:
        return False
    if _is_end(first) != _is_end(item) or _format(item) in _EPOCHS:
        return False
    if _format(first) in _EPOCHS:
        is_fraction = _EPOCHS[_format(first)] == 0 and _format(item) in _FRACTIONS
        has_digits = any(character.isdigit() for each in between for character in each.spelled)
        return is_fraction and len(run) == 1 and not has_digits
    return True


def _is_end(item: Item) -> bool:
    return item.parameter.startswith("end:")


def _format(item: Item) -> str:
    return re.sub("^(begin|end):", "", item.parameter) or COMMON


def _logged_time(items: Sequence[Item], run: Sequence[int], timezone: str | None) -> LoggedTime:
    between = items[run[0] : run[-1] + 1]
    parts = [part for item in between for part in _parts(item)]
    letters = {part.text for part in parts if part.kind == "letter"}
    is_epoch = parts[0].kind == "epoch"
    has_offset = is_epoch or "z" in letters
    is_complete = is_epoch or (_has_date(letters) and _has_time(letters))
    is_single = not any(item.is_conditional for item in between)
    return LoggedTime(
        first=run[0],
        end=run[-1] + 1,
        pattern="".join(map(_pattern, parts)),
        width=_width(parts),
        digits=max((_digits(part) for part in parts), default=0),
        has_offset=has_offset,
        is_complete=is_complete and is_single and letters <= _KNOWN,
        is_end=_is_end(between[0]),
        at=_since_epoch(parts) if is_epoch else _calendar(parts, None if has_offset else timezone),
    )


def _parts(item: Item) -> list[_Part]:
    if item.letter != "t":
        return [_Part("text", item.spelled)]
    text = _format(item)
    if text in _EPOCHS:
        return [_Part("epoch", text)]
    if text in _FRACTIONS:
        return [_Part("fraction", text)]
    text = _COMPOSING.sub(lambda match: _COMPOSED.get(match[1], match[0]), text)
    return [
        _Part("letter", match[1])
        if match[1] and match[1] != "%"
        else _Part("text", match[2] or "%")
        for match in _LETTER.finditer(text)
    ]


def _has_date(letters: set[str]) -> bool:
    has_day = "j" in letters or bool(letters & {"m", "b", "B"} and letters & {"d", "e"})
    return has_day and bool(letters & {"Y", "y"})


def _has_time(letters: set[str]) -> bool:
    has_half = bool(letters & {"I", "l"} and letters & {"p", "P"})
    return {"M", "S"} <= letters and (has_half or bool(letters & {"H", "k"}))


def _pattern(part: _Part) -> str:
    match part.kind:
        case "text":
            return pl.escape_regex(part.text)
        case "epoch":
            return f"[0-9]{{{_SECONDS + _EPOCHS[part.text]}}}"
        case "fraction":
            return f"[0-9]{{{_FRACTIONS[part.text]}}}"
        case _:
            digits = _DIGITS.get(part.text)
            return f"[0-9]{{{digits}}}" if digits else _OTHERS.get(part.text, ".*?")


def _width(parts: Sequence[_Part]) -> int | None:
    widths = [
        {
            "text": len(part.text),
            "fraction": _digits(part),
            "epoch": _SECONDS + _digits(part),
        }.get(part.kind, _WIDTHS.get(part.text))
        for part in parts
    ]
    is_ascii = all(part.text.isascii() for part in parts)
    *_, total = accumulate(width or 0 for width in widths)
    return total if is_ascii and None not in widths else None


def _digits(part: _Part) -> int:
    return (_EPOCHS | _FRACTIONS).get(part.text, 0) if part.kind != "text" else 0


def _since_epoch(parts: Sequence[_Part]) -> Callable[[pl.Series], pl.Series]:
    unit = 10 ** (6 - max(map(_digits, parts)))

    def at(texts: pl.Series) -> pl.Series:
        digits = texts.str.replace_all("[^0-9]", "").cast(pl.Int64, strict=False)
        return pl.Series(digits * unit).cast(pl.Datetime("us", "UTC"))

    return at


def _calendar(parts: Sequence[_Part], timezone: str | None) -> Callable[[pl.Series], pl.Series]:
    pattern = "".join(map(_as_strptime, parts))

    def at(texts: pl.Series) -> pl.Series:
        times = texts.str.to_datetime(pattern, time_unit="us", strict=False)
        return times if timezone is None else in_zone(times, timezone)

    return at


def _as_strptime(part: _Part) -> str:
    match part.kind:
        case "text":
            return part.text.replace("%", "%%")
        case "fraction":
            return f"%{_FRACTIONS[part.text]}f"
        case _:
            return f"%{part.text}"
