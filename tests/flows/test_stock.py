"""A run for some sources leaves the others' files alone, and what is known of them counts."""

from pathlib import Path

import pytest

from flows.stock import look_only_in
from tests.flows.migrations import write_migration
from tests.in_process import read_again, stock_of


@pytest.fixture
def migration(tmp_path: Path) -> Path:
    file = write_migration(tmp_path)
    entry = '[[access_logs]]\nname = "proxy-b"\npaths = ["b/*.log"]\n'
    file.write_text(file.read_text("utf-8").replace("[[client", entry + "[[client"), "utf-8")
    (tmp_path / "b").mkdir()
    log = (tmp_path / "logs/proxy-a.log").read_bytes()
    (tmp_path / "b/proxy-b.log").write_bytes(log)
    return file


def grow(path: Path) -> None:
    path.write_bytes(path.read_bytes() * 2)


def test_new_files_of_other_sources_are_left_unread(migration):
    stock = look_only_in({"proxy-a"}, stock_of(migration))
    assert [file.entry.name for file in stock.unread] == ["proxy-a"]
    assert stock.same == ()


def test_what_is_known_of_a_grown_file_counts_as_it_was(migration):
    read_again(migration)
    grow(migration.parent / "b/proxy-b.log")
    whole = stock_of(migration)
    assert [file.entry.name for file in whole.unread] == ["proxy-b"]
    stock = look_only_in({"proxy-a"}, whole)
    assert stock.unread == ()
    assert sorted(file.source for file in stock.same) == ["proxy-a", "proxy-b"]


def test_all_sources_chosen_is_as_none_chosen(migration):
    stock = stock_of(migration)
    assert look_only_in({"proxy-a", "proxy-b", "fe2"}, stock) == stock


def test_what_would_be_read_in_another_way_now_is_read_all_the_same(migration):
    read_again(migration)
    text = migration.read_text("utf-8")
    changed = text.replace('name = "proxy-b"', 'name = "proxy-b"\ntimezone = "Europe/Vienna"')
    migration.write_text(changed, "utf-8")
    stock = look_only_in({"proxy-a"}, stock_of(migration))
    assert [file.entry.name for file in stock.unread] == ["proxy-b"]
