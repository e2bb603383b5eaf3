"""What is read of each row, and under which names and types it comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Final

import polars as pl

from flows.database.columns import Columns
from transforms.catalogue import Catalogue, Kind
from transforms.schemas import TIME, Schema, row_schema
from transforms.spelling import Spell, spelling

CUSTOMERS: Final[Schema] = {
    "id": pl.String(),
    "name": pl.String(),
    "email": pl.String(),
    "locale": pl.String(),
    "timezone": pl.String(),
}
DEVICE_CUSTOMERS: Final[Schema] = {"device_id": pl.String(), "customer_id": pl.String()}
# To whom an id was issued, and when.
OWNERS: Final[Schema] = {"id": pl.String(), "customer_id": pl.String(), "created_at": TIME}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Columns of a relation by the names that they get in `schema`; what has none is null.

    `fields` go into one column of that name, each spelled as `spelling` says. Rows that are marked
    in the column `deleted_at` do not exist.
    """

    schema: Schema
    texts: Mapping[str, str]
    times: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC
    fields: tuple[str, ...] = ()
    spelling: Mapping[str, Spell] = field(default_factory=dict)
    deleted_at: str | None = None

    @property
    def columns(self) -> list[str]:
        """The relation's columns that are read, each once."""
        named = [*self.texts.values(), *self.times.values(), *self.fields]
        return list(dict.fromkeys([*named, *filter(None, [self.deleted_at])]))

    @property
    def only_times(self) -> set[str]:
        """The columns whose values are points in time here, and nothing else."""
        return {*self.times.values()} - {*self.texts.values(), *self.fields}

    def frame(self, read: Columns) -> pl.DataFrame:
        """The rows in `schema`, in their order, without those that do not exist."""
        read = read.alive(self.deleted_at)
        found = {name: read.text(column) for name, column in self.texts.items()}
        found |= {name: read.times(column, self.zone) for name, column in self.times.items()}
        if "fields" in self.schema:
            found["fields"] = read.struct(self.fields, self.spelling)
        return pl.DataFrame(
            [
                found[name].alias(name)
                if name in found
                else pl.Series(name, [None] * read.height, dtype)
                for name, dtype in self.schema.items()
            ]
        )


def rows_of(kind: Kind, zone: tzinfo) -> Wanted:
    """All that the comparison knows of a row: `schemas.row_schema`."""
    named = kind.columns
    times = {"created_at": named.created_at, "updated_at": named.updated_at}
    return Wanted(
        schema=row_schema(kind.fields),
        texts={"id": named.id, "customer_id": kind.customer_column},
        times={name: column for name, column in times.items() if column},
        zone=zone,
        fields=kind.fields,
        spelling=spelling(kind.types, zone),
        deleted_at=named.deleted_at,
    )


def owners_of(kind: Kind, zone: tzinfo) -> Wanted:
    """Who has an id, and since when: `OWNERS`."""
    named = kind.columns
    return Wanted(
        schema=OWNERS,
        texts={"id": named.id, "customer_id": kind.customer_column},
        times={"created_at": named.created_at} if named.created_at else {},
        zone=zone,
        deleted_at=named.deleted_at,
    )


def customers_of(catalogue: Catalogue) -> Wanted:
    """The customers themselves: `CUSTOMERS`."""
    columns = catalogue.customers.columns
    return Wanted(schema=CUSTOMERS, texts={str(name): column for name, column in columns.items()})
