"""The whole core over frames, as the flow composes it, with rows in memory for a database."""

from collections.abc import Mapping, Sequence

import polars as pl

from transforms.attribution import known_rows
from transforms.catalogue import Catalogue
from transforms.findings import Findings, find
from transforms.matching import match_by_request_id, match_with_database
from transforms.schemas import row_schema
from transforms.window import Window
from transforms.writes import LogSource, settle_writes


def reconcile(
    writes: pl.LazyFrame,
    events: pl.LazyFrame,
    rows: Mapping[str, pl.DataFrame],
    devices: pl.DataFrame,
    silences: pl.DataFrame,
    *,
    window: Window,
    sources: Sequence[LogSource],
    catalogue: Catalogue,
    country: str | None = "DE",
) -> Findings:
    settled = settle_writes(writes, window, sources)
    matching = match_by_request_id(settled, events, window)
    every = {
        kind: rows.get(kind, pl.DataFrame(schema=row_schema(it.fields)))
        for kind, it in catalogue.kinds.items()
    }
    by_id = known_rows({kind: frame.lazy() for kind, frame in every.items()})
    witnesses = match_with_database(matching, by_id, devices, window, catalogue)
    return find(
        witnesses,
        every,
        catalogue=catalogue,
        window=window,
        silences=silences,
        country=country,
    )
