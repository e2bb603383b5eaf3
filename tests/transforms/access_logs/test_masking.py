"""What people get to see of a hostile line."""

import polars as pl
import pytest

from transforms.access_logs.masking import LONGEST_TEXT, masked


def shown(text: str) -> str:
    return pl.select(masked(pl.lit(text))).item()


@pytest.mark.parametrize(
    ("text", "is_shown"),
    [
        ("GET /a?b=c&d=e HTTP/1.1", "GET /a?b=***&d=*** HTTP/1.1"),
        ("/a?b=&d=secret%20x", "/a?b=***&d=***"),
        ('"uri":"/a?b=c","ua":"FE2"', '"uri":"/a?b=***","ua":"FE2"'),
        (r'"uri":"/a?b=c\"d\u0026e=f","ua":"FE2"', r'"uri":"/a?b=***","ua":"FE2"'),
        ("/a?b=c?d=e", "/a?b=***"),
        ("no query at all? none", "no query at all? none"),
        ("a\x00b\x1b[31mc\td", "a�b�[31mc�d"),
        ("a\u202eb\u2028c\u200bd", "a�b�c�d"),
    ],
)
def test_query_values_and_control_characters(text, is_shown):
    assert shown(text) == is_shown


def test_a_text_is_cut_off_whatever_masking_adds():
    assert len(shown("x" * 5_000)) == LONGEST_TEXT
    assert len(shown("?a=" * 5_000)) <= LONGEST_TEXT
    assert len(shown("&a=b" * 5_000)) == LONGEST_TEXT


def test_a_value_that_the_cut_goes_through_is_masked():
    assert shown("x" * (LONGEST_TEXT - 10) + "?token=secret").endswith("?token=***")
