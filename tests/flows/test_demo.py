"""The demo, as a new user starts it."""

from pathlib import Path

import pytest

from flows.cli import main

pytestmark = pytest.mark.xdist_group("prefect")


def demo(folder: Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["demo", str(folder)])
    return int(stop.value.code or 0)


def test_the_late_batch_makes_a_preliminary_result_final(tmp_path, capsys):
    folder = tmp_path / "demo"
    assert demo(folder) == 0
    first, late = capsys.readouterr().out.split("Late batch")
    assert "PRELIMINARY: logs are missing: proxy-b" in first
    assert "The logs cover the whole window" in late
    assert "Since the last run:" in late
    assert str(folder / "out/frankfurt-2021/report.html") in late
    (folder / "made-by-an-earlier-demo").touch()
    assert demo(folder) == 0
    assert not (folder / "made-by-an-earlier-demo").exists()


def test_nobodys_own_folder_is_cleared_away(tmp_path, capsys):
    (tmp_path / "migration.toml").write_text("# mine")
    assert demo(tmp_path) == 2
    assert "holds something else" in capsys.readouterr().err
    assert (tmp_path / "migration.toml").read_text() == "# mine"
