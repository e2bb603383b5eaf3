"""Where a Location header points to."""

import pytest

from transforms.locations import location_path


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/t/1", "/t/1"),
        ("https://h/t/%31", "/t/1"),
        ("1", "/c/1"),
        ("t/1", "/c/t/1"),
        ("./1", "/c/1"),
        ("../x/1", "/x/1"),
        ("../../../x", "/x"),
        ("", None),
        ("?a", None),
        ("https://h", None),
    ],
)
def test_a_relative_one_starts_where_the_requests_path_ends(location, path):
    assert location_path(location, of="/c/t") == path


def test_behind_a_slash_it_starts_there():
    assert location_path("1", of="/c/t/") == "/c/t/1"
