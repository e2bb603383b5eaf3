"""Tests that share a server run in one process, and no file's tests are torn apart."""

from pathlib import Path

import pytest

from tests.distribution import group_of, slowest

# Not as it would stand in a file, of which this is one.
MARK = "pytestmark = pytest.mark.xdist_group({})"


def test_each_mark_is_found_in_its_file(request: pytest.FixtureRequest) -> None:
    marked = {
        (item.path, mark.args[0])
        for item in request.session.items
        for mark in item.iter_markers("xdist_group")
    }
    assert {(path, group_of(path)) for path, _ in marked} == marked


@pytest.mark.parametrize("of", ["own", "shared"])
def test_files_of_one_group_stay_together_and_others_by_themselves(tmp_path: Path, of: str) -> None:
    mark = MARK.format('"servers"') if of == "shared" else ""
    files = [tmp_path / name for name in ("test_a.py", "test_b.py")]
    for file in files:
        file.write_text(mark, "utf-8")
    groups = [group_of(file) for file in files]
    assert groups == (["servers", "servers"] if of == "shared" else [str(file) for file in files])


def test_a_file_of_two_groups_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "test_a.py"
    file.write_text(MARK.format('"servers"') + MARK.format('"browser"'), "utf-8")
    with pytest.raises(AssertionError, match="several groups"):
        group_of(file)


def test_slow_tests_come_first_and_then_the_larger_group(tmp_path: Path) -> None:
    slow, quick = tmp_path / "test_slow.py", tmp_path / "test_quick.py"
    slow.write_text("pytestmark = pytest.mark.slow", "utf-8")
    quick.write_text("", "utf-8")
    groups = {"few": [quick], "many": [quick] * 9, "slow": [slow], "more slow": [slow, slow]}
    order = []
    while groups:
        order.append(slowest(groups))
        del groups[order[-1]]
    assert order == ["more slow", "slow", "many", "few"]
