"""Runs over what earlier runs have kept: each must find what one run over everything finds."""

import gzip
import json
import os
import shutil
from pathlib import Path

import polars as pl
import pytest

import data_samples
from flows.settings import load_settings
from flows.sources.extracts import extracts_folder
from tests import in_process
from tests.flows.migrations import (
    TOML,
    person_created,
    write_migration,
)
from tests.in_process import Read, contents_of, read_again
from transforms.errors import MalformedSourceError, SourceError

SAMPLE = Path(data_samples.__file__).parent / "sample"


@pytest.fixture
def migration(tmp_path: Path) -> Path:
    return write_migration(tmp_path)


@pytest.fixture
def log(migration: Path) -> Path:
    return migration.parent / "logs/proxy-a.log"


def run(migration: Path, *, read: int | None = None, verify: bool = False) -> Read:
    """Run over what is kept; it holds the same as one run over all files that are there."""
    rerun = read_again(migration, verify=verify)
    assert rerun.contents() == contents_of(migration)
    if read is not None:
        assert rerun.files.read == read
    return rerun


def later(path: Path, data: bytes) -> None:
    """Write a file as if some time had passed."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_bytes(data)
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, max(before + 1_000_000, status.st_mtime_ns)))


def kept_extracts(migration: Path) -> set[str]:
    return {path.name for path in extracts_folder(load_settings(migration).output_folder).iterdir()}


def test_what_is_as_it_was_is_not_opened(migration, log):
    """Other bytes of the same size and time, in a log that nobody may read, make no difference."""
    before = run(migration, read=2).contents()
    for path in (log, migration.parent / "events/fe2.jsonl"):
        status = path.stat()
        path.write_bytes(b"?" * status.st_size)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    again = read_again(migration)
    assert (again.files.read, again.files.skipped) == (0, 2)
    assert again.contents() == before
    assert again.logs.read == 521


def test_a_file_of_the_same_content_and_another_time_is_not_read(migration, log):
    run(migration, read=2)
    later(log, log.read_bytes())
    run(migration, read=0)


def test_a_file_rewritten_in_place_is_read_anew(migration, log):
    run(migration, read=2)
    later(log, log.read_bytes().replace(b"4711/persons", b"4712/persons"))
    rerun = run(migration, read=1)
    assert rerun.files.rewritten == ("logs/proxy-a.log",)
    assert len(kept_extracts(migration)) == 2


def test_with_verify_all_is_read_anew(migration, log):
    before = run(migration, read=2).contents()
    again = run(migration, read=2, verify=True)
    assert again.contents() == before
    run(migration, read=0)


def lines_of(log: Path) -> list[bytes]:
    return log.read_bytes().splitlines(keepends=True)


class TestGrowing:
    @pytest.mark.parametrize("at", [0.2, 0.5, 0.9])
    def test_only_what_follows_is_read(self, migration, log, at):
        """Wherever the end of the file was, in a line or between two."""
        whole = log.read_bytes()
        end = int(len(whole) * at)
        for cut in (end, whole.rindex(b"\n", 0, end) + 1):
            later(log, whole[:cut])
            run(migration)
            later(log, whole)
            run(migration, read=1)
            run(migration, read=0)

    def test_a_write_is_not_counted_twice_for_its_line_was_cut(self, migration, log):
        """Without its line feed, a line is read as a line, and again when the rest is there."""
        migration.write_text(TOML.replace("[[client", "max_malformed = 0.1\n[[client"))
        lines = lines_of(log)
        place = next(n for n, line in enumerate(lines) if b"POST" in line)
        for cut in (len(lines[place]) - 1, len(lines[place]) - 20, 40):
            later(log, b"".join(lines[:place]) + lines[place][:cut])
            run(migration)
            later(log, b"".join(lines))
            assert run(migration).logs.read == len(lines)

    def test_events_grow_too(self, migration):
        events = migration.parent / "events/fe2.jsonl"
        more = json.dumps(person_created() | {"id": "2", "subject": "P-2"}).encode()
        unknown = json.dumps(person_created() | {"id": "3", "type": "alarm.sent"}).encode()
        whole = events.read_bytes() + more + b"\n" + unknown + b"\nno event\n" + more
        first_line = len(events.read_bytes())
        for cut in (first_line, first_line + 30, whole.index(b"\nno event"), len(whole) - 3):
            later(events, whole[:cut])
            run(migration)
            later(events, whole)
            rerun = run(migration)
            assert (rerun.events.read, rerun.events.malformed) == (5, 1)
            assert rerun.events.unknown_types == {"alarm.sent": 1}

    def test_a_table_of_events_is_read_anew(self, migration):
        migration.write_text(TOML.replace('"events/*.jsonl*"', '"events/*"'))
        table = migration.parent / "events/more.parquet"
        for count in (1, 2):
            rows = [
                person_created() | {"id": f"t{n}", "subject": f"T-{n}", "data": "{}"}
                for n in range(count)
            ]
            pl.DataFrame(rows).write_parquet(table)
            run(migration)
            run(migration, read=0)
        table.rename(table.with_name("other.parquet"))
        assert run(migration, read=0).files.gone == ()


class TestRotating:
    """The log goes on in a new file, and the old one has another name."""

    @pytest.fixture(autouse=True)
    def _first_half_is_read(self, migration, log):
        self.lines = lines_of(log)
        later(log, b"".join(self.lines[:200]))
        run(migration)

    def goes_on(self, log: Path) -> None:
        later(log, b"".join(self.lines[200:]))

    def test_renamed(self, migration, log):
        log.rename(log.with_name("proxy-a.log.1"))
        self.goes_on(log)
        rerun = run(migration, read=1)
        assert (rerun.files.gone, rerun.files.rewritten) == ((), ())
        log.with_name("proxy-a.log.1").rename(log.with_name("proxy-a.log.2"))
        log.rename(log.with_name("proxy-a.log.1"))
        rerun = run(migration, read=0)
        assert (rerun.files.gone, rerun.files.rewritten) == ((), ())

    def test_renamed_when_it_had_grown(self, migration, log):
        log.rename(log.with_name("proxy-a.log.1"))
        later(log.with_name("proxy-a.log.1"), b"".join(self.lines[:300]))
        later(log, b"".join(self.lines[300:]))
        rerun = run(migration, read=2)
        assert (rerun.files.gone, rerun.files.rewritten) == ((), ())

    def test_copied_and_cut(self, migration, log):
        shutil.copyfile(log, log.with_name("proxy-a.log.1"))
        self.goes_on(log)
        assert run(migration, read=1).files.rewritten == ()

    @pytest.mark.parametrize("goes_on", [True, False])
    @pytest.mark.parametrize("had_grown_to", [200, 300])
    def test_compressed(self, migration, log, goes_on, had_grown_to):
        packed = gzip.compress(b"".join(self.lines[:had_grown_to]))
        later(log.with_name("proxy-a.log.1.gz"), packed)
        log.unlink()
        if goes_on:
            self.goes_on(log)
        rerun = run(migration, read=1 + goes_on)
        assert (rerun.files.gone, rerun.files.rewritten) == ((), ())
        log.with_name("proxy-a.log.1.gz").rename(log.with_name("proxy-a.log.2.gz"))
        run(migration, read=0)

    def test_compressed_beside_it_and_then_removed(self, migration, log):
        log.with_name("proxy-a.log.1.gz").write_bytes(gzip.compress(log.read_bytes()))
        run(migration, read=1)
        log.unlink()
        assert run(migration, read=0).files.gone == ()

    def test_renamed_while_a_run_is_at_it(self, migration, log, monkeypatch):
        """What is not read in this run must not be taken for something that never was."""
        later(log, b"".join(self.lines[:300]))

        def rotate_and_read(*arguments):
            monkeypatch.undo()
            log.rename(log.with_name("proxy-a.log.1"))
            later(log, b"".join(self.lines[300:]))
            return in_process.read_log_file(*arguments)

        monkeypatch.setattr(in_process, "read_log_file", rotate_and_read)
        with pytest.raises(SourceError, match=r"rotated while they were read.*logs/proxy-a.log"):
            read_again(migration)
        assert run(migration).files.rewritten == ()


class TestGone:
    @pytest.fixture
    def events(self, migration):
        return migration.parent / "events/fe2.jsonl"

    def test_what_was_read_from_it_still_counts(self, migration, events):
        before = run(migration).contents()
        events.unlink()
        for _ in range(2):
            again = read_again(migration)
            assert again.contents() == before
            assert again.files.gone == ("events/fe2.jsonl",)
            assert (again.files.read, again.files.skipped) == (0, 1)

    def test_with_verify_it_is_forgotten(self, migration, events):
        run(migration)
        events.unlink()
        assert run(migration, verify=True).files.gone == ()
        run(migration, read=0)

    def test_when_it_is_back_it_is_known(self, migration, events):
        run(migration)
        events.rename(events.with_name("away"))
        read_again(migration)
        events.with_name("away").rename(events)
        assert run(migration, read=0).files.gone == ()

    def test_all_logs_may_be_gone_also_those_named_in_full(self, migration, log):
        migration.write_text(TOML.replace('"logs/*.log*"', '"./logs/proxy-a.log", "logs/*"'))
        before = run(migration).contents()
        log.unlink()
        again = read_again(migration)
        assert again.contents() == before
        with pytest.raises(SourceError, match=r"logs/proxy-a.log', which does not exist"):
            read_again(migration, verify=True)

    def test_a_file_that_paths_no_longer_names_is_forgotten(self, migration, events):
        run(migration)
        migration.write_text(TOML.replace("events/*.jsonl*", "events/[a-e]*.jsonl"))
        run(migration, read=0)
        assert len(kept_extracts(migration)) == 1

    def test_with_its_entry_it_is_forgotten(self, migration):
        run(migration)
        first, last = TOML.index("[[client_events]]"), TOML.index("[database]")
        migration.write_text(TOML[:first] + TOML[last:])
        run(migration, read=0)
        assert len(kept_extracts(migration)) == 1

    def test_under_another_entry_its_content_is_known(self, migration):
        run(migration)
        migration.write_text(TOML.replace('"proxy-a"', '"proxy-b"'))
        run(migration, read=0)

    def test_what_would_be_read_in_another_way_can_not_be_used(self, migration, events):
        run(migration)
        events.unlink()
        migration.write_text(TOML.replace("trusted = true", "trusted = false"))
        with pytest.raises(SourceError, match=r"events/fe2.jsonl \(fe2\) is not there any more"):
            read_again(migration)
        run(migration, verify=True)

    def test_what_is_damaged_can_not_be_used(self, migration, events):
        run(migration)
        shutil.rmtree(extracts_folder(load_settings(migration).output_folder))
        events.unlink()
        with pytest.raises(SourceError, match="what was kept of it is damaged or missing"):
            read_again(migration)


class TestReadingInAnotherWay:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("snapshot_at = 2021-05-18T20:00", "snapshot_at = 2021-05-18T20:30"),
            ("live_at = 2021-05-18T23:18", "live_at = 2021-05-18T23:40"),
            ('timezone = "Europe/Berlin"', 'margin = "3h"'),
            ('paths = ["logs/*.log*"]', 'paths = ["logs/*.log*"]\ngap = "15s"'),
            ('paths = ["logs/*.log*"]', 'paths = ["logs/*"]\nmax_malformed = 0.5\nrole = "new"'),
        ],
    )
    def test_what_decides_nothing_reads_nothing(self, migration, before, after):
        run(migration)
        migration.write_text(TOML.replace(before, after))
        run(migration, read=0)

    def test_another_format_of_an_entry_reads_its_files_anew(self, migration, log):
        other = '[[access_logs]]\nname = "proxy-b"\npaths = ["b/*"]\n[[client_events]]'
        (migration.parent / "b").mkdir()
        (migration.parent / "b/b.log").write_bytes(log.read_bytes() + b"\n")
        toml = TOML.replace("[[client_events]]", other)
        migration.write_text(toml)
        run(migration, read=3)
        combined = (
            '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
            '"$http_referer" "$http_user_agent"'
        )
        own = f"name = \"proxy-b\"\nlog_format = '{combined}'"
        migration.write_text(toml.replace('name = "proxy-b"', own))
        rerun = run(migration, read=1)
        assert rerun.files.rewritten == ()

    def test_another_trust_reads_the_events_anew(self, migration):
        run(migration)
        migration.write_text(TOML.replace("trusted = true", "trusted = false"))
        run(migration, read=1)

    def test_another_catalogue_reads_what_it_decides(self, migration):
        shipped = Path(data_samples.__file__).parent.parent / "transforms/fe2.toml"
        own = migration.parent / "catalogue.toml"
        migration.write_text(f'{TOML}\n[catalogue]\npath = "catalogue.toml"\n')
        text = shipped.read_text("utf-8")
        own.write_text(text, "utf-8")
        run(migration)
        text = text.replace('twins = "review"', "")
        own.write_text(text, "utf-8")
        run(migration, read=0)
        own.write_text(text.replace('"person.deleted"', '"person.gone"'), "utf-8")
        run(migration, read=1)
        own.write_text(own.read_text("utf-8").replace("/persons/{", "/people/{"), "utf-8")
        run(migration, read=1)

    def test_what_is_kept_is_held_to_max_malformed(self, migration, log):
        later(log, log.read_bytes() + b"garbage\n" * 50)
        for _ in range(2):
            with pytest.raises(MalformedSourceError, match="50 of 571 lines"):
                read_again(migration)
        migration.write_text(TOML.replace("[[client", "max_malformed = 0.2\n[[client"))
        run(migration, read=0)


class TestKilled:
    def test_what_is_half_done_and_what_nobody_names_is_cleared_away(self, migration):
        run(migration)
        folder = extracts_folder(load_settings(migration).output_folder)
        kept = kept_extracts(migration)
        for name in (".half.part", "0" * 40):
            (folder / name).mkdir()
            (folder / name / "writes.parquet").write_bytes(b"half")
        run(migration, read=0)
        assert kept_extracts(migration) == kept

    def test_a_damaged_extract_is_made_anew(self, migration):
        run(migration)
        folder = extracts_folder(load_settings(migration).output_folder)
        damaged = next(folder.rglob("writes.parquet"))
        damaged.write_bytes(damaged.read_bytes()[:-9])
        run(migration, read=1)
        next(folder.rglob("events.parquet")).unlink()
        run(migration, read=1)
        run(migration, read=0)


def test_a_file_given_twice_is_kept_once(migration, log):
    shutil.copyfile(log, log.with_name("again.log"))
    run(migration)
    assert len(kept_extracts(migration)) == 2
    log.unlink()
    assert run(migration, read=0).files.gone == ()
