"""Packs are the same however many processes write them, and nothing unchecked is put in place."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from flows import packs
from flows.catalogue import load_catalogue
from flows.cli import main
from flows.packs import write_pack, write_packs
from tests.benchmarks.made_findings import first_notices, found_of, made, telling_of
from tests.flows.migrations import write_migration
from transforms.errors import BalanceError

CATALOGUE = load_catalogue(None)
FORMATS = ("html", "txt", "eml", "xlsx", "csv", "pdf")
FINDINGS, CUSTOMERS = made(6, 16)
TELLING = telling_of(found_of(FINDINGS), CUSTOMERS, CATALOGUE)
NOTICES = list(first_notices(TELLING))


@pytest.fixture
def _always_in_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "_WORTH_PROCESSES", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.usefixtures("_always_in_processes")
def test_several_processes_write_the_same_bytes_as_one(tmp_path):
    hashes = dict(write_packs(tmp_path / "several", NOTICES, FORMATS))
    alone = [write_pack(tmp_path / "one", FORMATS, notice) for notice in NOTICES]
    assert hashes == dict(alone)
    assert hashes.keys() == CUSTOMERS.keys()
    written = files(tmp_path / "several")
    assert len(written) == 7 * len(CUSTOMERS)
    assert written == files(tmp_path / "one")


@pytest.mark.usefixtures("_always_in_processes")
def test_what_is_wrong_with_a_notice_is_told_as_if_there_were_one_process(tmp_path):
    wrong = replace(NOTICES[3], counts=replace(NOTICES[3].counts, asking=99))
    with pytest.raises(BalanceError, match=r"^99 findings of a customer ask for something"):
        list(write_packs(tmp_path, [*NOTICES, wrong], FORMATS))


def test_few_notices_are_written_without_further_processes(tmp_path, monkeypatch):
    monkeypatch.setattr(packs, "in_processes", None)
    assert len(list(write_packs(tmp_path, NOTICES, ["txt"]))) == len(CUSTOMERS)


def test_a_pack_is_replaced_where_it_differs_and_left_where_not(tmp_path):
    (notice, *_) = NOTICES
    _, whole = write_pack(tmp_path, ["txt", "csv"], notice)
    folder = tmp_path / "notices" / notice.customer_id / "rev-1"
    before = (folder / "notice.txt").stat()
    assert write_pack(tmp_path, ["txt", "csv"], notice) == (notice.customer_id, whole)
    assert (folder / "notice.txt").stat().st_mtime_ns == before.st_mtime_ns
    assert write_pack(tmp_path, ["txt"], notice)[1] != whole
    assert [path.name for path in folder.iterdir()] == ["notice.txt"]
    (folder / "notice.txt").write_bytes(b"")
    write_pack(tmp_path, ["txt"], notice)
    assert (folder / "notice.txt").stat().st_size == before.st_size


def test_a_notice_that_shows_other_numbers_than_the_sums_is_not_worded():
    (first, *_) = TELLING.shown
    wrong = {**TELLING.shown, first: replace(TELLING.shown[first], rows=1)}
    with pytest.raises(BalanceError, match="A notice shows NoticeRowCounts"):
        list(first_notices(replace(TELLING, shown=wrong)))


@pytest.mark.xdist_group("prefect")
@pytest.mark.usefixtures("_always_in_processes")
def test_a_run_writes_them_so_from_a_thread_of_prefect(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["run", str(write_migration(tmp_path)), "--json"])
    assert stop.value.code in {0, None}
    assert json.loads(capsys.readouterr().out)["notices"]["new"] == 1
    assert (tmp_path / "out/mini/notices/4711/rev-1/notice.eml").is_file()
