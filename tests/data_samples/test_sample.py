"""The committed sample is what the simulator makes."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import data_samples
from data_samples.compression import content
from data_samples.simulate import main, simulate

SAMPLE = Path(data_samples.__file__).parent / "sample"
RENEW = "python -m data_samples.simulate data_samples/sample"


def files(directory: Path) -> list[Path]:
    return sorted(path.relative_to(directory) for path in directory.rglob("*") if path.is_file())


def assert_same(made: Path, committed: Path) -> None:
    if made.suffix == ".parquet":
        same = pq.read_table(made).equals(pq.read_table(committed))
    elif made.suffix == ".db":
        with closing(sqlite3.connect(made)) as new, closing(sqlite3.connect(committed)) as old:
            same = list(new.iterdump()) == list(old.iterdump())
    else:
        # Compressed bytes may differ between versions of a library; what is in them may not.
        same = content(made) == content(committed)
    assert same, f"{committed} is not what the simulator makes; to renew it: {RENEW}"


def test_the_committed_sample_is_what_the_simulator_makes(tmp_path: Path):
    simulate(tmp_path)
    assert files(tmp_path) == files(SAMPLE)
    for name in files(tmp_path):
        assert_same(tmp_path / name, SAMPLE / name)


def test_the_sample_stays_small():
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 3_000_000


def test_other_seeds_make_other_migrations(tmp_path: Path):
    for seed in ("1", "2"):
        arguments = [str(tmp_path / seed), "--seed", seed, "--customers", "12", "--lines", "1"]
        assert main(arguments) == 0
    for name in ("new.db", "truth.parquet", "logs/proxy-a/access.log", "events/persons.parquet"):
        assert (tmp_path / "1" / name).read_bytes() != (tmp_path / "2" / name).read_bytes()


@pytest.mark.parametrize("batches", [True, False])
def test_the_late_files_are_apart_or_in_place(tmp_path: Path, batches: bool):
    simulate(tmp_path, customers=12, lines=1, batches=batches)
    assert (tmp_path / "late").exists() == batches
    assert (tmp_path / "logs/proxy-b/access-19.log.gz").exists() != batches
