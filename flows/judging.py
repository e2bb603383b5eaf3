"""Findings of a run: what the evidence and the database say, in the light of earlier runs."""

import polars as pl

from flows.comparison import Compared
from flows.ledger import Ledger
from flows.ledger.findings import rows_seen
from flows.settings import Settings
from transforms.catalogue import Catalogue
from transforms.findings import Findings, find
from transforms.history import with_history


def judge(
    settings: Settings,
    catalogue: Catalogue,
    compared: Compared,
    silences: pl.DataFrame,
    ledger: Ledger,
) -> Findings:
    """Judge, and close what customers have deleted since earlier runs saw the new database."""
    found = find(
        compared.witnesses,
        compared.rows,
        catalogue=catalogue,
        window=settings.window,
        silences=silences,
        country=settings.migration.country,
    )
    with ledger.reading() as tx:
        earlier = rows_seen(tx)
    return with_history(found, earlier, compared.rows, catalogue)
