"""Which finding a user means."""

import polars as pl
import pytest

from flows.finding_names import NoSuchFindingError, the_finding

NAMES = pl.DataFrame(
    [
        ("aaaaaaaa00000001", "1", "person", "P-1"),
        ("aaaaaaaa00000002", "1", "person", "a/b/c"),
        ("bbbbbbbb00000003", "2", "feedback", None),
    ],
    schema=["finding_id", "customer_id", "kind", "entity_id"],
    orient="row",
)


@pytest.mark.parametrize(
    ("asked", "finding_id"),
    [
        ("1/person/P-1", "aaaaaaaa00000001"),
        ("1/person/a/b/c", "aaaaaaaa00000002"),
        ("aaaaaaaa00000002", "aaaaaaaa00000002"),
        ("bbbbbb", "bbbbbbbb00000003"),
    ],
)
def test_by_id_or_by_entity(asked, finding_id):
    assert the_finding(NAMES, asked).finding_id == finding_id


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("aaaaaaaa", "aaaaaaaa is more than one finding: aaaaaaaa00000001 (1/person/P-1), "),
        ("bbbbb", "There is no finding bbbbb."),
        ("1/person", "There is no finding 1/person."),
        ("2/feedback/", "There is no finding 2/feedback/."),
        ("1/person/P-2", "Near to it: aaaaaaaa00000001 (1/person/P-1), "),
        ("9/person/P-1", "Near to it: aaaaaaaa00000001 (1/person/P-1), "),
        ("bbbbbbcc", "Near to it: bbbbbbbb00000003 (2/feedback)."),
    ],
)
def test_what_names_none_or_several(asked, said):
    with pytest.raises(NoSuchFindingError) as error:
        the_finding(NAMES, asked)
    assert said in str(error.value)


def test_where_there_are_no_findings_none_is_near():
    with pytest.raises(NoSuchFindingError) as error:
        the_finding(NAMES.clear(), "1/person/P-1")
    assert "Near" not in str(error.value)
