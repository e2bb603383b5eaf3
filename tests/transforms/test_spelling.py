"""What means the same is spelled the same; what only looks alike stays apart."""

from datetime import UTC
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.spelling import in_one_case, one_case, spelling

BERLIN = ZoneInfo("Europe/Berlin")


def spelled(type_, text, zone=UTC):
    return spelling({"field": type_}, zone)["field"](text)


@given(st.uuids())
def test_a_uuid_is_the_same_in_either_case(uuid):
    assert one_case(str(uuid).upper()) == one_case(str(uuid)) == str(uuid)


NO_UUIDS = ["P-1", "ABC", "", "A" * 36, "0D4AB1C2-93E8-4F6A-8B1D-6F0C2A7E5B3", "ÄÖÜ"]


@pytest.mark.parametrize("text", [*NO_UUIDS, "0D4AB1C2-93E8-4F6A-8B1D-6F0C2A7E5B39\n"])
def test_nothing_else_changes_its_case(text):
    assert one_case(text) == text


@given(st.lists(st.one_of(st.none(), st.text(), st.uuids().map(lambda it: str(it).upper()))))
def test_a_column_is_spelled_as_each_of_its_values(texts):
    column = pl.DataFrame({"id": pl.Series(texts, dtype=pl.String)})
    one_by_one = [None if text is None else one_case(text) for text in texts]
    assert column.select(in_one_case(pl.col("id")))["id"].to_list() == one_by_one


@pytest.mark.parametrize(
    ("type_", "same", "as_"),
    [
        ("number", ["12.50", "12.5", "1.25e1", "+12.5", "012.5"], "12.5"),
        ("number", ["12", "12.0", "12.000"], "12"),
        ("number", ["0", "-0", "0.00", "-0.0"], "0"),
        ("number", ["1200", "1.2e3"], "1200"),
        ("boolean", ["true", "1", "t", "TRUE", "yes", "on", " 1 "], "true"),
        ("boolean", ["false", "0", "f", "no", "off"], "false"),
        ("json", ['{"b": 1, "a": [1, 2]}', '{"a":[1,2],"b":1}'], '{"a":[1,2],"b":1}'),
        ("json", ['"text"', "text"], "text"),
        (
            "time",
            ["2021-05-18T20:14:05+02:00", "2021-05-18 20:14:05", "1621361645", "1621361645000"],
            "2021-05-18T18:14:05Z",
        ),
        ("text", [" 1.0 "], " 1.0 "),
    ],
)
def test_what_means_the_same_is_spelled_the_same(type_, same, as_):
    assert {spelled(type_, text, BERLIN) for text in same} == {as_}


@pytest.mark.parametrize("type_", ["number", "boolean", "json", "time", "text"])
@pytest.mark.parametrize("text", ["zwölf", "12,5", "1e999999999", "{", "gestern", "", None])
def test_what_is_not_of_the_type_stays_as_it_is(type_, text):
    assert spelled(type_, text) == text
