"""One finding of the last run, with all that its verdict rests on, read from the results."""

from pathlib import Path
from typing import Final

import polars as pl

from flows.catalogue import load_catalogue
from flows.finding_names import the_finding
from flows.settings import Settings
from notifications.explanation.grounds import Grounds
from transforms.errors import CutoverError
from transforms.schemas import (
    COMPARISONS,
    EVIDENCE,
    FINDINGS,
    GAPS,
    HELD,
    LINES,
    WINDOW,
    Schema,
)
from transforms.window import Window

# Beside the findings that it explains.
FOLDER: Final = "explain"


def recall(settings: Settings, asked: str) -> Grounds:
    """What the last run kept of the finding that a user asked for.

    `asked` is as in `finding_names.the_finding`. Raises NoSuchFindingError, and CutoverError where
    no run has left results, or an older version has.
    """
    output = settings.output_folder
    again = f"cutover-recon run {settings.file}"
    if not (output / "findings.parquet").exists():
        raise CutoverError(f"No run has left results in {output} yet. Run first: {again}")
    if not (output / FOLDER).is_dir():
        raise CutoverError(
            f"The results in {output} were written by a version that did not keep what explains "
            f"them. Run again with this one: {again}"
        )
    try:
        return _recall(output, settings, asked)
    except (_UnlikeError, OSError, pl.exceptions.PolarsError) as error:
        raise CutoverError(
            f"The results in {output} do not fit together: a run is writing them just now, or "
            "another version or catalogue has made them. Wait for its end and ask again, or run "
            f"again: {again}"
        ) from error


class _UnlikeError(Exception):
    """Two files of the results are not of one run."""


def _recall(output: Path, settings: Settings, asked: str) -> Grounds:
    all_findings = _scan(output / "findings.parquet", FINDINGS)
    name = the_finding(
        all_findings.select("finding_id", "customer_id", "kind", "entity_id").collect(), asked
    )
    own, kept = pl.col("finding_id") == name.finding_id, output / FOLDER
    kind = load_catalogue(settings.catalogue_path).kinds.get(name.kind)
    evidence = _scan(output / "evidence.parquet", EVIDENCE).filter(own).collect()
    held = _scan(kept / "held.parquet", HELD).filter(own).collect()
    if kind is None or evidence.is_empty() or held.is_empty() != (name.entity_id is None):
        raise _UnlikeError
    return Grounds(
        finding_id=name.finding_id,
        findings=all_findings.filter(pl.col("customer_id") == name.customer_id).collect(),
        evidence=evidence,
        held=held,
        lines=_lines(kept / "lines.parquet", evidence),
        comparisons=_scan(kept / "comparisons.parquet", COMPARISONS).filter(own).collect(),
        silences=_scan(kept / "silences.parquet", GAPS).collect(),
        window=Window(**_scan(kept / "window.parquet", WINDOW).collect().row(0, named=True)),
        kind=kind,
        timezone=settings.migration.timezone,
    )


def _lines(path: Path, evidence: pl.DataFrame) -> pl.DataFrame:
    """Those that the evidence names."""
    key = ["source", "file", "line"]
    named = evidence.drop_nulls("line").select(key)
    near = pl.col("line").is_in(named.get_column("line").implode())
    return _scan(path, LINES).filter(near).collect().join(named, on=key, how="semi")


def _scan(path: Path, schema: Schema) -> pl.LazyFrame:
    return pl.scan_parquet(path, schema=schema)
