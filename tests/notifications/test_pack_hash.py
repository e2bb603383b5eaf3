"""An approval holds for names and bytes, and for nothing else."""

import pytest

from notifications.pack_hash import pack_hash

PACK = {"notice.txt": b"one", "notice.eml": b"two"}


def test_the_order_of_the_files_does_not_matter():
    assert pack_hash(PACK) == pack_hash(dict(reversed(PACK.items())))


def test_it_is_the_same_in_every_process_and_version():
    # It stands in ledgers: were it computed otherwise, every approval would be void.
    assert pack_hash({"a": b"b"}) == (
        "b1d476e73940d0e0aa693caff45c4790c8a5ca55de9f8933cdcbee6c629ce86b"
    )


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"notice.txt": b"one"},
        {"notice.txt": b"one", "notice.eml": b"two "},
        {"notice.txt": b"two", "notice.eml": b"one"},
        {"notice.htm": b"one", "notice.eml": b"two"},
        PACK | {"more.csv": b""},
    ],
)
def test_another_name_or_byte_makes_another_hash(other):
    assert pack_hash(other) != pack_hash(PACK)
