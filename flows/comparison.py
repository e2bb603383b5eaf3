"""The new database asked, in one snapshot, for all that the evidence needs to be held against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from flows.database import open_snapshot
from flows.settings import Settings
from transforms.attribution import known_rows
from transforms.catalogue import Catalogue
from transforms.matching import Matching, match_with_database


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Witnessed writes (see `transforms.matching`) and the rows they are to be judged by.

    `rows` has for each kind a frame of `schemas.row_schema`; `customers` has `id`, `name`,
    `email`, `locale`, `timezone`.
    """

    witnesses: pl.DataFrame
    rows: Mapping[str, pl.DataFrame]
    customers: pl.DataFrame


def compare_with_database(settings: Settings, catalogue: Catalogue, matching: Matching) -> Compared:
    """Ask whose the evidence's ids and devices are, then for the rows of those customers.

    Both questions go to one snapshot, so that no row appears or vanishes in between.
    """
    url = settings.database.url.get_secret_value()
    with open_snapshot(url, catalogue, settings.base) as snapshot:
        by_id = {
            kind: snapshot.rows_by_id(
                catalogue.kinds[kind], _ids_to_look_up(kind, matching, catalogue)
            )
            for kind in catalogue.kinds
        }
        devices = snapshot.device_customers(matching.device_ids()).collect()
        witnesses = match_with_database(
            matching, known_rows(by_id), devices, settings.window, catalogue
        )
        rows = {
            kind: snapshot.rows_of_customers(
                catalogue.kinds[kind], _customers(witnesses, _with_children(kind, catalogue))
            ).collect()
            for kind in catalogue.kinds
        }
        customers = snapshot.customers(_customers(witnesses, list(catalogue.kinds))).collect()
    return Compared(witnesses=witnesses, rows=rows, customers=customers)


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
