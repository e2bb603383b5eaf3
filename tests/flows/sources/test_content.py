"""Digests tell what a file begins with, wherever its chunks and pieces end."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources import content
from flows.sources.content import Content, ContentDigest, beginnings, digest_before, digest_of
from flows.sources.opened import opened

CHUNK = 8
# Few different bytes, so that files have beginnings in common.
DATA = st.binary(max_size=5 * CHUNK).map(lambda data: bytes(byte % 2 for byte in data))


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr(content, "CHUNK_BYTES", CHUNK)


def content_of(data: bytes) -> Content:
    digest = ContentDigest()
    digest.update(data)
    return digest.content()


@given(DATA, DATA)
def test_the_same_fingerprint_only_for_the_same_content(one, other):
    assert (content_of(one) == content_of(other)) == (one == other)
    assert (content_of(one).fingerprint == content_of(other).fingerprint) == (one == other)


@given(st.lists(DATA))
def test_pieces_change_nothing(pieces):
    digest = ContentDigest()
    for piece in pieces:
        digest.update(piece)
    assert digest.content() == content_of(b"".join(pieces))


@given(DATA, st.lists(DATA), st.lists(st.integers(1, 20)))
def test_at_its_marks_it_knows_what_came_first(data, others, lengths):
    known = [*others, *(data[:length] for length in lengths)]
    digest = ContentDigest(map(len, known))
    while data_left := data[digest.content().size :]:
        digest.update(data_left[:3])
    for each in known:
        assert digest.begins_with(content_of(each)) == data.startswith(each)


@given(DATA, st.lists(DATA), st.lists(st.integers(0, 40)))
def test_a_file_begins_with_what_it_begins_with(tmp_path_factory, data, others, lengths):
    path = tmp_path_factory.getbasetemp() / f"content-{os.getpid()}"
    path.write_bytes(data)
    known = {content_of(each): each for each in (*others, *(data[:n] for n in lengths))}
    with opened(path) as file:
        found = beginnings(file, known.keys())
        assert digest_of(file).content() == content_of(data)
    assert found == {each for each, those in known.items() if data.startswith(those)}


@given(DATA, DATA, st.integers(0, 40))
def test_what_is_read_on_is_known_as_if_read_at_once(tmp_path_factory, data, more, offset):
    path = tmp_path_factory.getbasetemp() / f"content-{os.getpid()}"
    path.write_bytes(data + more)
    begin = min(offset, len(data))
    with opened(path) as file:
        digest = digest_before(file, begin, content_of(data))
        digest.update(file.read(1000))
    assert digest.content() == content_of(data + more)


def test_of_a_long_file_that_has_grown_places_from_beginning_to_end_are_looked_at(tmp_path):
    data = bytearray(os.urandom(1000 * CHUNK + 3))
    known = content_of(bytes(data))

    def is_known_with_another_byte_at(place: int) -> bool:
        changed = bytearray(data)
        changed[place] ^= 1
        (tmp_path / "a").write_bytes(changed + b"more")
        with opened(tmp_path / "a") as file:
            return bool(beginnings(file, {known}))

    assert not is_known_with_another_byte_at(0)
    assert not is_known_with_another_byte_at(1000 * CHUNK + 2)
    assert sum(not is_known_with_another_byte_at(n * CHUNK) for n in range(1001)) == 16


def test_what_is_as_long_is_compared_in_all_its_bytes(tmp_path):
    data = os.urandom(1000 * CHUNK)
    known = content_of(data)
    for place in range(0, 1000 * CHUNK, 997):
        changed = bytearray(data)
        changed[place] ^= 1
        (tmp_path / "a").write_bytes(changed)
        with opened(tmp_path / "a") as file:
            assert not beginnings(file, {known})
