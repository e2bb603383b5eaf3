"""Packs are the same however many processes write them, and nothing unchecked is put in place."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from flows import packs
from flows.catalogue import load_catalogue
from flows.cli import main
from flows.outcome import shown_to_customers
from flows.packs import write_pack, write_packs
from flows.publishing import word_notices, write_notices
from tests.benchmarks.made_findings import FACTS, found_of, made
from tests.flows.migrations import write_migration
from transforms.errors import BalanceError

CATALOGUE = load_catalogue(None)
FORMATS = ("html", "txt", "eml", "xlsx", "csv", "pdf")
FINDINGS, CUSTOMERS = made(6, 16)
NOTICES = list(word_notices(found_of(FINDINGS), {}, CUSTOMERS, FACTS, CATALOGUE))
EXPECTED = shown_to_customers(FINDINGS, CATALOGUE)


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
    outcomes = dict(write_packs(tmp_path / "several", NOTICES, FORMATS))
    assert outcomes == dict.fromkeys(CUSTOMERS, "new")
    alone = [write_pack(tmp_path / "one", FORMATS, notice) for notice in NOTICES]
    assert len(alone) == len(CUSTOMERS)
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
    assert write_pack(tmp_path, ["txt", "csv"], notice) == (notice.customer_id, "new")
    folder = tmp_path / "notices" / notice.customer_id / "rev-1"
    before = (folder / "notice.txt").stat()
    assert write_pack(tmp_path, ["txt", "csv"], notice)[1] == "unchanged"
    assert (folder / "notice.txt").stat().st_mtime_ns == before.st_mtime_ns
    assert write_pack(tmp_path, ["txt"], notice)[1] == "replaced"
    assert [path.name for path in folder.iterdir()] == ["notice.txt"]
    (folder / "notice.txt").write_bytes(b"")
    assert write_pack(tmp_path, ["txt"], notice)[1] == "replaced"
    assert (folder / "notice.txt").stat().st_size == before.st_size


def test_a_notice_that_shows_other_numbers_than_the_sums_is_not_written(tmp_path):
    (first, *_) = EXPECTED
    expected = {**EXPECTED, first: replace(EXPECTED[first], rows=1)}
    with pytest.raises(BalanceError, match="A notice shows NoticeRowCounts"):
        write_notices(tmp_path, NOTICES, ["txt"], expected)
    assert not list(tmp_path.iterdir())


def test_a_customer_without_the_notice_that_the_sums_count_is_found(tmp_path):
    with pytest.raises(BalanceError, match="1 customers have findings that ask for something"):
        write_notices(tmp_path, NOTICES[1:], ["txt"], EXPECTED)


@pytest.mark.xdist_group("prefect")
@pytest.mark.usefixtures("_always_in_processes")
def test_a_run_writes_them_so_from_a_thread_of_prefect(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["run", str(write_migration(tmp_path)), "--json"])
    assert stop.value.code in {0, None}
    assert json.loads(capsys.readouterr().out)["notices"]["new"] == 1
    assert (tmp_path / "out/mini/notices/4711/rev-1/notice.eml").is_file()
