import gzip
import itertools
import random
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
import polars as pl
import pytest
import zstandard

from flows.settings import ClientEvents
from flows.sources.client_events import all_events, event_reader, first_events
from flows.sources.files import LONGEST_LINE_BYTES
from flows.sources.found import LocalFile
from flows.sources.kept import KeptFile
from flows.sources.taking import take
from tests.tables import FE2
from transforms.client_events import Event, event_types
from transforms.errors import SourceError
from transforms.schemas import EVENTS, QUARANTINE

TYPES = event_types(FE2)


def event(number=1, **changed):
    return {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": "/x",
        "type": "person.created",
        "time": "2021-05-18T20:14:05+02:00",
        "subject": f"P-{number}",
        "customerid": "4711",
        "data": {"first_name": "Jörg", "email": None},
    } | changed


def line(number=1, **changed):
    return orjson.dumps(event(number, **changed))


@dataclass(frozen=True)
class Extracted:
    """A file that was read, and what is kept of it."""

    kept: KeptFile
    folder: Path

    def __getattr__(self, name):
        return getattr(together([self]), name)


def together(extracts, trusted=("fe2",)):
    folder = extracts[0].folder if extracts else Path()
    return all_events([each.kept for each in extracts], folder, trusted)


@pytest.fixture
def extract(tmp_path):
    def extract(name, content=None, *, source="fe2", is_trusted=True):
        path, folder = tmp_path / name, tmp_path / "extracts"
        if content is not None:
            path.write_bytes(content)
        entry = ClientEvents(name=source, paths=(name,), trusted=is_trusted)
        taken = take(LocalFile(name, path), event_reader(entry, FE2), [], folder)
        return Extracted(taken.kept, folder)

    return extract


def events_of(extract):
    frame = extract.events.sort("line").collect()
    assert frame.schema == EVENTS
    return frame


def quarantine_of(extract):
    frame = extract.quarantine.sort("line").collect()
    assert frame.schema == QUARANTINE
    return frame


def test_every_line_has_one_outcome_and_its_number(extract):
    lines = [
        line(1),
        b"no JSON, with a token?key=secret&b=\x1b[2J\xff",
        line(3, type="alarm.sent"),
        b"",
        line(5, type="alarm.sent"),
        line(6) + b"\r",
        line(7)[:40],
    ]
    taken = extract("a.jsonl", b"\n".join(lines))
    assert (taken.read, taken.malformed, dict(taken.unknown_types)) == (7, 3, {"alarm.sent": 2})
    assert events_of(taken)["line"].to_list() == [1, 6]
    assert quarantine_of(taken).drop("text").rows() == [
        ("fe2", "a.jsonl", 2, "not_json"),
        ("fe2", "a.jsonl", 4, "empty_line"),
        ("fe2", "a.jsonl", 7, "not_json"),
    ]
    text = quarantine_of(taken)["text"][0]
    assert "secret" not in text
    assert "\x1b" not in text


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_compressed_files_are_read_as_plain_ones(extract, pack):
    taken = extract("events", pack(line(1) + b"\n" + line(2) + b"\n"))
    assert (taken.read, taken.malformed) == (2, 0)
    row = events_of(taken).row(1, named=True)
    assert row["entity_id"] == "P-2"
    assert row["fields"] == [
        {"name": "email", "value": None, "from_path": False},
        {"name": "first_name", "value": "Jörg", "from_path": False},
    ]


def test_an_archive_cut_off_gives_what_it_holds_and_says_so(extract):
    noise = random.Random(1)
    lines = [line(n, subject=f"P-{noise.random()}") for n in range(2000)]
    packed = gzip.compress(b"\n".join(lines))
    taken = extract("a.jsonl.gz", packed[: len(packed) // 2])
    assert [problem.reason for problem in taken.kept.taken.problems] == ["truncated_archive"]
    assert 100 < events_of(taken).height < 2000
    assert taken.read == events_of(taken).height + taken.malformed


def test_an_empty_file_has_no_events(extract):
    taken = extract("a.jsonl", b"")
    assert taken.read == events_of(taken).height == 0


def test_types_that_a_stranger_invents_do_not_fill_the_report(extract):
    lines = [line(n, type=f"x{n}") for n in range(1500)] + [line(1, type="x1499")]
    types = extract("a.jsonl", b"\n".join(lines)).unknown_types
    assert len(types) == 1001
    assert (types["x1499"], types["(others)"], sum(types.values())) == (2, 500, 1501)


@pytest.mark.parametrize("as_text", [True, False], ids=["data as JSON", "data as a struct"])
def test_parquet_has_the_same_names_as_columns(extract, tmp_path, as_text):
    rows = [event(1), event(2, id=None), event(3, type="alarm.sent")]
    for row in rows:
        row["time"] = datetime.fromisoformat(row["time"])
        row["data"] = orjson.dumps(row["data"]).decode() if as_text else {"first_name": "Jörg"}
    pl.DataFrame(rows).write_parquet(tmp_path / "a.parquet")
    taken = extract("a.parquet")
    assert (taken.read, taken.malformed, dict(taken.unknown_types)) == (3, 1, {"alarm.sent": 1})
    (row,) = events_of(taken).to_dicts()
    assert (row["line"], row["customer_id"], f"{row['event_at']:%H:%M:%S}") == (
        1,
        "4711",
        "18:14:05",
    )
    assert {one["name"]: one["value"] for one in row["fields"]}["first_name"] == "Jörg"
    (rejected,) = quarantine_of(taken).to_dicts()
    assert (rejected["line"], rejected["reason"]) == (2, "missing_id")
    assert "P-2" in rejected["text"]


def test_line_numbers_go_on_from_batch_to_batch(extract, tmp_path):
    pl.DataFrame([event(n) for n in range(1, 25_001)]).write_parquet(tmp_path / "a.parquet")
    numbers = events_of(extract("a.parquet"))["line"]
    assert numbers.to_list() == list(range(1, 25_001))


@pytest.mark.parametrize("as_struct", [False, True])
def test_a_row_of_parquet_is_no_longer_than_a_line_may_be(extract, tmp_path, as_struct):
    values = [{"first_name": "x"}, {"first_name": "x" * LONGEST_LINE_BYTES}]
    data = [value if as_struct else orjson.dumps(value).decode() for value in values]
    rows = [event(number, data=value) for number, value in enumerate(data, 1)]
    pl.DataFrame(rows).write_parquet(tmp_path / "a.parquet")
    taken = extract("a.parquet")
    assert events_of(taken)["line"].to_list() == [1]
    assert quarantine_of(taken).select("line", "reason").rows() == [(2, "line_too_long")]


@pytest.mark.parametrize("name", ["broken.parquet", "PAR1"])
def test_a_broken_file_is_named(extract, name):
    with pytest.raises(SourceError, match=f"{name} is no Parquet file"):
        extract(name, b"PAR1" + b"nothing" * 9)
    with pytest.raises(SourceError, match="can't be read"):
        extract("missing.jsonl")


class TestAllFilesTogether:
    def test_the_sums_agree_and_each_event_is_there_once(self, extract):
        extracts = [
            extract("a", line(1) + b"\n" + line(2) + b"\nx\n"),
            extract("b", line(2) + b"\n" + line(3, type="alarm.sent") + b"\n" + line(1)),
        ]
        read = together(extracts)
        events = read.events.collect()
        assert sorted(events["event_id"]) == ["e1", "e2"]
        assert (read.read, read.malformed, read.duplicates) == (6, 1, 2)
        unknown = sum(read.unknown_types.values())
        assert read.read == read.malformed + unknown + read.duplicates + events.height
        assert read.quarantine.collect().height == read.malformed

    def test_the_order_of_the_files_changes_nothing(self, extract):
        extracts = [
            extract("a", line(1, subject="A"), source="app", is_trusted=False),
            extract("b", line(1, subject="B")),
            extract("c", line(1, subject="B")),
        ]
        found = [
            together(order).events.collect().to_dicts()
            for order in itertools.permutations(extracts)
        ]
        assert found == [found[0]] * len(found)
        assert (found[0][0]["entity_id"], found[0][0]["file"]) == ("B", "b")

    def test_no_files_at_all(self):
        read = together([])
        assert read.events.collect().schema == EVENTS
        assert read.read == read.duplicates == 0


def test_the_first_events_are_shown_without_reading_on(tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"\n".join(line(n) for n in range(9)))
    first = first_events(LocalFile("a.jsonl", file), TYPES, 2)
    assert [each.event_id for each in first if isinstance(each, Event)] == ["e0", "e1"]
