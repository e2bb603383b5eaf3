"""The new database: read only, in one consistent snapshot, and only what evidence asks for."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import polars as pl
import sqlalchemy as sa

from flows.database.engine import reading
from flows.database.keys import asked_as, condition
from flows.database.replicas import refuse_stale
from flows.database.tables import Tables, check_tables, table_named
from flows.database.values import moment, text_of
from flows.database_urls import locate, shown
from flows.passing import is_passing
from transforms.catalogue import Catalogue, Kind
from transforms.errors import AmbiguousKeyError, DatabaseError
from transforms.schemas import TIME, Schema, row_schema

__all__ = [
    "CUSTOMERS",
    "DEVICE_CUSTOMERS",
    "Snapshot",
    "Source",
    "open_snapshot",
    "read_snapshot",
]

CUSTOMERS: Final[Schema] = {
    "id": pl.String(),
    "name": pl.String(),
    "email": pl.String(),
    "locale": pl.String(),
    "timezone": pl.String(),
}
DEVICE_CUSTOMERS: Final[Schema] = {"device_id": pl.String(), "customer_id": pl.String()}

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

# SQLite before 3.32 takes no more than 999 parameters in a statement.
_KEYS_AT_ONCE = 900


Answer = TypeVar("Answer")

# Enough for a server that starts anew after a crash.
_WAITS: Final = (1.0, 4.0, 15.0)


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the new database is, and how it is read.

    `base` is the folder that a relative path of SQLite starts from. A replica that is not yet at
    `live_at` is refused. After a lost connection each of `waits` (in seconds) is one more try.
    """

    url: str
    base: Path
    live_at: datetime
    statement_timeout: timedelta = timedelta(minutes=10)
    waits: Sequence[float] = _WAITS


def read_snapshot(
    source: Source, catalogue: Catalogue, ask: Callable[["Snapshot"], Answer]
) -> Answer:
    """What `ask` reads, all of it from one snapshot.

    Where the connection is lost on the way, everything is read anew in a new snapshot: what an
    earlier one has said is forgotten with it. Raises as `open_snapshot` does.
    """
    for number, wait in enumerate((*source.waits, None), start=1):
        try:
            with open_snapshot(source, catalogue) as snapshot:
                return ask(snapshot)
        except DatabaseError as error:
            # A server that can't be reached is worth to wait for only where it has been there.
            was_lost = is_passing(error) or (number > 1 and _is_unreachable(error))
            if not was_lost:
                raise
            if wait is None:
                raise DatabaseError(
                    f"{error} The connection was lost {number} times while reading; nothing that "
                    "was read counts. Run again when the database can be reached steadily."
                ) from error.__cause__
            time.sleep(wait)
    raise AssertionError


def _is_unreachable(error: DatabaseError) -> bool:
    """Whether there was no connection to say anything on."""
    cause = error.__cause__
    return isinstance(cause, sa.exc.OperationalError) and cause.statement is None


@contextmanager
def open_snapshot(source: Source, catalogue: Catalogue) -> Iterator["Snapshot"]:
    """Open the database for reading; all reads within see the same moment.

    Raises DatabaseError in one paragraph where the database can't be reached or read, is a replica
    that lags behind, and where it lacks tables or columns that the catalogue names (all of them at
    once); ConfigurationError where no driver fits the URL.
    """
    location = locate(source.url, source.base)
    name = shown(location)
    look = partial(refuse_stale, database=name, live_at=source.live_at)
    with reading(location, timeout=source.statement_timeout, before=look) as connection:
        tables = check_tables(connection, catalogue, name)
        yield Snapshot(connection, catalogue, tables)


@dataclass(frozen=True)
class Snapshot:
    """One connection, one transaction; ids and fields come out as text, times in UTC."""

    connection: sa.Connection
    catalogue: Catalogue
    tables: Tables

    def rows_by_id(self, kind: Kind, ids: pl.Series) -> pl.LazyFrame:
        """The rows of a kind with these ids, of whichever customer: `row_schema(kind.fields)`.

        Raises AmbiguousKeyError where an id stands twice at one customer.
        """
        return self._rows(kind, kind.columns.id, ids)

    def rows_of_customers(self, kind: Kind, customer_ids: pl.Series) -> pl.LazyFrame:
        """All rows of a kind that these customers have: `row_schema(kind.fields)`.

        Raises AmbiguousKeyError where an id stands twice at one customer.
        """
        return self._rows(kind, kind.columns.customer_id, customer_ids)

    def customers(self, ids: pl.Series) -> pl.LazyFrame:
        """These customers: `CUSTOMERS`, null where the catalogue names no column.

        Raises AmbiguousKeyError where an id stands twice.
        """
        table, columns = self.catalogue.customers.table, self.catalogue.customers.columns
        read = self._read(table, list(dict.fromkeys(columns.values())), columns["id"], ids)
        found = {str(name): read.text(column) for name, column in columns.items()}
        frame = _frame(found, CUSTOMERS, read.height)
        _refuse_repeated(frame, ["id"], table)
        return frame.lazy()

    def device_customers(self, device_ids: pl.Series) -> pl.LazyFrame:
        """Which customers these devices belong to: `DEVICE_CUSTOMERS`, each pair once."""
        devices = self.catalogue.devices
        if devices is None:
            return pl.LazyFrame(schema=DEVICE_CUSTOMERS)
        columns = {"device_id": devices.device_id, "customer_id": devices.customer_id}
        read = self._read(
            devices.table, list(dict.fromkeys(columns.values())), devices.device_id, device_ids
        )
        found = {name: read.text(column) for name, column in columns.items()}
        pairs = _frame(found, DEVICE_CUSTOMERS, read.height)
        return pairs.drop_nulls().unique().sort(list(DEVICE_CUSTOMERS)).lazy()

    def _rows(self, kind: Kind, key: str, keys: pl.Series) -> pl.LazyFrame:
        named = kind.columns
        times = {"created_at": named.created_at, "updated_at": named.updated_at}
        columns = [named.id, named.customer_id, *filter(None, times.values()), *kind.fields]
        read = self._read(kind.table, list(dict.fromkeys(columns)), key, keys)
        found = {"id": read.text(named.id), "customer_id": read.text(named.customer_id)}
        found |= {name: read.times(column) for name, column in times.items() if column}
        found["fields"] = read.struct(kind.fields)
        frame = _frame(found, row_schema(kind.fields), read.height)
        _refuse_repeated(frame, ["customer_id", "id"], kind.table)
        return frame.lazy()

    def _read(self, table: str, columns: list[str], key: str, keys: pl.Series) -> "_Columns":
        """The named columns of all rows whose `key` is one of `keys`, in batches of keys."""
        types, dialect = self.tables[table], self.connection.dialect
        query: sa.Select[*tuple[Any, ...]] = (
            sa.select(*(sa.column(name) for name in columns))
            .select_from(table_named(table))
            .where(condition(key, types[key], dialect))
        )
        texts = keys.drop_nulls().cast(pl.String).unique().sort().to_list()
        wanted = asked_as(texts, types[key], dialect)
        rows: list[Sequence[Any]] = []
        for start in range(0, len(wanted), _KEYS_AT_ONCE):
            batch = wanted[start : start + _KEYS_AT_ONCE]
            # All at once: to ask the driver for one row at a time takes twice as long.
            rows.extend(self.connection.execute(query, {"keys": batch}).all())
        if dialect.name != "sqlite":
            # A collation may take A for a, and trailing blanks for nothing.
            same, at, asked = text_of(types[key]), columns.index(key), frozenset(texts)
            rows = [row for row in rows if same(row[at]) in asked]
        values = zip(*rows, strict=True) if rows else ([] for _ in columns)
        return _Columns(table, dict(zip(columns, values, strict=True)), len(rows), types)


@dataclass(frozen=True)
class _Columns:
    """What a query gave, column by column, as the driver gave it."""

    table: str
    values: Mapping[str, Sequence[object]]
    height: int
    types: Mapping[str, sa.types.TypeEngine[Any]]

    def text(self, column: str) -> pl.Series:
        as_text = text_of(self.types[column])
        return pl.Series(column, list(map(as_text, self.values[column])), pl.String, strict=True)

    def times(self, column: str) -> pl.Series:
        # As numbers: polars takes three times as long to look at as many datetimes.
        since = [
            None if at is None else (at - _EPOCH) // _MICROSECOND
            for at in self._each(moment, column)
        ]
        return pl.Series(column, since, pl.Int64).cast(TIME)

    def struct(self, columns: Sequence[str]) -> pl.Series:
        texts = [self.text(column) for column in columns]
        # A struct without members has no height of its own.
        if not texts:
            return pl.Series("fields", [{}] * self.height, pl.Struct({}))
        return pl.DataFrame(texts).to_struct("fields")

    def _each(
        self, read: Callable[[object], datetime | None], column: str
    ) -> Iterator[datetime | None]:
        for value in self.values[column]:
            try:
                yield read(value)
            except ValueError as error:
                raise DatabaseError(
                    f"The column {self.table}.{column} holds {error}, which is no point in time; "
                    "right are date-times such as 2021-05-18 18:14:05 (UTC) or "
                    "2021-05-18T20:14:05+02:00, and seconds since 1970. Name another column in "
                    "the catalogue."
                ) from None


def _frame(columns: Mapping[str, pl.Series], schema: Schema, height: int) -> pl.DataFrame:
    """These columns in the schema's order; what is not there is null."""
    return pl.DataFrame(
        [
            columns[name].alias(name)
            if name in columns
            else pl.Series(name, [None] * height, dtype)
            for name, dtype in schema.items()
        ]
    )


def _refuse_repeated(rows: pl.DataFrame, key: list[str], table: str) -> None:
    """Refuse ids that stand twice: which of the rows is meant would be a guess."""
    repeated = rows.filter(pl.col("id").is_not_null()).group_by(key).len().filter(pl.col("len") > 1)
    if repeated.height:
        raise AmbiguousKeyError(
            f"The table {table} of the new database has {repeated.height} ids more than once, so "
            "that it can't be said which row is which. Make the id unique for each customer, or "
            "name another column as id in the catalogue."
        )
