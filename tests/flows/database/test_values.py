from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from flows.database.values import text_of, texts_of
from transforms.spelling import moment


@pytest.mark.parametrize(
    ("declared", "value", "text"),
    [
        (sa.Text(), None, None),
        (sa.Text(), " as it is ", " as it is "),
        (sa.Integer(), 4711, "4711"),
        (sa.Integer(), 2**70, "1180591620717411303424"),
        (sa.Float(), 12.5, "12.5"),
        (sa.Numeric(), Decimal("12.50"), "12.50"),
        (sa.Boolean(), True, "true"),
        (sa.Boolean(), 0, "false"),
        (sa.Boolean(), "yes", "yes"),
        (sa.JSON(), {"b": 1, "a": None}, '{"a":null,"b":1}'),
        (sa.JSON(), '{"b": 1, "a": "ä"}', '{"a":"ä","b":1}'),
        (sa.JSON(), '"text"', "text"),
        (sa.JSON(), "no JSON", "no JSON"),
        (sa.LargeBinary(), b"text", "text"),
        (sa.LargeBinary(), b"\xff\x00", "ff00"),
        (sa.Uuid(), UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_values_become_text_as_events_spell_them(declared, value, text):
    assert text_of(declared)(value) == text


texts = st.text(st.characters(exclude_categories=["Cs"])) | st.uuids().map(str).map(str.upper)
VALUES = st.one_of(
    st.lists(st.none() | texts | texts.map("{}  ".format)),
    st.lists(st.none() | st.integers(-(2**63), 2**64 - 1)),
    st.lists(
        st.one_of(
            st.none(), texts, st.integers(-(2**63), 2**64), st.booleans(), st.binary(), st.uuids()
        )
    ),
)
DECLARED = [sa.Text(), sa.CHAR(9), sa.BigInteger(), sa.Boolean(), sa.JSON(), sa.Uuid()]


@given(VALUES, st.sampled_from(DECLARED))
def test_many_values_at_once_are_the_same_as_one_by_one(values, declared):
    assert texts_of(values, declared).to_list() == list(map(text_of(declared), values))


def test_a_uuid_is_the_same_in_a_char_that_is_filled_with_blanks():
    filled = [f"{str(UUID(int=0xABC)).upper()}    "]
    assert texts_of(filled, sa.CHAR(40)).to_list() == [str(UUID(int=0xABC))]


def test_days_are_their_beginning():
    midnight = datetime(2021, 5, 18, tzinfo=UTC)
    assert moment(date(2021, 5, 18)) == moment("2021-05-18") == midnight


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1)))  # noqa: DTZ001
def test_a_time_is_the_same_as_text_and_as_a_number(local):
    at = local.replace(tzinfo=UTC)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    microseconds = (at - epoch) // (datetime.resolution)
    seconds = f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06}"
    assert moment(local) == moment(at) == moment(at.isoformat(" ")) == moment(seconds) == at


@pytest.mark.parametrize("value", ["gestern", "18.05.2021", 1e30, "9999-12-31T23:59:59-10:00"])
def test_what_is_no_time(value):
    with pytest.raises(ValueError, match=r"^'[a9.:TE+-]+'$"):
        moment(value)
