"""Frames written as Parquet, whole or not at all."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import polars as pl

from flows.folders import write_whole


def write_frames(output: Path, frames: Mapping[str, pl.DataFrame]) -> None:
    """Write each frame as `<name>.parquet`."""
    for name, frame in frames.items():
        buffer = BytesIO()
        frame.write_parquet(buffer)
        write_whole(output / f"{name}.parquet", buffer.getvalue())
