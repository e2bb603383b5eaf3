"""A glob means the same keys that it would mean in a folder."""

import glob
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.globs import fits, is_glob, literal_beginning

NAMES = [
    *("a.log", "b.log", "ab.log.gz", ".hidden.log", "a[1].log", "logs/a.log", "logs/B.log"),
    *("logs/.a.log", "logs/x/a.log", "logs/x/y/a.log.1", "logs/.x/a.log", "logs/x/.y/z/a.log"),
    *("logsx/a.log", "x/logs/a.log", "logs/2021-05-18/a.log", "logs/ü/ä.log"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    base = tmp_path_factory.mktemp("names")
    for name in NAMES:
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).touch()
    return base


def in_folder(folder: Path, pattern: str) -> set[str]:
    names = glob.glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207 - what is compared
    return {name for name in names if (folder / name).is_file()}


PART = st.sampled_from(
    [
        *(
            "*",
            "**",
            "?.log",
            "*.log",
            "*.log*",
            "[ab].log",
            "[!a].log",
            "a[[]1].log",
            ".*",
            "**.log",
        ),
        *("logs", "x", "a.log", "logs*", "[a-z]", "20??-*", ".x", "ü", "*[", "[]a]*"),
    ]
)


@given(parts=st.lists(PART, min_size=1, max_size=4))
def test_as_in_a_folder(folder, parts):
    pattern = "/".join(parts)
    if not is_glob(pattern):
        return
    meant = {name for name in NAMES if fits(name, pattern)}
    assert meant == in_folder(folder, pattern)
    assert all(name.startswith(literal_beginning(pattern)) for name in meant)


@pytest.mark.parametrize(
    ("pattern", "beginning"),
    [("logs/a-*.log", "logs/a-"), ("**/a", ""), ("a[1]", "a"), ("a?", "a"), ("a.log", "a.log")],
)
def test_what_all_begin_with(pattern, beginning):
    assert literal_beginning(pattern) == beginning


def test_many_stars_take_no_longer():
    assert not fits("/".join("a" * 200), "/".join(["**", "a"] * 40 + ["b"]))
