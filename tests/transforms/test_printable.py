import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from transforms.printable import printable


def test_what_a_person_writes_stays_as_it_is():
    assert printable("Jörg Müller – 100 € 😀") == "Jörg Müller – 100 € 😀"


def test_what_could_steer_a_terminal_is_spelled_out():
    assert printable("\x1b[2Jred\u202e\r\n\x9b") == "\\x1b[2Jred\\u202e\\r\\n\\x9b"


def test_a_long_text_is_cut():
    assert printable("abcdef", limit=4) == "abc…"


@given(st.text())
def test_nothing_unseen_is_left(text):
    assert not {unicodedata.category(character) for character in printable(text)} & {
        "Cc",
        "Cf",
        "Zl",
    }
