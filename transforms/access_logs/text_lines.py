"""Access logs of which every line is the same pieces one after the other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from transforms.access_logs.parsed import (
    ALL_LINES,
    MALFORMED,
    SECONDS,
    ParsedLines,
    empty_line_or,
)
from transforms.access_logs.pieces import ByPosition, Piece, line_pattern, plain_pattern
from transforms.access_logs.request_parts import converted, null_if_none, requests_of


@dataclass(frozen=True, kw_only=True)
class TextFormat:
    """The parser of such lines, whichever program wrote them (see LogFormat).

    `time` names the piece that gives the time; `at` makes UTC of its texts (String to a time, null
    where it is none), and `by_position` finds it in nearly all lines. `columns` says for a column
    of a request which pieces give it: of several, the first with a value. `read` are those of
    which more has to be done than to take `-` for nothing, as expressions over the piece's name.
    `unescape` undoes the program's escaping, which always has the `escape_mark`. After the last
    piece `anything_after` may come, or nothing. Lines that fit `no_request` instead, what else the
    program says, are neither requests nor malformed; nor are they seconds of the log.
    """

    pieces: tuple[Piece, ...]
    time: str
    at: Callable[[pl.Series], pl.Series]
    columns: Mapping[str, Sequence[str]]
    read: Mapping[str, Callable[[pl.Expr], pl.Expr]]
    unescape: Callable[[str], str] | None
    by_position: ByPosition | None
    anything_after: bool = False
    escape_mark: str = "\\"
    no_request: str | None = None

    def parse(self, lines: pl.DataFrame, keep: pl.Expr = ALL_LINES) -> ParsedLines:
        """Parse a block of lines (see LogFormat)."""
        marked = lines.lazy().with_columns(is_kept=keep, is_quick=self._is_quick()).collect()
        # Of most lines nothing is wanted but their time.
        is_passed = pl.col("is_quick") & ~pl.col("is_kept")
        passed, looked_at = pl.collect_all(
            [
                marked.lazy().filter(is_passed).select(time=self._quick_time()).unique(),
                marked.lazy().filter(~is_passed).with_columns(time=self._exact_time()),
            ]
        )
        times = pl.concat([passed, looked_at.select("time")]).unique().drop_nulls()
        times = times.with_columns(at=self.at(times["time"])).with_columns(_plausible("at"))
        wrong = times.filter(pl.col("at").is_null())["time"].implode()
        # Whoever passed by with no time (31 February) is looked at after all.
        if passed["time"].is_in(wrong).any():
            timed = marked.filter(is_passed).with_columns(time=self._quick_time())
            looked_at = pl.concat([looked_at, timed.filter(pl.col("time").is_in(wrong))])
        timed = looked_at.join(times, on="time", how="left").sort("line")
        return ParsedLines(
            requests=self._requests(timed.filter("is_kept", pl.col("at").is_not_null())),
            malformed=_malformed(self._unfitting(timed.filter(pl.col("at").is_null()))),
            seconds=times.select(
                second_at=pl.col("at").dt.truncate("1s").unique().drop_nulls().sort()
            ).select(*SECONDS),
        )

    def explain_mismatch(self, text: str) -> str:
        """Say how far a malformed line fits the format (see LogFormat)."""
        line = pl.Series([text])
        for count in range(len(self.pieces), 0, -1):
            if line.str.contains(line_pattern(self.pieces[:count])).item():
                fitting = "".join(piece.spelled for piece in self.pieces[:count])
                if count == len(self.pieces):
                    return f"it fits {fitting!r}, but its time is wrong or something comes after it"
                missing = self.pieces[count].spelled
                return f"it fits as far as {fitting!r}, then {missing!r} is missing"
        return f"it does not even begin with {self.pieces[0].spelled!r}"

    def _unfitting(self, lines: pl.DataFrame) -> pl.DataFrame:
        if self.no_request is None:
            return lines
        return lines.filter(~pl.col("text").str.contains(self.no_request))

    def _is_quick(self) -> pl.Expr:
        """Whether a line is well-formed, and its time where it nearly always is."""
        if self.by_position is None:
            return pl.lit(value=False)
        return pl.col("text").str.contains(self.by_position.fits + self._end)

    def _quick_time(self) -> pl.Expr:
        return pl.lit(None, pl.String) if self.by_position is None else self.by_position.value

    def _exact_time(self) -> pl.Expr:
        """The time as it was written; null where the line does not fit."""
        exactly = pl.col("text").str.extract(self._line((self.time,)), 1)
        return pl.when("is_quick").then(self._quick_time()).otherwise(exactly)

    def _requests(self, kept: pl.DataFrame) -> pl.DataFrame:
        wanted = {name for names in self.columns.values() for name in names}
        wanted &= {piece.name for piece in self.pieces}
        columns = {
            column: pl.coalesce(self._value(name) for name in present)
            for column, names in self.columns.items()
            if (present := [name for name in names if name in wanted])
        }
        values = self._captured(kept.lazy(), sorted(wanted))
        return requests_of(values.select("line", "at", "text", **columns).collect())

    def _captured(self, kept: pl.LazyFrame, names: Sequence[str]) -> pl.LazyFrame:
        """Add a column of each of these values, as it is written."""
        text, plain = pl.col("text"), plain_pattern(self.pieces, names)
        if plain is None:
            groups = text.str.extract_groups(self._line(names)).struct
            return kept.with_columns(groups.field(name) for name in names)
        groups = text.str.extract_groups(plain + self._end).struct
        found = kept.with_columns(groups.field(name) for name in names)
        # A line of which nothing was captured is not plain.
        others = pl.when(pl.all_horizontal(pl.col(name).is_null() for name in names)).then(text)
        exactly = others.str.extract_groups(self._line(names)).struct
        return found.with_columns(pl.coalesce(name, exactly.field(name)) for name in names)

    def _value(self, name: str) -> pl.Expr:
        value = pl.col(name)
        if self.unescape is not None:
            value = converted(value, only_with=self.escape_mark, by=self.unescape)
        value = null_if_none(value)
        return self.read[name](value) if name in self.read else value

    def _line(self, captured: Sequence[str]) -> str:
        return line_pattern(self.pieces, captured) + self._end

    @property
    def _end(self) -> str:
        return "" if self.anything_after else "$"


def _plausible(name: str) -> pl.Expr:
    """The time, if there were such logs then; not all years can be calculated with."""
    return pl.when(pl.col(name).dt.year().is_between(1970, 9998)).then(pl.col(name)).alias(name)


def _malformed(lines: pl.DataFrame) -> pl.DataFrame:
    fits = pl.when(pl.col("time").is_not_null())
    reason = fits.then(pl.lit("bad_time")).otherwise(empty_line_or("does_not_match_format"))
    return lines.with_columns(reason=reason).select(*MALFORMED)
