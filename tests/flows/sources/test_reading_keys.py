"""A file is read anew where it would give other rows, and only there."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import data_samples
from flows.catalogue import load_catalogue
from flows.reading import event_stock, log_stock, read_event_file, read_log_file
from flows.settings import AccessLog, ClientEvents, load_settings
from flows.sources.reading_keys import EXTRACT_VERSION, events_key, log_key
from flows.sources.taking import TakenFile
from tests.tables import FE2
from transforms.catalogue import Catalogue

SAMPLE = Path(data_samples.__file__).parent / "sample"

# What is taken from the sample's files. If another digest is right now, what earlier versions have
# kept is not: raise EXTRACT_VERSION, so that nobody goes on with it, and put both here.
TAKEN = (3, "60f02a8c9d3dd77c001501d65448704efbbf9dd562be6624da3b9c9fdd49b6f0")


def test_the_version_is_raised_when_other_rows_are_taken(tmp_path):
    settings = load_settings(SAMPLE / "migration.toml")
    catalogue = load_catalogue(None)
    taken = [
        *(
            read_log_file(file, [], catalogue, tmp_path)
            for file in log_stock(settings, catalogue, []).unread
        ),
        *(
            read_event_file(file, [], catalogue, tmp_path)
            for file in event_stock(settings, catalogue, []).unread
        ),
    ]
    assert (EXTRACT_VERSION, digest(taken, tmp_path)) == TAKEN


def digest(taken: list[TakenFile], folder: Path) -> str:
    rows = {
        (*each.kept.place, name): pl.read_parquet(
            folder / each.kept.taken.extract.name / f"{name}.parquet"
        )
        .sort(pl.col("^line|second_at$"))
        .rows()
        for each in taken
        for name in each.kept.taken.extract.frames
    }
    return hashlib.sha256(repr(sorted(rows.items())).encode()).hexdigest()


def log(**changed: Any) -> AccessLog:
    return AccessLog(**{"name": "a", "paths": ("*",), "format": "json"} | changed)


def catalogue(**person: Any) -> Catalogue:
    kinds = FE2.model_dump()["kinds"]
    return Catalogue.model_validate(
        FE2.model_dump() | {"kinds": kinds | {"person": kinds["person"] | person}}
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "nginx"},
        {"format": "nginx", "log_format": '[$time_iso8601] "$request" $status'},
        {"fields": {"at": "time"}},
        {"timezone": "Europe/Berlin"},
    ],
)
def test_a_log_is_read_anew_for_its_format(changed):
    assert log_key(log(**changed), FE2) != log_key(log(), FE2)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "b", "paths": ("logs/*",), "role": "new", "new_upstreams": ("10.*",)},
        {"gap": timedelta(minutes=9), "max_malformed": 0.5},
    ],
)
def test_a_log_is_not_read_anew_for_what_is_judged_later(changed):
    assert log_key(log(**changed), FE2) == log_key(log(), FE2)


def test_the_catalogue_counts_as_far_as_it_decides_what_is_read():
    entry, events = log(), ClientEvents(name="b", paths=("*",))
    as_it_is = catalogue()
    assert log_key(entry, catalogue(routes=[])) != log_key(entry, as_it_is)
    assert events_key(events, catalogue(routes=[])) == events_key(events, as_it_is)
    assert events_key(events, catalogue(events={})) != events_key(events, as_it_is)
    assert log_key(entry, catalogue(events={})) == log_key(entry, as_it_is)
    for other in ({"twins": None}, {"label": {"de": "Mensch"}}, {"table": "people"}):
        assert log_key(entry, catalogue(**other)) == log_key(entry, as_it_is)
        assert events_key(events, catalogue(**other)) == events_key(events, as_it_is)


def test_events_are_read_anew_for_their_trust():
    keys = {
        events_key(ClientEvents(name=name, paths=("*",), trusted=trusted), FE2)
        for name in ("a", "b")
        for trusted in (True, False)
    }
    assert len(keys) == 2
