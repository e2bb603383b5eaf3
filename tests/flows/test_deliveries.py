"""Logs arrive one at a time, and runs are killed: in the end it is as one run over all."""

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

import data_samples
from flows.ledger import open_ledger
from flows.ledger.source_files import KnownFile, known_files
from flows.settings import load_settings
from flows.sources.extracts import extracts_folder
from tests.in_process import findings_of, read_again, run_again
from transforms.findings import Findings

SAMPLE = Path(data_samples.__file__).parent / "sample"
# Says when it begins, so that it is not killed while it imports.
READING = """
import sys
from pathlib import Path
from tests.in_process import read_again
print("begins", flush=True)
read_again(Path(sys.argv[1]))
"""


FRAMES = ("findings", "evidence", "unattributed", "held", "comparisons")


def as_bytes(found: Findings) -> dict[str, bytes]:
    """As a run writes it."""
    written = {}
    for name in FRAMES:
        file = BytesIO()
        getattr(found, name).write_parquet(file)
        written[name] = file.getvalue()
    return written


@pytest.fixture(scope="module")
def delivered(tmp_path_factory) -> Path:
    """The sample migration with all files that came late, elsewhere."""
    folder = tmp_path_factory.mktemp("delivered")
    shutil.copytree(SAMPLE, folder, dirs_exist_ok=True)
    shutil.copytree(folder / "late", folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def wanted(delivered) -> dict[str, bytes]:
    return as_bytes(findings_of(delivered / "migration.toml"))


def files(folder: Path) -> Iterator[Path]:
    for name in ("logs", "events", "events-open"):
        yield from sorted(path for path in (folder / name).rglob("*") if path.is_file())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_files_that_come_one_at_a_time_end_as_one_run_over_all(tmp_path, delivered, wanted, seed):
    shutil.copytree(
        delivered, tmp_path, ignore=shutil.ignore_patterns("logs", "events*"), dirs_exist_ok=True
    )
    order = random.Random(seed).sample([*files(delivered)], k=len([*files(delivered)]))
    # Without any log there is nothing to be run.
    order.insert(0, order.pop(next(n for n, path in enumerate(order) if path.suffix == ".log")))
    for file in order:
        place = tmp_path / file.relative_to(delivered)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, place)
        assert read_again(tmp_path / "migration.toml").files.read <= 1
    assert as_bytes(run_again(tmp_path / "migration.toml").found) == wanted


@pytest.mark.slow
def test_killed_at_any_moment_the_next_run_goes_on(tmp_path, delivered, wanted):
    """Nothing is lost, nothing half-done is left, and what was done is not done again."""
    undisturbed, disturbed = tmp_path / "undisturbed", tmp_path / "disturbed"
    for folder in (undisturbed, disturbed):
        shutil.copytree(delivered, folder)
    started = time.monotonic()
    every = read_again(undisturbed / "migration.toml").files.read
    seconds = time.monotonic() - started
    moments = random.Random(5)
    for _ in range(8):
        kill_a_reading(disturbed / "migration.toml", after_s=moments.uniform(0, seconds / 2))
    done = remembered(disturbed)
    last = run_again(disturbed / "migration.toml")
    assert last.read.files.read == every - len(done)
    assert as_bytes(last.found) == wanted
    assert remembered(disturbed) == remembered(undisturbed)
    assert kept(disturbed) == kept(undisturbed)


def kill_a_reading(migration: Path, *, after_s: float) -> None:
    command = [sys.executable, "-c", READING, str(migration)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"begins\n"
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)


def remembered(folder: Path) -> list[KnownFile]:
    """What the ledger knows of files, but when they came to this folder."""
    settings = load_settings(folder / "migration.toml")
    url, name = settings.ledger.url, settings.migration.id
    with open_ledger(url, base=folder, migration_id=name) as ledger, ledger.reading() as tx:
        return [replace(file, modified_ns=0) for file in known_files(tx)]


def kept(folder: Path) -> dict[str, bytes]:
    extracts = extracts_folder(load_settings(folder / "migration.toml").output_folder)
    found = (path for path in extracts.rglob("*") if path.is_file())
    return {str(path.relative_to(extracts)): path.read_bytes() for path in found}
