"""The same pairs told by Splink: Fellegi-Sunter, its parameters estimated without labels."""

import logging
from typing import Any, NamedTuple

import pandas as pd
import splink.comparison_library as compare
from splink import Linker, SettingsCreator, block_on
from splink.internals.duckdb.database_api import DuckDBAPI

from data_samples.again import Labelled, Person
from tests.benchmarks.linkage.measure import as_normalised

_BLOCKS = (("email",), ("phone",), ("given", "family"), ("family",), ("given",))


class SplinkFigures(NamedTuple):
    """`restored`: the share of true pairs above the highest weight of a wrong one."""

    restored: float
    best_f1: float


def splink_figures(labelled: Labelled, seed: int) -> SplinkFigures:
    """Link lost persons with rows, and hold the weights against the truth."""
    logging.disable(logging.WARNING)
    pairs = _weighted(labelled, seed).sort_values("match_weight", ascending=False)
    total = sum(row is not None for row in labelled.truth.values())
    right = wrong = at_no_wrong = 0
    best_f1 = 0.0
    for lost, row in zip(pairs["lost"], pairs["row"], strict=True):
        if labelled.truth[lost] == row:
            right += 1
        else:
            wrong += 1
        if not wrong:
            at_no_wrong = right
        best_f1 = max(best_f1, 2 * right / (right + wrong + total))
    return SplinkFigures(restored=at_no_wrong / total, best_f1=best_f1)


def _weighted(labelled: Labelled, seed: int) -> Any:
    database = DuckDBAPI()
    tables = [
        database.register(_frame(persons), dataset_display_name=name)
        for name, persons in (("a_lost", labelled.lost), ("b_rows", labelled.rows))
    ]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            compare.ForenameSurnameComparison("given", "family"),
            compare.EmailComparison("email"),
            compare.DamerauLevenshteinAtThresholds("phone", [1, 2]),
        ],
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in _BLOCKS],
    )
    linker = Linker(tables, settings)
    contacts = [block_on("email"), block_on("phone")]
    linker.training.estimate_probability_two_random_records_match(contacts, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=seed)
    for rule in (*contacts, block_on("given", "family")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    pairs = linker.inference.predict(threshold_match_probability=0.001).as_pandas_dataframe()
    # Of two tables the first by name is on the left.
    return pairs.rename(columns={"unique_id_l": "lost", "unique_id_r": "row"})


def _frame(persons: tuple[Person, ...]) -> Any:
    rows = []
    for person in persons:
        known = as_normalised(person)
        parts = (known.given, known.family, known.email, known.phone) if known else ("",) * 4
        rows.append((person.id, *(part or None for part in parts)))
    return pd.DataFrame(rows, columns=["unique_id", "given", "family", "email", "phone"])
