"""A customer's id never leaves its folder, and no two share one."""

import re
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.paths import folder_name, notice_folder


@pytest.mark.parametrize(
    ("customer_id", "folder"),
    [
        ("4711", "4711"),
        ("ff_Beispiel-Stadt", "ff_Beispiel-Stadt"),
        ("Süd/1", "S%C3%BCd%2F1"),
        ("../../etc", "%2E%2E%2F%2E%2E%2Fetc"),
        ("a b\x00%", "a%20b%00%25"),
    ],
)
def test_all_but_letters_digits_and_two_marks_is_percent_encoded(customer_id, folder):
    assert folder_name(customer_id) == folder


def test_a_notice_is_below_its_customer():
    assert notice_folder("a/b", 2) == PurePosixPath("notices/a%2Fb/rev-2")


def test_an_empty_id_has_no_folder():
    with pytest.raises(ValueError, match="no folder"):
        folder_name("")


@pytest.mark.parametrize("sign", ["x", "é", "👩", "/"])
def test_an_id_longer_than_a_file_systems_names_is_cut_and_still_its_own(sign):
    names = [folder_name(sign * 10_000 + end) for end in ("1", "2")]
    assert names[0] != names[1]
    for name in names:
        assert len(name) < 255
        assert re.fullmatch(r"(?:[A-Za-z0-9_-]|%[0-9A-F]{2})+~[0-9a-f]{32}", name)
    assert "~" not in folder_name(sign * 16)


@given(st.text(min_size=1), st.text(min_size=1))
def test_ids_and_folders_belong_together(one, other):
    assert re.fullmatch(r"(?:[A-Za-z0-9_-]|%[0-9A-F]{2})+(?:~[0-9a-f]{32})?", folder_name(one))
    assert (folder_name(one) == folder_name(other)) == (one == other)
