"""A disk that fills up in the middle of a run: one clear paragraph, no half file, and it heals."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.cli import main
from tests.conftest import IS_CI
from tests.flows.migrations import write_migration

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prefect")]

_BIGGER_THAN_ALL = "32m"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={_BIGGER_THAN_ALL}", "tmpfs", str(folder)]
    mounted = subprocess.run(command, check=False, capture_output=True, text=True)
    if mounted.returncode:
        if os.geteuid() == 0 and IS_CI:
            pytest.fail(mounted.stderr)
        pytest.skip(f"only who may mount a disk can fill one: {mounted.stderr.strip()}")
    yield folder
    # Lazily: this process may still hold a file of it open.
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def run(file: Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["run", str(file)])
    return int(stop.value.code or 0)


def free(disk: Path) -> int:
    status = os.statvfs(disk)
    return status.f_bavail * status.f_frsize


def leave(disk: Path, room: int) -> Path:
    """Fill the disk up to `room` bytes; what fills it."""
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(free(disk) - room))
    return ballast


def results(output: Path) -> dict[str, bytes]:
    """What does not name the run or its time."""
    paths = [*output.glob("*.parquet"), *output.glob("notices/**/*")]
    return {str(path.relative_to(output)): path.read_bytes() for path in paths if path.is_file()}


def unfinished(output: Path) -> list[str]:
    return [path.name for path in output.rglob(".*.part")]


@pytest.fixture
def undisturbed(tmp_path: Path) -> dict[str, bytes]:
    folder = tmp_path / "undisturbed"
    folder.mkdir()
    assert run(write_migration(folder)) == 0
    return results(folder / "out/mini")


# In small steps one extract after the other finds room; in large ones the notices do with the rest.
@pytest.mark.parametrize(
    ("step", "full_at"),
    [(40_000, ("The ledger", "extracts/")), (10_000, ("The ledger", "notices/"))],
)
def test_wherever_the_disk_is_full_the_run_says_so_and_the_next_one_heals(
    disk, undisturbed, capsys, step, full_at
):
    """From no room at all, a bit more with every run, until one comes to its end."""
    file = write_migration(disk)
    output = disk / "out/mini"
    capsys.readouterr()
    told = []
    for room in range(0, 4_000_000, step):
        ballast = leave(disk, room)
        code = run(file)
        said = capsys.readouterr()
        assert unfinished(output) == []
        assert "Traceback" not in said.err
        ballast.unlink()
        if code == 0:
            break
        (paragraph,) = said.err.splitlines()
        assert (code, said.out) == (1, "")
        assert "can't be" in paragraph
        assert re.search(r"No space left|disk is full", paragraph)
        told.append(paragraph.partition(" can't be")[0].removeprefix(f"{output}/"))
    for part in full_at:
        assert any(name.startswith(part) for name in told), (part, told)
    assert run(file) == 0
    assert results(output) == undisturbed
