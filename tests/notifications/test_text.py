"""Lines of the plain text, broken as the standard library breaks them."""

from textwrap import wrap

from hypothesis import given
from hypothesis import strategies as st

from notifications.text import ROWS, folded

WORDS = st.text("abö-–\u00a0\u3000", min_size=1, max_size=90) | st.sampled_from(["", "", "a" * 80])
TEXTS = st.lists(WORDS, max_size=40).map(" ".join)
MARKS = st.sampled_from((*ROWS, "  - ", "    ", "  1. "))


@given(TEXTS, MARKS)
def test_a_paragraph_is_broken_between_words_and_words_are_not_broken(text, mark):
    as_usual = wrap(
        text,
        78,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
    assert folded(text, mark) == ("\n".join(as_usual) or mark.rstrip())
