from dataclasses import replace

from flows.ledger import open_ledger
from flows.ledger.source_files import KnownFile, forget_files, known_files, remember_files

FILE = KnownFile(
    source="proxy-a",
    label="logs/a.log",
    size_bytes=20 << 30,
    modified_ns=1_621_361_645_120_000_001,
    fingerprint="f1",
    reading_key="k1",
    parts='{"offset": 7}',
    first_run=1,
    last_run=1,
)


def test_files_come_back_as_they_were_given(ledger):
    other = replace(FILE, label="logs/ä\0\udc00.log".encode("utf-8", "replace").decode())
    with ledger.begin() as tx:
        remember_files(tx, [FILE, other])
    with ledger.reading() as tx:
        assert known_files(tx) == sorted([FILE, other], key=lambda file: file.label)


def test_a_file_is_known_by_source_and_label(ledger):
    grown = replace(FILE, size_bytes=21 << 30, last_run=2, is_gone=True)
    same_label = replace(FILE, source="proxy-b")
    with ledger.begin() as tx:
        remember_files(tx, [FILE, same_label])
        remember_files(tx, [grown])
        assert known_files(tx) == [grown, same_label]
        forget_files(tx, [("proxy-a", "logs/a.log")])
        assert known_files(tx) == [same_label]
        remember_files(tx, [])
        forget_files(tx, [])


def test_migrations_do_not_see_each_other(url, ledger, tmp_path):
    with ledger.begin() as tx:
        remember_files(tx, [FILE])
    with open_ledger(url, base=tmp_path, migration_id="other") as other, other.begin() as tx:
        assert known_files(tx) == []
        remember_files(tx, [replace(FILE, size_bytes=1)])
        forget_files(tx, [("proxy-a", "logs/a.log")])
    with ledger.reading() as tx:
        assert known_files(tx) == [FILE]
