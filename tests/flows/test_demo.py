"""The demo, as a new user starts it."""

import pytest

from flows.cli import main
from tests.flows.conftest import MARK, STALE

pytestmark = pytest.mark.xdist_group("prefect")


@pytest.mark.slow
def test_the_late_batch_makes_a_preliminary_result_final(demonstrated):
    folder, said = demonstrated
    first, late = said.split("Late batch")
    assert "PRELIMINARY: logs are missing: proxy-b" in first
    assert "The logs cover the whole window" in late
    assert "Since the last run:" in late
    assert str(folder / "out/frankfurt-2021/report.html") in late


@pytest.mark.slow
def test_what_an_earlier_demo_has_left_is_cleared_away(demonstrated):
    folder, _ = demonstrated
    assert not (folder / STALE).exists()
    # This one can be cleared away as well.
    assert (folder / MARK).exists()


def test_nobodys_own_folder_is_cleared_away(tmp_path, capsys):
    (tmp_path / "migration.toml").write_text("# mine")
    with pytest.raises(SystemExit) as stop:
        main(["demo", str(tmp_path)])
    assert stop.value.code == 2
    assert "holds something else" in capsys.readouterr().err
    assert (tmp_path / "migration.toml").read_text() == "# mine"
