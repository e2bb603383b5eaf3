"""The new database asked, in one snapshot, for all that the evidence needs to be held against."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import polars as pl

from flows.database import Snapshot, Source, read_snapshot
from flows.settings import Settings
from transforms.attribution import known_rows
from transforms.catalogue import Catalogue
from transforms.matching import Matching, match_with_database
from transforms.schemas import Schema

# Every key that the database is asked for: `part` is ids, devices, owners (customers whose rows of
# a kind are read) or customers; `kind` is null where the part knows none.
ASKED: Final[Schema] = {"part": pl.String(), "kind": pl.String(), "key": pl.String()}


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Witnessed writes (see `transforms.matching`) and the rows they are to be judged by.

    `rows` has for each kind a frame of `schemas.row_schema`; `customers` has `id`, `name`,
    `email`, `locale`, `timezone`. `asked` (ASKED) is what the database was asked for, `answers` a
    digest of all that it said.
    """

    witnesses: pl.DataFrame
    rows: Mapping[str, pl.DataFrame]
    customers: pl.DataFrame
    asked: pl.DataFrame
    answers: str


def new_database(settings: Settings) -> Source:
    """The new database as the migration file describes it."""
    return Source(
        url=settings.database.url.get_secret_value(),
        base=settings.base,
        live_at=settings.migration.live_at,
        statement_timeout=settings.database.statement_timeout,
    )


def compare_with_database(settings: Settings, catalogue: Catalogue, matching: Matching) -> Compared:
    """Ask whose the evidence's ids and devices are, then for the rows of those customers.

    Both questions go to one snapshot, so that no row appears or vanishes in between.
    """
    names = _Names(
        ids={kind: _ids_to_look_up(kind, matching, catalogue) for kind in catalogue.kinds},
        devices=matching.device_ids(),
    )

    def ask(snapshot: Snapshot) -> Compared:
        known = names.ask(snapshot)
        witnesses = match_with_database(
            matching, known_rows(known.owners), known.devices, settings.window, catalogue
        )
        belongings = _Belongings(
            owners={
                kind: _customers(witnesses, _with_children(kind, catalogue))
                for kind in catalogue.kinds
            },
            customers=_customers(witnesses, list(catalogue.kinds)),
        )
        owned = belongings.ask(snapshot)
        return Compared(
            witnesses=witnesses,
            rows=owned.rows,
            customers=owned.customers,
            asked=pl.concat([names.as_frame(), belongings.as_frame()]),
            answers=_digest([*known.frames(), *owned.frames()]),
        )

    return read_snapshot(new_database(settings), catalogue, ask)


def ask_again(settings: Settings, catalogue: Catalogue, asked: pl.DataFrame) -> str:
    """Ask the database for the same as an earlier run did; the digest of what it says now."""
    keys = {
        (part, kind): rows.get_column("key")
        for (part, kind), rows in asked.partition_by("part", "kind", as_dict=True).items()
    }
    none = pl.Series("key", [], pl.String())
    names = _Names(
        ids={kind: keys.get(("ids", kind), none) for kind in catalogue.kinds},
        devices=keys.get(("devices", None), none),
    )
    belongings = _Belongings(
        owners={kind: keys.get(("owners", kind), none) for kind in catalogue.kinds},
        customers=keys.get(("customers", None), none),
    )

    def ask(snapshot: Snapshot) -> str:
        return _digest([*names.ask(snapshot).frames(), *belongings.ask(snapshot).frames()])

    return read_snapshot(new_database(settings), catalogue, ask)


@dataclass(frozen=True)
class _Known:
    owners: Mapping[str, pl.LazyFrame]
    devices: pl.DataFrame

    def frames(self) -> list[pl.DataFrame]:
        return [*pl.collect_all(list(self.owners.values())), self.devices]


@dataclass(frozen=True)
class _Names:
    """What the evidence names, and nobody has said yet whose it is."""

    ids: Mapping[str, pl.Series]
    devices: pl.Series

    def ask(self, snapshot: Snapshot) -> _Known:
        kinds = snapshot.catalogue.kinds
        return _Known(
            owners={kind: snapshot.owners(kinds[kind], ids) for kind, ids in self.ids.items()},
            devices=snapshot.device_customers(self.devices).collect(),
        )

    def as_frame(self) -> pl.DataFrame:
        parts = [_asked("ids", kind, keys) for kind, keys in self.ids.items()]
        return pl.concat([*parts, _asked("devices", None, self.devices)])


@dataclass(frozen=True)
class _Owned:
    rows: Mapping[str, pl.DataFrame]
    customers: pl.DataFrame

    def frames(self) -> list[pl.DataFrame]:
        return [*self.rows.values(), self.customers]


@dataclass(frozen=True)
class _Belongings:
    """The customers of whom the evidence tells, and which of their rows it is held against."""

    owners: Mapping[str, pl.Series]
    customers: pl.Series

    def ask(self, snapshot: Snapshot) -> _Owned:
        kinds = snapshot.catalogue.kinds
        return _Owned(
            rows={
                kind: snapshot.rows_of_customers(kinds[kind], owners).collect()
                for kind, owners in self.owners.items()
            },
            customers=snapshot.customers(self.customers).collect(),
        )

    def as_frame(self) -> pl.DataFrame:
        parts = [_asked("owners", kind, keys) for kind, keys in self.owners.items()]
        return pl.concat([*parts, _asked("customers", None, self.customers)])


def _asked(part: str, kind: str | None, keys: pl.Series) -> pl.DataFrame:
    return (
        keys.cast(pl.String)
        .to_frame("key")
        .select(part=pl.lit(part), kind=pl.lit(kind, pl.String), key="key")
    )


def _digest(answers: Sequence[pl.DataFrame]) -> str:
    """Name what was answered, whatever the order in which the database gave the rows."""
    content = hashlib.blake2b(pl.__version__.encode(), digest_size=16)
    for frame in answers:
        keys = [name for name in ("customer_id", "id", "device_id") if name in frame.columns]
        buffer = BytesIO()
        frame.sort(keys).write_ipc(buffer, compression="uncompressed")
        content.update(buffer.getbuffer())
    return content.hexdigest()


def _ids_to_look_up(kind: str, matching: Matching, catalogue: Catalogue) -> pl.Series:
    """The kind's own ids, and those of kinds whose own id refers to it."""
    same_ids = [name for name, it in catalogue.kinds.items() if it.refers_to.get("id") == kind]
    return pl.concat([matching.entity_ids(name) for name in (kind, *same_ids)]).unique().sort()


def _with_children(kind: str, catalogue: Catalogue) -> list[str]:
    """The kind and those that refer to it: a reference is judged by the row that it names."""
    children = [name for name, it in catalogue.kinds.items() if kind in it.refers_to.values()]
    return [kind, *children]


def _customers(witnesses: pl.DataFrame, kinds: Sequence[str]) -> pl.Series:
    return (
        witnesses.filter(pl.col("kind").is_in(kinds))
        .get_column("customer_id")
        .drop_nulls()
        .unique()
        .sort()
    )
