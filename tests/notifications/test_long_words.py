"""A long word is broken where a reader would break it, and its text stays what it was."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.long_words import in_pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ""),
        ("Anna Weber", "Anna Weber"),
        ("a sentence of many words, none of them long", None),
        (
            "anna.weber@feuerwehr-musterstadt.example",
            "anna.weber@feuerwehr- musterstadt.example",
        ),
        ("https://x.example/notices/list", "https://x.example/ notices/list"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffahrts gesellschaft"),
    ],
)
def test_it_is_broken_after_marks_or_else_into_parts(text, pieces):
    found = in_pieces(text)
    assert found == (text if pieces in (text, None) else pieces.split(" "))


def test_words_around_a_long_one_stay_with_it():
    said = in_pieces("see anna.weber@musterstadt.example for more")
    assert said == ["see anna.weber@", "musterstadt.example for more"]


def test_an_accent_stays_with_its_letter():
    word = unicodedata.normalize("NFD", "ä" * 40)
    assert all(piece[0] == "a" for piece in in_pieces(word))


@given(st.text(alphabet=st.sampled_from("ab @./_-\u0308\n"), max_size=120))
def test_nothing_is_lost_and_no_piece_is_too_long(text):
    found = in_pieces(text)
    pieces = [found] if isinstance(found, str) else found
    assert "".join(pieces) == text
    plain = [word for piece in pieces for word in piece.replace("\u0308", "").split(" ")]
    assert all(len(word.rstrip("@./_-")) <= 22 for word in plain)
