"""However the sample migration's files are cut, named, packed and repeated, the findings stay."""

import re
import shutil
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import data_samples
from data_samples.compression import content, written
from tests.in_process import findings_of

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

SAMPLE = Path(data_samples.__file__).parent / "sample"
PLACE = ["file", "line", "event_file", "event_line"]
WRITING = re.compile(rb"POST|PUT|PATCH|DELETE")
PATHS = re.compile(r'paths = \["(logs|events[a-z-]*)(/[a-z-]+)?/.*\]')


def test_files_laid_out_anew_change_nothing_but_where_things_stand(tmp_path):
    """Every file is cut in two, the second part named before the first, packed by gzip and zstd;
    some are given whole as well; and the globs stand in another order and overlap.

    Not cut are identical writes from each other: in one file they are two, in two they are one.
    """
    for name in ("as-it-is", "anew"):
        shutil.copytree(SAMPLE, tmp_path / name)
        shutil.copytree(SAMPLE / "late", tmp_path / name, dirs_exist_ok=True)
    one = findings_of(tmp_path / "as-it-is/migration.toml")
    lay_out_anew(tmp_path / "anew")
    other = findings_of(tmp_path / "anew/migration.toml")
    assert as_parquet(one.findings) == as_parquet(other.findings)
    for frame in ("evidence", "unattributed"):
        before, after = getattr(one, frame), getattr(other, frame)
        assert before.height > 0
        assert not set(before["file"].drop_nulls()) & set(after["file"].drop_nulls())
        assert_frame_equal(before.drop(PLACE), after.drop(PLACE), check_row_order=False)


def lay_out_anew(folder: Path) -> None:
    for source in (*(folder / "logs").iterdir(), folder / "events", folder / "events-open"):
        for number, path in enumerate(sorted(source.iterdir())):
            if path.suffix == ".parquet":
                shutil.copy(path, path.with_name(f"again-{path.name}"))
            else:
                _cut_in_two(path, source, number)
    file = folder / "migration.toml"
    file.write_text(PATHS.sub(_other_globs, file.read_text("utf-8")), "utf-8")


def _cut_in_two(path: Path, source: Path, number: int) -> None:
    whole = content(path)
    path.unlink()
    lines = whole.splitlines(keepends=True)
    cut = next(_places_to_cut(lines), len(lines))
    # Later files, and later parts, come first by name.
    for name, part in (("b.gz", lines[:cut]), ("a.zst", lines[cut:])):
        with written(source / f"{900 - number}-{name}") as file:
            file.write(b"".join(part))
    if number % 2 == 0:
        (source / f"whole-{number}.plain").write_bytes(whole)


def _places_to_cut(lines: Sequence[bytes]) -> Iterator[int]:
    """From the middle on, where no write stands on both sides."""
    writes = [line if WRITING.search(line) else None for line in lines]
    for place in range(len(lines) // 2, len(lines)):
        if not set(writes[:place]) & set(writes[place:]) - {None}:
            yield place


def _other_globs(paths: re.Match[str]) -> str:
    folder = "".join(part or "" for part in paths.groups())
    globs = [f'"{folder}/{name}"' for name in ("*.zst", "[0-9]*", "*.gz", "*.plain", "*.parquet")]
    return f"paths = [{', '.join(globs)}]"


def as_parquet(frame: pl.DataFrame) -> bytes:
    """As a run writes it."""
    file = BytesIO()
    frame.write_parquet(file)
    return file.getvalue()
