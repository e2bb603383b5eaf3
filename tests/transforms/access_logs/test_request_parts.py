"""Parts of requests: encodings, queries and URLs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.access_logs.request_parts import percent_decode, query_values, url_path


@pytest.mark.parametrize(
    ("encoded", "decoded"),
    [
        ("J%C3%B6rg", "Jörg"),
        ("J%c3%b6rg", "Jörg"),
        ("Jörg%20M", "Jörg M"),
        ("%2541", "%41"),
        ("%", "%"),
        ("%4", "%4"),
        ("%zz%41", "%zzA"),
        ("%FF", "\ufffd"),
        ("a+b", "a+b"),
    ],
)
def test_percent_decoding(encoded, decoded):
    assert percent_decode(encoded) == decoded


@given(st.text())
def test_every_text_comes_back(text):
    encoded = "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "replace"))
    assert percent_decode(encoded) == text.encode("utf-8", "replace").decode()


def test_query_values_are_decoded():
    assert list(query_values("a=b&c&=d&%61=%26+x&e=f=g")) == [
        *(("a", "b"), ("c", ""), ("", "d"), ("a", "& x"), ("e", "f=g"))
    ]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://h:8443/a/b?c=/d#e", "/a/b"),
        ("//h/a", "/a"),
        ("/a//b", "/a//b"),
        ("a/b", "a/b"),
        ("https://h", ""),
        ("https://h?x", ""),
        ("#/a", ""),
    ],
)
def test_a_urls_path(url, path):
    assert url_path(url) == path
