"""Finding files, and their lines with the right numbers whatever is in them."""

import gzip
import hashlib
import os
import zlib
from pathlib import Path

import polars as pl
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from flows.sources import files
from flows.sources.files import Block, SourceProblem, read_blocks, read_lines_frame
from flows.sources.finding import find_files
from flows.sources.found import LocalFile
from transforms.errors import SourceError


def put(path: Path, data: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def found(base: Path, *patterns: str) -> list[str]:
    return [file.label for file in find_files(base, patterns, entry='access_logs "a"')]


def blocks(path: Path) -> list[Block]:
    return [item for item in read_blocks(LocalFile(path.name, path)) if isinstance(item, Block)]


def problems(path: Path) -> list[SourceProblem]:
    return [
        item for item in read_blocks(LocalFile(path.name, path)) if isinstance(item, SourceProblem)
    ]


def texts(path: Path) -> list[str]:
    """All lines of a file; their numbers must go on without a gap."""
    frames = [read_lines_frame(block) for block in blocks(path)]
    frame = pl.concat(frames) if frames else pl.DataFrame({"line": [], "text": []})
    assert frame["line"].to_list() == list(range(1, frame.height + 1))
    return frame["text"].to_list()


class TestFindingFiles:
    def test_globs_are_relative_sorted_and_each_file_once(self, tmp_path):
        for name in ["logs/b.log", "logs/a.log.1", "logs/a.log", "logs/deep/c.log", "x.txt"]:
            put(tmp_path / name)
        assert found(tmp_path, "logs/*.log*", "logs/a.log") == [
            *("logs/a.log", "logs/a.log.1", "logs/b.log")
        ]
        assert found(tmp_path, "logs/**/*.log") == ["logs/a.log", "logs/b.log", "logs/deep/c.log"]

    def test_files_outside_and_by_their_full_path(self, tmp_path):
        put(tmp_path / "logs" / "a.log")
        put(tmp_path / "m" / "migration.toml")
        assert found(tmp_path / "m", "../logs/*.log") == ["../logs/a.log"]
        assert found(tmp_path, str(tmp_path / "logs" / "*.log")) == ["logs/a.log"]

    def test_logs_may_come_later_but_a_file_named_in_full_must_be_there(self, tmp_path):
        assert found(tmp_path, "late/*.log") == []
        with pytest.raises(SourceError, match=r'"a": paths names \'a.log\', which does not exist'):
            found(tmp_path, "a.log")

    def test_a_bracket_may_be_part_of_a_name(self, tmp_path):
        put(tmp_path / "a[1].log")
        assert found(tmp_path, "a[1].log") == ["a[1].log"]

    def test_folders_are_no_files(self, tmp_path):
        put(tmp_path / "logs" / "a.log")
        assert found(tmp_path, "*") == []
        with pytest.raises(SourceError, match="is no file"):
            found(tmp_path, "logs")

    def test_a_broken_link_is_named(self, tmp_path):
        (tmp_path / "a.log").symlink_to(tmp_path / "gone.log")
        with pytest.raises(SourceError, match=r"'a.log'.* is a link"):
            found(tmp_path, "*.log")

    @pytest.mark.parametrize("pattern", ["gs://bucket/*.log", "https://host/a.log", "s3:///a.log"])
    def test_only_folders_and_stores_that_speak_s3_are_known(self, tmp_path, pattern):
        with pytest.raises(SourceError, match=r"name objects as s3://bucket/key"):
            found(tmp_path, pattern)


class TestLines:
    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            (b"", []),
            (b"\n", [""]),
            (b"a", ["a"]),
            (b"a\n\nb", ["a", "", "b"]),
            (b"a\r\nb\r\n", ["a", "b"]),
            (b"a\rb\nc\x00d\n", ["a\rb", "c\x00d"]),
            (b"a\x0bb\x0cc\x85d\xe2\x80\xa8e\n", ["a\x0bb\x0cc\ufffdd\u2028e"]),
            (b"\xef\xbb\xbfa\n\xef\xbb\xbfb", ["a", "\ufeffb"]),
            (b"J\xf6rg\nJ\xc3\xb6rg\n\xff", ["J\ufffdrg", "Jörg", "\ufffd"]),
        ],
    )
    def test_they_end_at_line_feeds_only(self, tmp_path, data, expected):
        assert texts(put(tmp_path / "a.log", data)) == expected

    @given(st.binary())
    def test_as_python_splits_them(self, data):
        expected = data.decode("utf-8", "replace").split("\n")
        if expected[-1] == "":
            expected.pop()
        frame = read_lines_frame(Block(first_line=7, data=data))
        assert frame["text"].to_list() == [line.removesuffix("\r") for line in expected]
        assert frame["line"].to_list() == list(range(7, 7 + len(expected)))

    def test_blocks_end_where_lines_end(self, tmp_path, monkeypatch):
        monkeypatch.setattr(files, "BLOCK_BYTES", 1 << 20)
        lines = [f"line {number} {'x' * (number % 200)}" for number in range(40_000)]
        path = put(tmp_path / "a.log", "\n".join(lines).encode())
        assert len(blocks(path)) > 3
        assert texts(path) == lines

    def test_a_line_too_long_is_one_line_cut_and_does_not_shift_the_others(self, tmp_path):
        long = b"x" * (files.LONGEST_LINE_BYTES + 1)
        for data in (b"a\n" + long + b"\nb\n", b"a\n" + long * 2 + b"\nb", b"a\n" + long):
            read = blocks(put(tmp_path / "a.log", data))
            assert [(block.first_line, block.is_cut) for block in read][:2] == [
                *((1, False), (2, True))
            ]
            assert len(read[1].data) < 10_000
            assert [block.first_line for block in read[2:]] == [3] * (b"b" in data)

    def test_a_long_line_below_the_limit_is_a_line(self, tmp_path):
        long = "x" * files.LONGEST_LINE_BYTES
        assert texts(put(tmp_path / "a.log", f"a\n{long}\nb\n".encode())) == ["a", long, "b"]

    def test_utf_16_is_refused(self, tmp_path):
        with pytest.raises(SourceError, match="UTF-16"):
            texts(put(tmp_path / "a.log", "a\n".encode("utf-16")))

    def test_what_can_not_be_read_is_named(self, tmp_path):
        with pytest.raises(SourceError, match=r"gone\.log can't be read: No such file"):
            blocks(tmp_path / "gone.log")


DATA = "".join(f"line {number} {os.urandom(8).hex()}\n" for number in range(50_000)).encode()
LINES = DATA.decode().splitlines()


class TestArchives:
    @pytest.mark.parametrize("name", ["a.log.gz", "a.log"])
    def test_gzip_in_several_members_whatever_the_name(self, tmp_path, name):
        half = len(DATA) // 2
        data = gzip.compress(DATA[:half]) + gzip.compress(DATA[half:]) + b"\0" * 512
        assert texts(put(tmp_path / name, data)) == LINES
        assert problems(tmp_path / name) == []

    def test_zstandard_in_several_frames_with_a_long_window(self, tmp_path):
        parameters = zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)
        compressor = zstandard.ZstdCompressor(compression_params=parameters)
        half = len(DATA) // 2
        streamed = compressor.compressobj()
        frames = streamed.compress(DATA[:half]) + streamed.flush()
        frames += zstandard.ZstdCompressor().compress(DATA[half:])
        path = put(tmp_path / "a.log.zst", frames)
        assert texts(path) == LINES
        assert problems(path) == []

    def test_a_window_that_would_take_the_memory_is_refused(self, tmp_path):
        parameters = zstandard.ZstdCompressionParameters(window_log=28, enable_ldm=True)
        streamed = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
        path = put(tmp_path / "a.log.zst", streamed.compress(DATA) + streamed.flush())
        with pytest.raises(SourceError, match=r"a\.log\.zst is compressed with a window of more"):
            texts(path)

    @pytest.mark.parametrize("compress", [gzip.compress, zstandard.ZstdCompressor().compress])
    def test_one_that_breaks_off_gives_what_decompresses(self, tmp_path, compress):
        data = compress(DATA * 4)
        path = put(tmp_path / "a.log.gz", data[: len(data) // 2])
        whole, last = texts(path)[:-1], texts(path)[-1]
        assert len(whole) > 10_000
        assert whole == (LINES * 4)[: len(whole)]
        assert (LINES * 4)[len(whole)].startswith(last)
        assert problems(path) == [SourceProblem("truncated_archive", len(whole) + 1)]

    @pytest.mark.parametrize("cut", [4, 9, 12])
    def test_one_that_breaks_off_at_once(self, tmp_path, cut):
        path = put(tmp_path / "a.gz", gzip.compress(DATA)[:cut])
        assert problems(path) == [SourceProblem("truncated_archive", 0)]

    @pytest.mark.parametrize("compress", [gzip.compress, zstandard.ZstdCompressor().compress])
    def test_a_damaged_one_gives_what_comes_before(self, tmp_path, compress):
        path = put(tmp_path / "a.gz", compress(DATA) + b"no archive at all")
        assert texts(path) == LINES
        assert problems(path) == [SourceProblem("corrupt_archive", len(LINES))]

    def test_an_empty_one_has_no_lines(self, tmp_path):
        assert texts(put(tmp_path / "a.gz", gzip.compress(b""))) == []
        assert problems(tmp_path / "a.gz") == []

    @pytest.mark.parametrize("compress", [gzip.compress, zstandard.ZstdCompressor().compress])
    def test_a_bomb_comes_in_small_pieces(self, tmp_path, compress):
        path = put(tmp_path / "bomb.gz", compress(b"\0" * (200 << 20)))
        assert path.stat().st_size < 1 << 20
        assert [block.is_cut for block in read_blocks(LocalFile("bomb.gz", path))] == [True]


def test_a_wrong_checksum_is_reported_and_costs_no_line(tmp_path):
    data = bytearray(gzip.compress(DATA))
    data[-8:-4] = zlib.crc32(b"other").to_bytes(4, "little")
    path = put(tmp_path / "a.gz", bytes(data))
    assert texts(path) == LINES
    assert [problem.reason for problem in problems(path)] == ["corrupt_archive"]


def test_damage_in_the_middle_costs_no_line_before_it(tmp_path):
    lines = [f"{number} {hashlib.md5(b'%d' % number).hexdigest()}" for number in range(2_000)]
    data = bytearray(gzip.compress("".join(f"{line}\n" for line in lines).encode()))
    middle = len(data) // 2
    data[middle : middle + 200] = bytes(200)
    read = texts(put(tmp_path / "a.gz", bytes(data)))
    good = next(at for at, line in enumerate(read) if line != lines[at])
    assert good > 0.9 * len(lines) / 2
