"""What several tests of the shell look at."""

import io
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from flows.cli import main

# How a demo knows a folder of its own again, and what none of ours has.
MARK, STALE = ".cutover-recon-demo", "made-by-an-earlier-demo"


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The demo over what an earlier one has left, once: its folder, and what it has printed."""
    folder = tmp_path_factory.mktemp("demonstrated") / "demo"
    folder.mkdir()
    for left in (MARK, STALE):
        (folder / left).touch()
    terminal = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with redirect_stdout(terminal), pytest.raises(SystemExit) as stop:
        main(["demo", str(folder)])
    assert not stop.value.code
    terminal.seek(0)
    return folder, terminal.read()
