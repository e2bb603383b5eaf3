"""What a run keeps so that its verdicts can be explained without any log or the database."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl

from flows.explaining import FOLDER
from flows.folders import write_whole
from flows.frames import write_frames
from flows.sources.extracts import extracts_folder
from flows.sources.kept import KeptFile, scan
from transforms.findings import Findings
from transforms.schemas import LINES, WINDOW
from transforms.window import Window

_AT_ONCE: Final = 100_000


def keep_grounds(
    output: Path,
    found: Findings,
    files: Sequence[KeptFile],
    silences: pl.DataFrame,
    window: Window,
) -> None:
    """Write what each verdict rests on: `held`, `comparisons`, `silences`, `window` and `lines`.

    `silences` is of `schemas.GAPS`. Of the lines, those that evidence names.
    """
    folder = output / FOLDER
    write_frames(
        folder,
        {
            "held": found.held,
            "comparisons": found.comparisons,
            "silences": silences,
            "window": pl.DataFrame([vars(window)], schema=WINDOW),
        },
    )
    lines = _lines_in_evidence(found.evidence, files, extracts_folder(output))
    write_whole(folder / "lines.parquet", lines)


def _lines_in_evidence(evidence: pl.DataFrame, files: Sequence[KeptFile], folder: Path) -> bytes:
    """The masked lines as Parquet; streamed, as they may be a million."""
    by_file = ["source", "file"]
    named = evidence.drop_nulls("line").select(*by_file, "line")
    numbers = named.partition_by(by_file, as_dict=True, include_key=False)
    parts = [pl.LazyFrame(schema=LINES)]
    for file in sorted(files, key=lambda each: each.place):
        if (wanted := numbers.get(file.place)) is not None:
            is_wanted = pl.col("line").is_in(wanted.get_column("line").implode())
            parts.append(scan([file], "lines", LINES, folder).filter(is_wanted))
    buffer = BytesIO()
    pl.concat(parts).sink_parquet(buffer, row_group_size=_AT_ONCE)
    return buffer.getvalue()
