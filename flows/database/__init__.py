"""The new database: read only, in one consistent snapshot, and only what evidence asks for."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import polars as pl
import sqlalchemy as sa

from flows.database.columns import Columns
from flows.database.engine import reading
from flows.database.keys import asked_as, condition
from flows.database.relations import Relation, relations_of, table_relation
from flows.database.replicas import refuse_stale
from flows.database.tables import Tables, check_tables
from flows.database.values import text_of
from flows.database_urls import locate, shown
from flows.passing import is_passing
from transforms.catalogue import Catalogue, Kind
from transforms.errors import AmbiguousKeyError, DatabaseError
from transforms.schemas import Schema, row_schema
from transforms.spelling import spelling

__all__ = [
    "CUSTOMERS",
    "DEVICE_CUSTOMERS",
    "FirstRow",
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

# SQLite before 3.32 takes no more than 999 parameters in a statement, and a UUID needs two.
_KEYS_AT_ONCE = 450
# Enough for a server that starts anew after a crash.
_WAITS: Final = (1.0, 4.0, 15.0)

Answer = TypeVar("Answer")


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
        relations = relations_of(connection, catalogue, tables, name)
        yield Snapshot(connection, catalogue, tables, relations)


@dataclass(frozen=True)
class FirstRow:
    """One row of a kind, as it is read; one that `is_deleted` does not exist for a run."""

    values: Mapping[str, Any]
    is_deleted: bool


@dataclass(frozen=True)
class Snapshot:
    """One connection, one transaction; ids and fields come out as text, times in UTC."""

    connection: sa.Connection
    catalogue: Catalogue
    tables: Tables
    # From where each kind's rows are read.
    relations: Mapping[str, Relation]

    def rows_by_id(self, kind: Kind, ids: pl.Series) -> pl.LazyFrame:
        """The rows of a kind with these ids, of whichever customer: `row_schema(kind.fields)`.

        Raises AmbiguousKeyError where an id stands twice at one customer.
        """
        return self._rows(kind, kind.columns.id, ids)

    def rows_of_customers(self, kind: Kind, customer_ids: pl.Series) -> pl.LazyFrame:
        """All rows of a kind that these customers have: `row_schema(kind.fields)`.

        Raises AmbiguousKeyError where an id stands twice at one customer.
        """
        return self._rows(kind, kind.customer_column, customer_ids)

    def first_row(self, kind: Kind) -> FirstRow | None:
        """One row of a kind, whichever comes first, also one that is marked as deleted."""
        relation = self._relation(kind)
        names = list(dict.fromkeys([*kind.columns.names, kind.customer_column, *kind.fields]))
        found = self.connection.execute(relation.select(names).limit(1)).all()
        read = Columns.of(relation.name, relation.types, names, found)
        is_deleted = read.height > read.alive(kind.columns.deleted_at).height
        rows = self._as_rows(kind, read).iter_rows(named=True)
        return next((FirstRow(row, is_deleted=is_deleted) for row in rows), None)

    def customers(self, ids: pl.Series) -> pl.LazyFrame:
        """These customers: `CUSTOMERS`, null where the catalogue names no column.

        Raises AmbiguousKeyError where an id stands twice.
        """
        table, columns = self.catalogue.customers.table, self.catalogue.customers.columns
        customers = table_relation(table, self.tables)
        read = self._read(customers, [*columns.values()], columns["id"], ids)
        found = {str(name): read.text(column) for name, column in columns.items()}
        frame = _frame(found, CUSTOMERS, read.height)
        _refuse_repeated(frame, ["id"], customers)
        return frame.lazy()

    def device_customers(self, device_ids: pl.Series) -> pl.LazyFrame:
        """Which customers these devices belong to: `DEVICE_CUSTOMERS`, each pair once."""
        devices = self.catalogue.devices
        if devices is None:
            return pl.LazyFrame(schema=DEVICE_CUSTOMERS)
        columns = {"device_id": devices.device_id, "customer_id": devices.customer_id}
        read = self._read(
            table_relation(devices.table, self.tables),
            [*columns.values()],
            devices.device_id,
            device_ids,
            deleted_at=devices.deleted_at,
        )
        found = {name: read.text(column) for name, column in columns.items()}
        pairs = _frame(found, DEVICE_CUSTOMERS, read.height)
        return pairs.drop_nulls().unique().sort(list(DEVICE_CUSTOMERS)).lazy()

    def _rows(self, kind: Kind, key: str, keys: pl.Series) -> pl.LazyFrame:
        relation = self._relation(kind)
        columns = [*kind.columns.names, kind.customer_column, *kind.fields]
        read = self._read(relation, columns, key, keys, deleted_at=kind.columns.deleted_at)
        frame = self._as_rows(kind, read)
        _refuse_repeated(frame, ["customer_id", "id"], relation)
        return frame.lazy()

    def _relation(self, kind: Kind) -> Relation:
        kinds = self.catalogue.kinds
        return next(self.relations[name] for name, each in kinds.items() if each == kind)

    def _as_rows(self, kind: Kind, read: Columns) -> pl.DataFrame:
        named, zone = kind.columns, self.catalogue.zone
        times = {"created_at": named.created_at, "updated_at": named.updated_at}
        found = {"id": read.text(named.id), "customer_id": read.text(kind.customer_column)}
        found |= {name: read.times(column, zone) for name, column in times.items() if column}
        found["fields"] = read.struct(kind.fields, spelling(kind.types, zone))
        return _frame(found, row_schema(kind.fields), read.height)

    def _read(
        self,
        relation: Relation,
        columns: Sequence[str],
        key: str,
        keys: pl.Series,
        *,
        deleted_at: str | None = None,
    ) -> Columns:
        """The named columns of all rows whose `key` is one of `keys`, in batches of keys."""
        types, dialect = relation.types, self.connection.dialect
        names = list(dict.fromkeys([*columns, *filter(None, [deleted_at])]))
        query = relation.select(names).where(condition(relation.column(key), types[key], dialect))
        texts = keys.drop_nulls().cast(pl.String).unique().sort().to_list()
        at, as_text = names.index(key), text_of(types[key])
        rows: list[Sequence[Any]] = []
        for start in range(0, len(texts), _KEYS_AT_ONCE):
            batch = frozenset(texts[start : start + _KEYS_AT_ONCE])
            wanted = asked_as(sorted(batch), types[key], dialect)
            # All at once: to ask the driver for one row at a time takes twice as long.
            found = self.connection.execute(query, {"keys": wanted}).all() if wanted else []
            # A collation may take A for a, and trailing blanks for nothing.
            rows += [row for row in found if as_text(row[at]) in batch]
        return Columns.of(relation.name, types, names, rows).alive(deleted_at)


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


def _refuse_repeated(rows: pl.DataFrame, key: list[str], relation: Relation) -> None:
    """Refuse ids that stand twice: which of the rows is meant would be a guess."""
    repeated = rows.filter(pl.col("id").is_not_null()).group_by(key).len().filter(pl.col("len") > 1)
    if repeated.height:
        raise AmbiguousKeyError(
            f"{relation.as_subject} of the new database has {repeated.height} ids more than once, "
            "so that it can't be said which row is which. Make the id unique for each customer, or "
            "name another column as id in the catalogue."
        )
