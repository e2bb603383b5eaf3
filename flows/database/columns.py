"""What a query gave, column by column: as texts, and as times."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import compress
from types import NoneType
from typing import Any, Final, cast

import polars as pl
import sqlalchemy as sa

from flows.database.values import is_set, texts_of
from transforms.errors import DatabaseError
from transforms.schemas import TIME
from transforms.spelling import Spell, moment

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


# As databases write times; `moment` knows other spellings.
_LOCAL: Final = "%Y-%m-%d %H:%M:%S%.f"
_WITH_ZONE: Final = f"{_LOCAL}%#z"


@dataclass(frozen=True)
class Columns:
    """Some rows of a table, as the driver gave them."""

    table: str
    types: Mapping[str, sa.types.TypeEngine[Any]]
    values: Mapping[str, Sequence[object]]
    height: int

    @classmethod
    def of(
        cls,
        table: str,
        types: Mapping[str, sa.types.TypeEngine[Any]],
        names: Sequence[str],
        rows: Sequence[Sequence[object]],
    ) -> "Columns":
        """Turn rows into columns."""
        values = zip(*rows, strict=True) if rows else ([] for _ in names)
        return cls(table, types, dict(zip(names, values, strict=True)), len(rows))

    def alive(self, deleted_at: str | None) -> "Columns":
        """The rows that are not marked as deleted in this column."""
        if deleted_at is None:
            return self
        return self._where([not is_set(value) for value in self.values[deleted_at]])

    def among(self, column: str, keys: pl.Series) -> "Columns":
        """The rows whose `column` is one of `keys`.

        A collation may have taken A for a, and trailing blanks for nothing.
        """
        is_one = self.text(column).is_in(keys.implode()).fill_null(value=False)
        return self if is_one.all() else self._where(is_one.to_list())

    def text(self, column: str, spell: Spell | None = None) -> pl.Series:
        """The column as the texts that events spell."""
        return texts_of(self.values[column], self.types[column], spell).alias(column)

    def times(self, column: str, zone: tzinfo) -> pl.Series:
        """The column as points in time; those without a zone are in `zone`."""
        # MySQL keeps moments in columns of the type TIMESTAMP, and writes them without a zone.
        is_moment = getattr(self.types[column], "timezone", False)
        zone = UTC if is_moment else zone
        parsed = _parsed(self.values[column], zone)
        if parsed is not None:
            return parsed.alias(column)
        # As numbers: polars takes three times as long to look at as many datetimes.
        since = [
            None if at is None else (at - _EPOCH) // _MICROSECOND
            for at in self._moments(column, zone)
        ]
        return pl.Series(column, since, pl.Int64).cast(TIME)

    def struct(self, columns: Sequence[str], spelling: Mapping[str, Spell]) -> pl.Series:
        """Several columns as one, each spelled as the catalogue says."""
        texts = [self.text(column, spelling.get(column)) for column in columns]
        # A struct without members has no height of its own.
        if not texts:
            return pl.Series("fields", [{}] * self.height, pl.Struct({}))
        return pl.DataFrame(texts).to_struct("fields")

    def _where(self, wanted: Sequence[bool]) -> "Columns":
        values = {name: list(compress(column, wanted)) for name, column in self.values.items()}
        return Columns(self.table, self.types, values, sum(wanted))

    def _moments(self, column: str, zone: tzinfo) -> Iterable[datetime | None]:
        values = cast("Sequence[datetime | None]", self.values[column])
        # To look for other spellings as well takes ten times as long.
        if set(map(type, values)) <= {datetime, NoneType}:
            return [at if at is None or at.tzinfo else at.replace(tzinfo=zone) for at in values]
        return self._spelled(column, zone)

    def _spelled(self, column: str, zone: tzinfo) -> Iterator[datetime | None]:
        for value in self.values[column]:
            try:
                yield moment(value, zone)
            except ValueError as error:
                raise DatabaseError(
                    f"The column {self.table}.{column} holds {error}, which is no point in time; "
                    "right are date-times such as 2021-05-18 18:14:05 (in the catalogue's "
                    "time_zone) or 2021-05-18T20:14:05+02:00, and seconds since 1970. Name "
                    "another column in the catalogue."
                ) from None


def _parsed(values: Sequence[object], zone: tzinfo) -> pl.Series | None:
    """The times, if all of them are texts as databases write them."""
    if set(map(type, values)) - {NoneType} != {str}:
        return None
    texts = pl.Series(values, dtype=pl.String)
    for spelled in (_WITH_ZONE, _LOCAL) if zone is UTC else (_WITH_ZONE,):
        times = texts.str.to_datetime(spelled, time_unit="us", strict=False)
        if times.null_count() == texts.null_count():
            return times.cast(TIME) if spelled is _WITH_ZONE else times.dt.replace_time_zone("UTC")
    return None
