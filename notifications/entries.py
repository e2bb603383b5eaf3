"""Findings counted as notices list them: what a client created twice by trying again is one."""

import orjson
import polars as pl

from notifications.language import Language
from notifications.sections import reading_order
from transforms.asking import ASKING, is_acknowledgement
from transforms.catalogue import Catalogue
from transforms.retries import retry_groups


def listed(findings: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Keep of FINDINGS those that are a row of a notice: no second tries, no acknowledgements."""
    asking = findings.filter(pl.col("verdict").is_in(ASKING))
    first = retry_groups(asking, catalogue).filter(pl.col("finding_id") == pl.col("group_id"))
    rows = asking.join(first, on="finding_id", how="semi", maintain_order="left")
    may_be_counted = [name for name, kind in catalogue.kinds.items() if kind.acknowledgements]
    counted = [
        finding_id
        for finding_id, kind, fields in rows.filter(pl.col("kind").is_in(may_be_counted))
        .select("finding_id", "kind", "fields")
        .iter_rows()
        if is_acknowledgement(catalogue.kinds[kind], orjson.loads(fields or b"{}"))
    ]
    return rows.filter(~pl.col("finding_id").is_in(counted))


def kind_of_persons(catalogue: Catalogue) -> str | None:
    """Name the kind that persons are, if the product keeps any: who is missing gets no alarm."""
    kinds = catalogue.kinds
    return next(
        (name for name in reading_order(catalogue) if kinds[name].identity.is_personal), None
    )


def persons_missing(findings: pl.DataFrame, catalogue: Catalogue) -> dict[str, int]:
    """Count by customer the persons who are `lost`."""
    persons = kind_of_persons(catalogue)
    if persons is None:
        return {}
    of_persons = (pl.col("kind") == persons) & (pl.col("verdict") == "lost")
    lost = listed(findings.filter(of_persons), catalogue)
    return dict(lost.group_by("customer_id").len().sort("customer_id").iter_rows())


def label(catalogue: Catalogue, kind: str, language: Language, n: int = 0) -> str:
    """Name `n` things of a kind, as a heading or in a column."""
    known = catalogue.kinds[kind]
    single = language.pick(known.label, kind)
    return single if n == 1 else language.pick(known.label_plural, single)


def counted(catalogue: Catalogue, kind: str, language: Language, n: int) -> str:
    """Name and number things within a sentence: `4 online services`, `4 Online Services`."""
    name = label(catalogue, kind, language, n)
    # German writes nouns with a capital anywhere; an abbreviation stays as it is everywhere.
    if language.tag != "de" and name[1:2].islower():
        name = name[0].lower() + name[1:]
    return f"{language.number(n)} {name}"
