"""The style sheet of a letter, written into its elements."""

import pytest

from notifications.inline import inlined

SHEET = """/* .forgotten { } */
:root { --ink: #123456 }
p { margin: 0 }
.note, .label { color: var(--ink); font-size: 14px }
.label { font-size: 12px }
@media print {
  .note { color: #000000 }
}
@page { size: A4 }
"""


def test_a_rule_for_an_element_or_a_class_is_written_into_it():
    page = '<p>a</p><b class="label" id="{{ key }}">b</b>'
    assert inlined(page, SHEET) == (
        '<p style="margin:0">a</p>'
        '<b id="{{ key }}" style="color:#123456;font-size:14px;font-size:12px">b</b>'
    )


def test_a_class_stays_where_a_block_speaks_of_it():
    assert inlined('<p class="note label">a</p>', SHEET).startswith('<p class="note" style=')


def test_what_stands_in_no_element_gets_a_block_for_each():
    assert inlined("<style></style>", SHEET) == (
        "<style>\n@media print {\n  .note { color: #000000 }\n}\n</style>\n"
        "<style>\n@page { size: A4 }\n</style>"
    )


def test_a_class_without_a_rule_is_a_mistake():
    with pytest.raises(ValueError, match="no rule for class 'nota' of <p>"):
        inlined('<p class="nota">', SHEET)


@pytest.mark.parametrize("selector", ["p > b", ".note p", "#note", "a:hover", "[href]"])
def test_what_is_more_than_an_element_or_a_class_is_a_mistake(selector):
    with pytest.raises(ValueError, match="can't be written into elements"):
        inlined("<p>", f"{selector} {{ margin: 0 }}")
