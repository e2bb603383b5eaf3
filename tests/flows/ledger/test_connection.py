import os
import sqlite3
import stat

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from flows.ledger import LedgerError, open_ledger
from flows.ledger.source_files import known_files
from transforms.errors import ConfigurationError


def opened(url, base):
    return open_ledger(url, base=base, migration_id="m")


def test_a_path_is_relative_to_the_migration_file(tmp_path):
    with opened(SecretStr("sqlite:///sub/ledger.db"), tmp_path):
        pass
    assert (tmp_path / "sub" / "ledger.db").is_file()


def test_only_its_owner_reads_it(tmp_path):
    before = os.umask(0)
    try:
        with opened("sqlite:///sub/ledger.db", tmp_path):
            made = [tmp_path / "sub", *sorted((tmp_path / "sub").iterdir())]
            assert [path.name for path in made] == ["sub", *LEDGER_FILES]
            assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in made} == {0}
    finally:
        os.umask(before)


LEDGER_FILES = ("ledger.db", "ledger.db-shm", "ledger.db-wal")


def test_what_is_committed_is_on_the_disk(tmp_path):
    with opened("sqlite:///ledger.db", tmp_path) as ledger, ledger.reading() as tx:
        ask = tx.connection.exec_driver_sql
        assert ask("PRAGMA journal_mode").scalar() == "wal"
        assert ask("PRAGMA synchronous").scalar() == 2
        assert ask("PRAGMA foreign_keys").scalar() == 1
        assert ask("PRAGMA secure_delete").scalar() == 1


def test_readers_wait_for_no_writer_and_see_one_moment(url, ledger, tmp_path):
    with ledger.reading() as before, ledger.begin() as tx:
        assert known_files(before) == []
        tx.connection.exec_driver_sql("DELETE FROM source_files")
        again = open_ledger(url, base=tmp_path, migration_id=ledger.migration_id)
        with again as other, other.reading() as same:
            assert known_files(same) == []


def test_reading_writes_nothing(ledger):
    with pytest.raises(LedgerError, match=r"read-?only"), ledger.reading() as tx:
        tx.connection.exec_driver_sql("DELETE FROM runs")
    with ledger.begin() as tx:
        tx.connection.exec_driver_sql("DELETE FROM runs")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite://", "ledger.url names no file"),
        ("sqlite:///:memory:", "ledger.url names no file"),
        ("sqlite+aiosqlite:///ledger.db", "can't hold a ledger"),
        ("mysql://u:geheim@h/n", "ledger.url is for mysql, which can't hold a ledger"),
        ("postgresql+asyncpg://u:geheim@h/n", "can't hold a ledger"),
        ("postgresql://u:geheim@h:port/n", "The URL in ledger.url can't be understood"),
        ("postgresql://u:p@geheim@h/n", "The URL in ledger.url can't be understood"),
    ],
)
def test_a_url_that_is_for_no_ledger(tmp_path, url, says):
    with pytest.raises(ConfigurationError, match=says) as caught, opened(url, tmp_path):
        pass
    assert "geheim" not in str(caught.value)


def test_a_server_that_does_not_answer(tmp_path):
    url = "postgresql://u:geheim@127.0.0.1:1/n?password=geheim"
    with pytest.raises(LedgerError) as caught, opened(url, tmp_path):
        pass
    told = str(caught.value)
    assert "The ledger postgresql://u:***@127.0.0.1:1/n can't be used: " in told
    assert "geheim" not in told
    assert "\n" not in told


def test_what_is_no_database_is_named(tmp_path):
    (tmp_path / "ledger.db").write_bytes(b"no database" * 1000)
    ledger_file = opened("sqlite:///ledger.db", tmp_path)
    with pytest.raises(LedgerError, match="file is not a database") as caught, ledger_file:
        pass
    assert str(tmp_path / "ledger.db") in str(caught.value)


def test_a_folder_that_can_not_be_made(tmp_path):
    (tmp_path / "sub").write_text("a file")
    ledger_file = opened("sqlite:///sub/ledger.db", tmp_path)
    with pytest.raises(LedgerError, match="can't be made: Not a directory"), ledger_file:
        pass


def test_a_writer_that_waits_too_long_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("flows.ledger.engine.BUSY_SECONDS", 0.1)
    with opened("sqlite:///ledger.db", tmp_path) as ledger:
        other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        says = "database is locked. Another program"
        with pytest.raises(LedgerError, match=says), ledger.begin():
            pass
        other.close()


def test_no_message_holds_what_a_row_holds(ledger):
    table = sa.table("runs", sa.column("migration_id"), sa.column("number"))
    row = sa.insert(table).values(migration_id="Jörg Müller", number=1)
    with pytest.raises(LedgerError) as caught, ledger.begin() as tx:
        tx.connection.execute(row)
    assert "Jörg" not in str(caught.value)


def test_a_full_disk_is_told_and_healed(tmp_path):
    def write_much(ledger):
        with ledger.begin() as tx:
            tx.connection.exec_driver_sql("PRAGMA max_page_count = 1")
            tx.connection.exec_driver_sql("CREATE TABLE large (x)")
            tx.connection.exec_driver_sql("INSERT INTO large VALUES (zeroblob(1000000))")

    first = opened("sqlite:///ledger.db", tmp_path)
    with first as ledger, pytest.raises(LedgerError, match=r"full\. Make room"):
        write_much(ledger)
    with opened("sqlite:///ledger.db", tmp_path) as ledger, ledger.begin() as tx:
        assert "large" not in sa.inspect(tx.connection).get_table_names()
