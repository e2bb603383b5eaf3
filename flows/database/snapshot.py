"""What is asked of the new database: always by keys, so that nobody else's rows are read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl
import sqlalchemy as sa

from flows.ahead import in_order
from flows.database.columns import Columns
from flows.database.fetching import fetched
from flows.database.keys import asked_as
from flows.database.relations import Relation, table_relation
from flows.database.tables import Tables
from flows.database.wanted import DEVICE_CUSTOMERS, Wanted, customers_of, owners_of, rows_of
from transforms.catalogue import Catalogue, Kind
from transforms.errors import AmbiguousKeyError

# SQLite takes 32,766 parameters, of which a key may need two. Where there is no index, each batch
# is a reading of the whole table: the fewer the better.
IDS_AT_ONCE: Final = 10_000
# Each may have thousands of rows.
CUSTOMERS_AT_ONCE: Final = 200


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

    def owners(self, kind: Kind, ids: pl.Series) -> pl.LazyFrame:
        """To which customers these ids of a kind were issued, and when: `wanted.OWNERS`.

        Raises AmbiguousKeyError where an id stands twice at one customer.
        """
        relation, wanted = self._relation(kind), owners_of(kind, self.catalogue.zone)
        rows = self._read(relation, wanted, kind.columns.id, ids, IDS_AT_ONCE)
        return _distinct(rows, ["customer_id", "id"], relation)

    def rows_of_customers(self, kind: Kind, customer_ids: pl.Series) -> pl.LazyFrame:
        """All rows of a kind that these customers have: `row_schema(kind.fields)`.

        Raises AmbiguousKeyError where an id stands twice at one customer.
        """
        relation, wanted = self._relation(kind), rows_of(kind, self.catalogue.zone)
        key = kind.customer_column
        rows = self._read(relation, wanted, key, customer_ids, CUSTOMERS_AT_ONCE)
        return _distinct(rows, ["customer_id", "id"], relation)

    def first_row(self, kind: Kind) -> FirstRow | None:
        """One row of a kind, whichever comes first, also one that is marked as deleted."""
        relation, wanted = self._relation(kind), rows_of(kind, self.catalogue.zone)
        found = self.connection.execute(relation.select(wanted.columns).limit(1)).all()
        read = Columns.of(relation.name, relation.types, wanted.columns, found)
        is_deleted = read.height > read.alive(wanted.deleted_at).height
        rows = replace(wanted, deleted_at=None).frame(read).iter_rows(named=True)
        return next((FirstRow(row, is_deleted=is_deleted) for row in rows), None)

    def customers(self, ids: pl.Series) -> pl.LazyFrame:
        """These customers: `wanted.CUSTOMERS`, null where the catalogue names no column.

        Raises AmbiguousKeyError where an id stands twice.
        """
        described = self.catalogue.customers
        relation = table_relation(described.table, self.tables)
        wanted = customers_of(self.catalogue)
        rows = self._read(relation, wanted, described.columns["id"], ids, IDS_AT_ONCE)
        return _distinct(rows, ["id"], relation)

    def device_customers(self, device_ids: pl.Series) -> pl.LazyFrame:
        """Which customers these devices belong to: `wanted.DEVICE_CUSTOMERS`, each pair once."""
        devices = self.catalogue.devices
        if devices is None:
            return pl.LazyFrame(schema=DEVICE_CUSTOMERS)
        wanted = Wanted(
            schema=DEVICE_CUSTOMERS,
            texts={"device_id": devices.device_id, "customer_id": devices.customer_id},
            deleted_at=devices.deleted_at,
        )
        relation = table_relation(devices.table, self.tables)
        pairs = self._read(relation, wanted, devices.device_id, device_ids, IDS_AT_ONCE)
        return pairs.drop_nulls().unique().sort(list(DEVICE_CUSTOMERS)).lazy()

    def _relation(self, kind: Kind) -> Relation:
        kinds = self.catalogue.kinds
        return next(self.relations[name] for name, each in kinds.items() if each == kind)

    def _read(
        self, relation: Relation, wanted: Wanted, key: str, keys: pl.Series, at_once: int
    ) -> pl.DataFrame:
        """What is wanted of all rows whose column `key` is one of `keys`."""
        # Batch by batch, as Python's objects take much more memory than a frame; each becomes one
        # while the server looks for the next.
        batches = self._batches(relation, wanted, key, keys, at_once)
        frames = in_order(wanted.frame, batches)
        return pl.concat([pl.DataFrame(schema=wanted.schema), *frames])

    def _batches(
        self, relation: Relation, wanted: Wanted, key: str, keys: pl.Series, at_once: int
    ) -> Iterator[Columns]:
        ordered = keys.drop_nulls().cast(pl.String).unique().sort()
        for batch in ordered.to_frame().iter_slices(at_once):
            texts = batch.to_series()
            asked = asked_as(texts, relation.types[key], self.connection.dialect)
            if asked:
                yield fetched(self.connection, relation, wanted, key, asked).among(key, texts)


def _distinct(rows: pl.DataFrame, key: list[str], relation: Relation) -> pl.LazyFrame:
    """Refuse ids that stand twice: which of the rows is meant would be a guess."""
    ids = rows.select(key).filter(pl.col("id").is_not_null())
    # To group a million of them takes 300 MB; numbers in their place say of most that they differ.
    hashes = ids.hash_rows()
    ordered = hashes.sort()
    suspects = ids.filter(hashes.is_in(ordered.filter(ordered == ordered.shift()).implode()))
    repeated = suspects.group_by(key).len().filter(pl.col("len") > 1)
    if repeated.height:
        raise AmbiguousKeyError(
            f"{relation.as_subject} of the new database has {repeated.height} ids more than once, "
            "so that it can't be said which row is which. Make the id unique for each customer, or "
            "name another column as id in the catalogue."
        )
    return rows.lazy()
