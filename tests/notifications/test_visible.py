"""What a stranger typed is seen as it is: nothing is obeyed, and nothing is invisible."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.visible import visible

# All that is shown as it is, where it stands alone.
KEPT = {one for one in map(chr, range(0x110000)) if visible(one) == one}
# Signs that stand before a number, and joiners of hieroglyphs: they are to be seen.
SEEN_FORMATS = {
    *map(chr, (*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD)),
    *map(chr, range(0x13430, 0x13440)),
}
# Default_Ignorable_Code_Point of Unicode 16, which the standard library does not know.
IGNORABLE = [
    *(0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810)),
    *(*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164),
    *(*range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0, *range(0xFFF0, 0xFFF9), *range(0x1BCA0, 0x1BCA4)),
    *(*range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000)),
]


def test_no_character_that_acts_is_left():
    acting = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert {one for one in KEPT if unicodedata.category(one) in acting} <= SEEN_FORMATS


def test_no_character_that_shows_nothing_is_left_alone():
    assert [hex(code) for code in IGNORABLE if visible(f"a{chr(code)}b") == f"a{chr(code)}b"] == []


def test_no_character_turns_the_direction():
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "B", "S"}
    assert not {one for one in KEPT if unicodedata.bidirectional(one) in turning}


def test_what_is_no_character_is_shown():
    nothing = [code for code in range(0x110000) if code & 0xFFFE == 0xFFFE]
    assert len(nothing) == 34
    assert all(visible(chr(code)) == f"‹U+{code:04X}›" for code in nothing)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\r\n", "a␉b␍␊"),
        ("\x00\x1b[2J", "␀␛[2J"),
        ("\x7f\x9b", "␡‹U+009B›"),
        ("Feuer\xadwehr", "Feuer‹U+00AD›wehr"),
        ("\u202egnp.exe", "‹U+202E›gnp.exe"),
        ("\u2066x\u2069", "‹U+2066›x‹U+2069›"),
        ("Mül\u200dler", "Mül‹U+200D›ler"),
        ("x\ufe0f", "x‹U+FE0F›"),
        ("❤\ufe0f\ufe0f", "❤\ufe0f‹U+FE0F›"),
        ("\u200d👩\u200d", "‹U+200D›👩‹U+200D›"),
        ("م\u200c\u200cم", "م‹U+200C›‹U+200C›م"),
        ("م\u200c م", "م‹U+200C› م"),
        ("🏴\U000e0067\U000e007f", "🏴‹U+E0067›‹U+E007F›"),
        ("\u3164", "‹U+3164›"),
        ("\ud800", "‹U+D800›"),
    ],
)
def test_it_is_shown_as_a_symbol(text, shown):
    assert visible(text) == shown


@pytest.mark.parametrize(
    "name",
    [
        "Jörg Weiß-O'Neill",
        "Ünïcödé",
        "Zoë 👩\u200d🚒",
        "❤\ufe0f\u200d🔥",
        "🏳\ufe0f\u200d🌈",
        "1\ufe0f\u20e3",
        "می\u200cخواهم",
        "क्\u200dष",
        "辻\U000e0100",
        "ᠠ\u180b",
        "عربى",
        "יעל",
        "Nguyễn",
    ],
)
def test_names_of_all_scripts_stay(name):
    assert visible(name) == name


@given(st.text())
@example("\ufffe\U0010ffff\u2028\u200d")
def test_nothing_else_changes_and_nothing_is_lost(text):
    shown = visible(text)
    assert visible(shown) == shown
    kept = re.sub("‹U\\+[0-9A-F]+›|[␀-␡]", "", shown)
    assert all(character in text for character in kept)
    assert len(kept) <= len(text)
