"""Findings and the evidence that they rest on, as they are written and read by others."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from transforms.catalogue import Catalogue
from transforms.coverage import covers
from transforms.effects import KEY, net_effects
from transforms.explanations import explain_lines
from transforms.fields import as_json
from transforms.schemas import COMPARISONS, EVIDENCE, FINDINGS, HELD, Schema
from transforms.verdicts import Setting, judge
from transforms.window import Window

_DONE = {"create": "created", "update": "updated", "delete": "deleted"}


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What a run has found: frames of `schemas.FINDINGS` and, twice, `schemas.EVIDENCE`.

    `held` (`schemas.HELD`) has what each verdict on a known entity rests on, `comparisons`
    (`schemas.COMPARISONS`) the rows that may have been the lost ones again.
    """

    findings: pl.DataFrame
    evidence: pl.DataFrame
    unattributed: pl.DataFrame
    held: pl.DataFrame
    comparisons: pl.DataFrame


def find(
    witnesses: pl.DataFrame,
    rows: Mapping[str, pl.DataFrame],
    *,
    catalogue: Catalogue,
    window: Window,
    silences: pl.DataFrame,
    country: str | None,
) -> Findings:
    """Judge all witnessed writes against the rows of the customers that they belong to.

    `witnesses` is of `matching.match_with_database`, `rows` has a frame of `schemas.row_schema`
    for each kind, `silences` is of `schemas.GAPS`.
    """
    explained = explain_lines(witnesses, rows, window, catalogue).with_columns(
        is_covered=covers(silences, pl.col("at"), window)
    )
    named = explained.drop_nulls(["customer_id", "entity_id"])
    setting = Setting(
        catalogue=catalogue,
        window=window,
        country=country,
        named=explained.drop_nulls("entity_id").select("kind", "entity_id", "at", "has_line"),
    )
    entities = _identified(judge(net_effects(named, window), rows, setting))
    nameless = _unidentified(
        explained.filter(pl.col("entity_id").is_null()).drop_nulls("customer_id")
    )
    told = pl.concat(
        [
            named.join(entities.select(*KEY, "finding_id"), on=KEY, how="left"),
            nameless.select(*named.columns, "finding_id"),
        ]
    )
    return Findings(
        findings=_in_order([entities, nameless.pipe(_as_findings)], catalogue),
        evidence=_as_evidence(told),
        unattributed=_as_evidence(explained.filter(pl.col("customer_id").is_null())),
        held=_shaped(entities, HELD).sort("finding_id"),
        comparisons=_comparisons(entities),
    )


def _identified(judged: pl.DataFrame) -> pl.DataFrame:
    """Add `finding_id`, the same in every run, and `sources`.

    Whether an id was given out again may come to light between two runs, so it is no part of the
    finding's name; only the second entity of that id, at the same customer, bears it.
    """
    entity = ["customer_id", "kind", "entity_id"]
    is_second = ~pl.col("is_reissued") & pl.col("is_reissued").any().over(entity)
    names = judged.select(*entity, again=pl.when(is_second).then(pl.lit("again")))
    return judged.with_columns(
        _digests(names),
        sources=pl.concat_list(
            pl.when(pl.col(count) > 0).then(pl.lit(name))
            for count, name in (("lines", "access_log"), ("events", "client_event"))
        ).list.drop_nulls(),
    )


def _comparisons(entities: pl.DataFrame) -> pl.DataFrame:
    compared = entities.select("finding_id", "compared").drop_nulls().explode("compared")
    return _shaped(compared.unnest("compared"), COMPARISONS).sort(
        "finding_id", "score", "row_id", descending=[False, True, False]
    )


def _unidentified(lines: pl.DataFrame) -> pl.DataFrame:
    """Add `finding_id`: every line that shows a create but not of what is a finding of its own."""
    content = ["customer_id", "kind", "at", "source", "client_ip", "user_agent", "request_id"]
    nth = pl.int_range(pl.len()).over(content, order_by="witness_id")
    names = lines.with_columns(at=pl.col("at").dt.epoch("us")).select(*content, nth)
    return lines.with_columns(_digests(names))


def _as_findings(nameless: pl.DataFrame) -> pl.DataFrame:
    return nameless.with_columns(
        verdict=pl.lit("unidentified"),
        confidence=pl.lit("confirmed"),
        action=pl.col("action").replace_strict(_DONE),
        first_at="at",
        last_at="at",
        sources=pl.lit(["access_log"], pl.List(pl.String())),
        lines=pl.lit(1, pl.Int64),
        events=pl.lit(0, pl.Int64),
        fields=as_json("fields"),
    )


def _digests(names: pl.DataFrame) -> pl.Series:
    """A short name for each row's content."""
    ids = [
        hashlib.blake2b(repr(row).encode(), digest_size=8).hexdigest() for row in names.iter_rows()
    ]
    return pl.Series("finding_id", ids, dtype=pl.String())


def _in_order(findings: list[pl.DataFrame], catalogue: Catalogue) -> pl.DataFrame:
    """`schemas.FINDINGS`, by customer, kinds in the order of their references, and time."""
    place = {kind: place for place, kind in enumerate(catalogue.in_order_of_reference())}
    kinds = pl.col("kind").replace_strict(place, return_dtype=pl.Int32())
    shaped = pl.concat([_shaped(frame, FINDINGS) for frame in findings])
    return shaped.sort("customer_id", kinds, "first_at", "entity_id", "finding_id")


def _as_evidence(witnesses: pl.DataFrame) -> pl.DataFrame:
    ordered = witnesses.sort("witness_id").with_columns(fields=as_json("fields"))
    return _shaped(ordered, EVIDENCE)


def _shaped(frame: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """The schema's columns in its order; what a frame has not is null."""
    return frame.select(
        pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in schema.items()
    )
