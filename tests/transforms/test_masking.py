import pytest

from transforms.masking import id_or_mask, masked


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (None, "null"),
        ("", '""'),
        ("Jörg", '"Xxxx"'),
        ("j.m+x@example.org", '"x.x+x@xxxxxxx.xxx"'),
        ("+49 151 2345678", '"+99 999 9999999"'),
        ("12.50", "99.99"),
        ("true", "boolean"),
        ("false", "boolean"),
        ('{"a":1}', '"{"x":9}"'),
        ("山田😀\x1b", '"xx??"'),
        ("a" * 25, f'"{"x" * 24}…" (up to 100 characters)'),
        ("7" * 101, f'"{"9" * 24}…" (more than 100 characters)'),
    ],
)
def test_a_value_is_shown_by_type_and_shape(value, shape):
    assert masked(value) == shape


@pytest.mark.parametrize("value", ["7", "P-100304", "0d4ab1c2-93e8-4f6a-8b1d-6f0c2a7e5b39", "a/7"])
def test_an_id_is_shown(value):
    assert id_or_mask(value) == value


@pytest.mark.parametrize("value", ["Jörg", "jo7@x.org", "+49 151", "Weg 7", None])
def test_what_is_no_id_is_not(value):
    assert id_or_mask(value) == masked(value)
