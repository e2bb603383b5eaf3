"""What people get to see of a hostile line."""

import polars as pl
import pytest

from transforms.access_logs.masking import LONGEST_TEXT, masked, without_query


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
        ("GET /a?secret HTTP/1.1", "GET /a?*** HTTP/1.1"),
        ("/a?b=c&secret", "/a?b=***&***"),
        ('"/a" "token=secret&b=c" 200', '"/a" "token=***&b=***" 200'),
        ("/a token=secret&b[]=c 200", "/a token=***&b[]=*** 200"),
        ('"args":"token=secret&b=c","status":200', '"args":"token=***&b=***","status":200'),
        ('"/a" rid=5f0c 200', '"/a" rid=5f0c 200'),
        ("no query at all? none", "no query at all? none"),
        ('rt="0.003" a & b = c', 'rt="0.003" a & b = c'),
        ("GET /a=b/c HTTP/1.1", "GET /a=b/c HTTP/1.1"),
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


@pytest.mark.parametrize(
    ("text", "query", "is_shown"),
    [
        ('"POST /a" "token=secret" rid=5f0c', "token=secret", '"POST /a" "token=***" rid=5f0c'),
        ("POST /a token=secret 201", "token=secret", "POST /a token=*** 201"),
        ("POST /a secret 201", "secret", "POST /a *** 201"),
        ("POST /b b 201", "b", "POST /b *** 201"),
        ("a=b", "a=b", "a=***"),
        ("POST /a bb 201", "b", "POST /a bb 201"),
        ("POST /a - 201", None, "POST /a - 201"),
        ("POST /a  201", "", "POST /a  201"),
    ],
)
def test_a_query_that_is_logged_apart_from_its_path(text, query, is_shown):
    assert without_query(text, query) == is_shown
