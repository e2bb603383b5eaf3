"""A file read in parts, under whatever names, gives what it gives when it is read at once."""

import gzip
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import polars as pl
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.settings import AccessLog, ClientEvents
from flows.sources import archives, content, files
from flows.sources.access_logs import FRAMES as LOG_FRAMES
from flows.sources.access_logs import log_reader
from flows.sources.client_events import FRAMES as EVENT_FRAMES
from flows.sources.client_events import event_reader
from flows.sources.files import Block, read_lines_frame
from flows.sources.found import LocalFile
from flows.sources.taking import Frames, Reader, TakenFile, take
from tests.tables import FE2
from transforms.errors import SourceError

LINES = {"lines": {"line": pl.Int64(), "text": pl.String()}}


def read_lines(block: Block) -> Frames:
    lines = read_lines_frame(block)
    return {"lines": lines.with_columns(text=pl.lit("too long")) if block.is_cut else lines}


PLAIN = Reader(source="proxy-a", key="plain", schemas=LINES, read_block=read_lines)


@dataclass
class Disk:
    """A folder with source files, and what has been taken from them."""

    folder: Path
    reader: Reader = PLAIN

    def take(self, name: str, data: bytes | None = None, known: Sequence[TakenFile] = ()):
        path = self.folder / name
        if data is not None:
            path.write_bytes(data)
        kept = [each.kept for each in known]
        return take(LocalFile(name, path), self.reader, kept, self.folder / "extracts")

    def rows(self, taken: TakenFile) -> dict[str, list[tuple]]:
        """All rows, by frame, in the order of lines."""
        extract = taken.kept.taken.extract
        return {
            name: pl.read_parquet(self.folder / "extracts" / extract.name / f"{name}.parquet")
            .sort(pl.all())
            .rows()
            for name in extract.frames
        }

    def all_of(self, taken: TakenFile) -> tuple:
        """All that is known of a file, but under which name."""
        kept = taken.kept
        extract = kept.taken.extract
        frames = {name: frame.rows for name, frame in extract.frames.items()}
        return (
            self.rows(taken),
            frames,
            extract.lines,
            extract.end,
            extract.name,
            kept.taken.content,
            kept.taken.problems,
            kept.fingerprint,
        )


@pytest.fixture
def disk(tmp_path):
    return Disk(tmp_path)


@pytest.fixture
def small(monkeypatch):
    """Limits so small that a short file meets them all."""
    monkeypatch.setattr(archives, "_READ", 7)
    monkeypatch.setattr(content, "CHUNK_BYTES", 16)
    monkeypatch.setattr(files, "BLOCK_BYTES", 24)
    monkeypatch.setattr(files, "LONGEST_LINE_BYTES", 32)


# A byte-order mark, all kinds of line ends, an empty line, one that is too long, bytes that are no
# UTF-8, and an end that is none.
NASTY = (
    b"\xef\xbb\xbffirst\r\nsecond\n\n"
    + b"x" * 50
    + b"\n\xff\x00\rfifth\r\n\xef\xbb\xbf\n"
    + b"y" * 40
)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("data", [NASTY, NASTY + b"\n", b"\n" * 40, b"z" * 80, b""])
def test_grown_from_any_length_it_is_as_if_read_at_once(disk, data):
    whole = disk.all_of(disk.take("whole.log", data))
    for length in range(len(data) + 1):
        begun = disk.take("a.log", data[:length])
        grown = disk.take("a.log", data, [begun])
        assert disk.all_of(grown) == whole
        assert grown.was_read == (length < len(data))
        assert grown.holds == {begun.kept.place}


@pytest.mark.usefixtures("small")
def test_grown_byte_by_byte_it_is_as_if_read_at_once(disk):
    grown = disk.take("a.log", b"")
    for length in range(1, len(NASTY) + 1):
        grown = disk.take("a.log", NASTY[:length], [grown])
        at_once = disk.take("b.log", NASTY[:length])
        assert disk.all_of(grown) == disk.all_of(at_once)


TIME = "2021-05-18T{:02}:{:02}:00+00:00"
LOG = AccessLog(name="proxy-a", paths=("*",), log_format='$time_iso8601 "$request" $status')
LOG_LINES = [
    f'{TIME.format(18, number)} "{request} HTTP/1.1" 201'
    for number, request in enumerate(
        ["POST /api/v1/customers/4711/persons", "GET /", "PUT /api/v1/customers/4711/persons/P-1"]
        * 3
    )
]
LOG_DATA = "\n".join([*LOG_LINES[:5], "garbage?a=b", "", *LOG_LINES[5:]]).encode()


def event(number: int, **changed: object) -> bytes:
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": f"e{number}",
            "source": "/x",
            "type": "person.created",
            "time": TIME.format(18, number),
            "subject": f"P-{number}",
            "customerid": "4711",
            "data": {"first_name": "Jörg"},
        }
        | changed
    )


EVENT_DATA = b"\n".join(
    [event(1), b"{}", event(2, type="alarm.sent"), b"", event(3), event(4, type="alarm.sent")]
)
KINDS = {
    "access log": (lambda: log_reader(LOG, FE2), LOG_DATA, LOG_FRAMES),
    "client events": (
        lambda: event_reader(ClientEvents(name="fe2", paths=("*",)), FE2),
        EVENT_DATA,
        EVENT_FRAMES,
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15)
@given(cuts=st.lists(st.integers(0, 700), max_size=4))
def test_logs_and_events_grow(tmp_path_factory, kind, cuts):
    reader, data, frames = KINDS[kind]
    disk = Disk(tmp_path_factory.mktemp("disk"), reader())
    at_once = disk.take("at-once", data)
    assert disk.rows(at_once).keys() == frames.keys()
    grown = []
    for cut in sorted(min(cut, len(data)) for cut in cuts):
        grown = [disk.take("grown", data[:cut], grown)]
    last = disk.take("grown", data, grown)
    assert seen_once(disk.all_of(last)) == seen_once(disk.all_of(at_once))


def seen_once(all_of: tuple) -> tuple:
    """When something was seen is kept once for each time that the file was read."""
    rows, counts, *rest = all_of
    seconds = sorted({second for second, _ in rows.get("seen", [])})
    counts = {name: count for name, count in counts.items() if name != "seen"}
    return rows | {"seen": seconds}, counts, *rest


class TestRotation:
    DATA = b"".join(b"line %d\n" % number for number in range(100))

    @pytest.fixture
    def before(self, disk):
        return disk.take("access.log", self.DATA)

    def test_renamed_it_is_known(self, disk, before):
        (disk.folder / "access.log").rename(disk.folder / "access.log.1")
        after = disk.take("access.log.1", known=[before])
        assert not after.was_read
        assert disk.all_of(after) == disk.all_of(before)
        assert after.kept.place == ("proxy-a", "access.log.1")
        assert after.holds == {before.kept.place}

    def test_renamed_after_it_had_grown_its_tail_is_read(self, disk, before):
        read = bytes_read(disk)
        after = disk.take("access.log.1", self.DATA + b"more\n", [before])
        assert after.was_read
        assert after.holds == {before.kept.place}
        assert read[0] == len(b"more\n")
        assert disk.all_of(after) == disk.all_of(disk.take("b.log", self.DATA + b"more\n"))

    def test_what_is_new_under_the_old_name_is_read(self, disk, before):
        after = disk.take("access.log", b"other\n" * 200, [before])
        assert after.was_read
        assert not after.holds
        assert len(disk.rows(after)["lines"]) == 200

    @pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
    def test_compressed_it_is_read_and_found_to_hold_the_old_one(self, disk, before, pack):
        after = disk.take("access.log.1.gz", pack(self.DATA + b"more\n"), [before])
        assert after.was_read
        assert after.holds == {before.kept.place}

    @pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
    def test_unpacked_it_is_known(self, disk, pack):
        packed = disk.take("a.gz", pack(self.DATA))
        plain = disk.take("a", self.DATA, [packed])
        assert not plain.was_read
        assert disk.rows(plain) == disk.rows(packed)
        grown = disk.take("a", self.DATA + b"more\n", [packed])
        assert disk.all_of(grown) == disk.all_of(disk.take("b", self.DATA + b"more\n"))

    def test_an_archive_is_known_by_its_bytes(self, disk):
        packed = disk.take("a.gz", gzip.compress(self.DATA))
        again = disk.take("b.gz", (disk.folder / "a.gz").read_bytes(), [packed])
        assert not again.was_read
        assert again.kept.taken == packed.kept.taken
        assert again.holds == {packed.kept.place}

    def test_an_archive_that_broke_off_is_read_when_it_is_whole(self, disk):
        data = self.DATA + os.urandom(1 << 16).hex().encode()
        whole = gzip.compress(data)
        broken = disk.take("a.gz", whole[: len(whole) // 2])
        assert broken.kept.taken.problems
        mended = disk.take("a.gz", whole, [broken])
        assert mended.holds == {broken.kept.place}
        assert disk.all_of(mended)[:-1] == disk.all_of(disk.take("b.gz", whole))[:-1]
        assert disk.take("a", data, [broken]).kept.taken.problems == ()

    def test_of_several_beginnings_the_longest_is_used(self, disk):
        known = [disk.take(f"{n}.log", self.DATA[:n]) for n in (0, 50, 200, 100)]
        read = bytes_read(disk)
        after = disk.take("a.log", self.DATA, known)
        assert after.holds == {each.kept.place for each in known}
        assert read[0] <= len(self.DATA) - 190

    def test_another_sources_file_is_known_but_not_in_its_place(self, disk, before):
        disk.reader = replace(PLAIN, source="proxy-b")
        after = disk.take("b.log", self.DATA, [before])
        assert not after.was_read
        assert not after.holds

    def test_what_was_read_in_another_way_is_read_anew(self, disk, before):
        disk.reader = replace(PLAIN, key="other")
        after = disk.take("access.log", self.DATA, [before])
        assert after.was_read
        assert after.holds == {before.kept.place}


def bytes_read(disk: Disk) -> list[int]:
    """How many bytes go to the reader of lines from now on."""
    count = [0]
    original = disk.reader.read_block

    def counted(block: Block) -> Frames:
        count[0] += len(block.data)
        return original(block)

    disk.reader = replace(disk.reader, read_block=counted)
    return count


@pytest.mark.usefixtures("small")
class TestChangedWhileItIsRead:
    DATA = b"".join(b"line %d\n" % number for number in range(100))

    def take_while(self, disk, happens) -> TakenFile:
        """Something happens to the file after its first block."""
        path = disk.folder / "access.log"
        events = [lambda: happens(path)]

        def read(block: Block) -> Frames:
            if events:
                events.pop()()
            return read_lines(block)

        disk.reader = replace(PLAIN, read_block=read)
        return disk.take("access.log", self.DATA)

    def as_it_was(self, disk) -> tuple:
        disk.reader = PLAIN
        return disk.all_of(disk.take("b.log", self.DATA))

    def append(self, path):
        with path.open("ab") as file:
            file.write(b"more\nand m")

    def test_what_is_appended_is_left_for_the_next_time(self, disk):
        taken = self.take_while(disk, self.append)
        assert disk.all_of(taken) == self.as_it_was(disk)
        data = self.DATA + b"more\nand m"
        grown = disk.take("access.log", known=[taken])
        assert disk.all_of(grown) == disk.all_of(disk.take("b.log", data))

    def test_renamed_or_removed_it_is_read_to_its_end(self, disk):
        for happens in (lambda path: path.rename(f"{path}.1"), lambda path: path.unlink()):
            taken = self.take_while(disk, happens)
            assert disk.all_of(taken) == self.as_it_was(disk)

    def test_another_file_in_its_place_is_left_for_the_next_time(self, disk):
        def replaced(path):
            other = path.with_name("other")
            other.write_bytes(b"other\n" * 1000)
            other.rename(path)

        taken = self.take_while(disk, replaced)
        assert disk.all_of(taken) == self.as_it_was(disk)
        assert taken.kept.size_bytes == len(self.DATA)

    @pytest.mark.parametrize("length", [0, 3, 700])
    def test_cut_it_is_an_error(self, disk, length):
        with pytest.raises(SourceError, match=r"access\.log has become shorter while it was read"):
            self.take_while(disk, lambda path: os.truncate(path, length))
        assert list((disk.folder / "extracts").iterdir()) == []

    def test_cut_and_written_anew_it_is_an_error(self, disk):
        with pytest.raises(SourceError, match=r"access\.log was rewritten while it was read"):
            self.take_while(disk, lambda path: path.write_bytes(b"other\n" * 1000))


def test_a_file_that_vanishes_before_it_is_read_is_named(disk):
    with pytest.raises(SourceError, match=r"gone\.log can't be read: No such file"):
        disk.take("gone.log")


def test_what_fails_leaves_nothing_behind(disk):
    with pytest.raises(SourceError, match="UTF-16"):
        disk.take("a.log", "a\n".encode("utf-16"))
    assert list((disk.folder / "extracts").iterdir()) == []


def test_written_again_it_takes_the_place_of_the_old(disk):
    """As `--verify` does, for the old may be damaged."""
    taken = disk.take("a.log", b"line\n")
    (path,) = (disk.folder / "extracts").rglob("*.parquet")
    whole = path.read_bytes()
    path.write_bytes(b"damaged")
    assert not taken.kept.taken.extract.is_whole(disk.folder / "extracts")
    assert disk.take("a.log").kept.taken == taken.kept.taken
    assert path.read_bytes() == whole
    assert len(list((disk.folder / "extracts").iterdir())) == 1
