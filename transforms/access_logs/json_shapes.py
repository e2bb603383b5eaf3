"""Lines of JSON that are made like another line, told without being decoded.

A program writes its lines from one template, so nearly all of them differ only in their strings
and numbers. A line known to be well-formed gives a pattern, its shape: whatever fits that is
well-formed too. To match takes a tenth of the time of decoding.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from transforms.access_logs.times import TimeError

# The keys and the numbers in lists that lead to a value.
Place = tuple[str | int, ...]

# RFC 8259 6 and 7; what has an escape or an exponent is decoded instead.
_STRING: Final = r'"[^"\\\x00-\x1f]*"'
_OTHER: Final = r"-?(?:0|[1-9][0-9]{0,18})(?:\.[0-9]{1,15})?|true|false|null"
_SCALAR: Final = rf"(?:{_STRING}|{_OTHER})"
# A position is found in bytes and cut at in characters, so in front of the time these are the same.
_ASCII_STRING: Final = r'"[ !#-\[\]-~]*"'
_ASCII_SCALAR: Final = rf"(?:{_ASCII_STRING}|{_OTHER})"
_STATUS: Final = r'(?:"[0-9]{1,3}"|0|[1-9][0-9]{0,2})'
# A number that goes on is another number.
_TOKEN: Final = re.compile(rf"\s*(?:({_STRING}|(?:{_OTHER})(?![0-9.eE]))|([{{}}\[\],:]))\s*")
# Longer than a line that is not out of the ordinary.
_LONGEST: Final = 8_192

# Times up to the second, what else of them stands in front of the offset, and the offset.
_TIMES: Final = (
    (
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}",
        r"(?:[.,][0-9]{1,9})?",
        r"(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?",
    ),
    (r"[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2}", r"", r" [+-][0-9]{4}"),
    (r"[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", r"(?:\.[0-9]{1,9})?", r""),
    # Seconds since 1970, or thousandths, millionths or billionths. With more than six digits behind
    # the point, which Caddy mostly has, a double rounds some up to the next second, but none that
    # has another digit than 9 among the first three.
    (
        r"[1-9][0-9]{9}",
        r"(?:\.[0-9]{1,6}|\.[0-9]{0,2}[0-8][0-9]{4,8}|(?:[0-9]{3}){1,3})?",
        r"",
    ),
)

# A program has few templates. What fits none of those that are tried is decoded.
_TRIED: Final = 4
_FEW: Final = 50
_SAMPLES: Final = 8


@dataclass(frozen=True)
class Shape:
    """Lines, over `text`, that fit `pattern` are well-formed.

    `second` is a line's time as it is written, to the second; `offset` what all have behind it.
    """

    pattern: str
    second: pl.Expr
    offset: str


def without_passing(
    lines: pl.DataFrame,
    shape_like: Callable[[str], Shape | None],
    microseconds: Callable[[str], int],
) -> tuple[pl.DataFrame, set[int]]:
    """Take out lines known to be well-formed; return the others, and the seconds of those.

    `shape_like` makes the shape of a line if it is well-formed and simple enough; `microseconds`
    reads a time or raises TimeError.
    """
    left, seconds, set_aside = lines, set[int](), []
    for _ in range(_TRIED):
        shape = _first_shape(left["text"].head(_SAMPLES), shape_like)
        if shape is None or left.height < _FEW:
            break
        marked = left.with_columns(fits=pl.col("text").str.contains(shape.pattern))
        fitting, left = marked.filter("fits"), marked.filter(~pl.col("fits")).drop("fits")
        fitting = fitting.drop("fits").with_columns(second=shape.second)
        wrong = []
        for second in fitting["second"].unique():
            try:
                seconds.add(microseconds(second + shape.offset) // 1_000_000)
            except TimeError:
                wrong.append(second)
        if wrong:
            set_aside.append(fitting.filter(pl.col("second").is_in(wrong)).drop("second"))
    return pl.concat([left, *set_aside]), seconds


def _first_shape(samples: pl.Series, shape_like: Callable[[str], Shape | None]) -> Shape | None:
    return next(filter(None, map(shape_like, samples)), None)


def shape_of(
    text: str,
    *,
    time: Place,
    status: Place,
    texts: Collection[Place] = (),
    as_they_are: Collection[Place] = (),
) -> Shape | None:
    """Make a shape of a line that is well-formed.

    `time` and `status` say where those stand in it, `texts` where nothing but a string may stand,
    `as_they_are` where only the same may; elsewhere it may be any value. None where a shape can't
    tell what makes a line well-formed.
    """
    values = _values(text) if len(text) <= _LONGEST and "\\" not in text else {}
    if not {time, status, *texts, *as_they_are} <= set(values):
        return None
    begin, end = values[time]
    quote = '"' if text[begin] == '"' else ""
    # A key and what is around it: no value can hold that, as none has a quote.
    mark = text[max([0, *(to for _, to in values.values() if to <= begin)]) : begin] + quote
    at = _time(text[begin:end].strip('"'))
    if at is None or text.count(mark) > 1 or not text[:begin].isascii():
        return None
    pattern, width, offset = at
    known = dict.fromkeys(texts, _ASCII_STRING)
    known |= {place: pl.escape_regex(text[slice(*values[place])]) for place in as_they_are}
    known |= {status: _STATUS, time: f"{quote}{pattern}{quote}"}
    start = pl.col("text").str.find(mark, literal=True) + len(mark)
    return Shape(
        pattern=_pattern(text, values, known, behind=begin),
        second=pl.col("text").str.slice(start, width),
        offset=offset,
    )


def _time(written: str) -> tuple[str, int, str] | None:
    """Return the pattern of a time like this, the width up to the second, and its offset."""
    for second, fraction, offset in _TIMES:
        if match := re.fullmatch(f"({second}){fraction}({offset})", written):
            return f"{second}{fraction}{pl.escape_regex(match[2])}", len(match[1]), match[2]
    return None


def _pattern(
    text: str, values: Mapping[Place, tuple[int, int]], known: Mapping[Place, str], *, behind: int
) -> str:
    """The line, with patterns for its values; before the time, which is `behind`, ASCII only."""
    parts, position = [], 0
    for place, (begin, end) in values.items():
        scalar = _ASCII_SCALAR if begin < behind else _SCALAR
        parts += [pl.escape_regex(text[position:begin]), known.get(place, scalar)]
        position = end
    return "".join(["^", *parts, pl.escape_regex(text[position:]), "$"])


def _values(text: str) -> dict[Place, tuple[int, int]]:
    """Return where each value of a well-formed line stands; nothing where that is not clear."""
    found: dict[Place, tuple[int, int]] = {}
    named: set[Place] = set()
    path: list[str | int] = []
    in_lists: list[bool] = []
    position, is_key = 0, False
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            return {}
        position = token.end()
        match token[2]:
            case "{" | "[" as opening:
                in_lists.append(opening == "[")
                path.append(0 if in_lists[-1] else "")
                is_key = not in_lists[-1]
            case "}" | "]":
                in_lists.pop()
                path.pop()
                is_key = False
            case ",":
                is_key = not in_lists[-1]
                if isinstance(path[-1], int):
                    path[-1] += 1
            case ":":
                is_key = False
            case _ if is_key:
                path[-1] = token[1][1:-1]
                # Of a key that is given twice, the last one counts.
                if tuple(path) in named:
                    return {}
                named.add(tuple(path))
            case _:
                found[tuple(path)] = token.span(1)
    return found
