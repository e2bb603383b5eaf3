"""A migration whose logs and events are in an object store finds what it finds in folders."""

import gzip
import re
from pathlib import Path

import pytest
import zstandard

from tests.flows.migrations import write_migration
from tests.in_process import contents_of, read_again, stock_of, whole_run
from tests.object_store import Bucket
from transforms.errors import ConfigurationError


def stored(folder: Path, bucket: Bucket) -> Path:
    """The small migration, its log in a store in two parts, each packed in a way of its own."""
    folder.mkdir()
    migration = write_migration(folder)
    log = folder / "logs/proxy-a.log"
    lines = log.read_bytes().splitlines(keepends=True)
    bucket.put("logs/a/proxy-a.log.1.gz", gzip.compress(b"".join(lines[:200])))
    bucket.put("logs/a/proxy-a.log.zst", zstandard.compress(b"".join(lines[200:])))
    bucket.put("events/fe2.jsonl", (folder / "events/fe2.jsonl").read_bytes())
    for left in ("logs/proxy-a.log", "events/fe2.jsonl"):
        (folder / left).unlink()
    text = migration.read_text("utf-8")
    text = text.replace('"logs/*.log*"', f'"{bucket.url("logs/**/*.log*")}"')
    migration.write_text(text.replace('"events/', f'"{bucket.url("events/")}'), "utf-8")
    return migration


@pytest.fixture
def migration(bucket: Bucket, tmp_path: Path) -> Path:
    return stored(tmp_path / "stored", bucket)


def without_names(contents: dict) -> dict:
    """Where lines stand is another matter than what is in them."""
    frames = {
        name: sorted(
            str({key: value for key, value in row.items() if key not in {"file", "line"}})
            for row in rows
        )
        for name, rows in contents.items()
        if isinstance(rows, list)
    }
    return contents | frames


def test_the_findings_are_those_of_local_files_and_a_rerun_reads_nothing(
    migration, network, tmp_path
):
    (tmp_path / "local").mkdir()
    local = write_migration(tmp_path / "local")
    expected, summary = whole_run(local), whole_run(migration)
    for what in ("lines", "findings", "gaps", "customers"):
        assert getattr(summary, what) == getattr(expected, what), what
    assert without_names(contents_of(migration)) == without_names(contents_of(local))
    table = "out/mini/findings.parquet"
    assert findings(migration.parent / table) == findings(local.parent / table)
    network.asked.clear()
    again = whole_run(migration)
    assert (again.files_read, again.files_skipped) == (0, 3)
    assert all("list-type=2" in asked.split("\r\n", 1)[0] for asked in network.asked)


def findings(path: Path) -> list[str]:
    import polars as pl  # noqa: PLC0415

    frame = pl.read_parquet(path)
    kept = frame.select(pl.exclude("evidence", "first_file", "first_line"))
    names = re.compile(r"(s3://[\w./-]*|logs/[\w.]+|events/[\w.]+)(:\d+)?")
    return sorted(names.sub("<file>", str(row)) for row in kept.to_dicts())


def test_only_what_is_new_is_read(migration, bucket):
    assert read_again(migration).files.read == 3
    assert stock_of(migration).unread == ()
    url = bucket.put("logs/a/proxy-a.log.0", b"")
    assert [file.found.label for file in stock_of(migration).unread] == [url]
    assert read_again(migration).files.read == 1


def test_renamed_unpacked_and_deleted_objects_are_as_files_are(migration, bucket):
    before = read_again(migration).logs.read
    unpacked = zstandard.decompress(
        bucket.client.get_object(Bucket=bucket.name, Key="logs/a/proxy-a.log.zst")["Body"].read()
    )
    bucket.put("logs/b/unpacked.log", unpacked)
    bucket.remove("logs/a/proxy-a.log.zst")
    bucket.remove("logs/a/proxy-a.log.1.gz")
    again = read_again(migration)
    assert (again.files.read, again.logs.read) == (0, before)
    assert again.files.gone == (bucket.url("logs/a/proxy-a.log.1.gz"),)
    bucket.remove("events/fe2.jsonl")
    verified = read_again(migration, verify=True)
    assert (verified.files.gone, verified.files.read) == ((), 1)


def test_what_is_no_longer_named_counts_no_longer_while_it_is_there(migration, bucket):
    read_again(migration)
    text = migration.read_text("utf-8").replace("logs/**/*.log*", "logs/**/*.zst")
    migration.write_text(text, "utf-8")
    again = read_again(migration)
    assert (again.files.gone, again.logs.read) == ((), 321)


def test_without_credentials_nothing_is_read(migration, bucket):
    bucket.set(AWS_ACCESS_KEY_ID=None)
    with pytest.raises(ConfigurationError, match=r"proxy-a.*no credentials"):
        read_again(migration)


@pytest.mark.xdist_group("prefect")
def test_the_watch_notices_new_objects(migration, bucket):
    from flows.watch_late_logs import watch_late_logs  # noqa: PLC0415

    def watched() -> str:
        return watch_late_logs(str(migration), return_state=True).message

    assert watched().startswith("3 files are new or have grown. 1 lost")
    assert "new or have grown" not in watched()
    bucket.put("logs/a/proxy-a.log.0", b"")
    assert watched().startswith("1 files are new or have grown.")
