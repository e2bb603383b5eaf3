"""Net effect: what all of an entity's writes amount to, where one rule meets another."""

import json
from typing import Any

from tests.tables import findings, reconciled

LINE = "at | kind | action | entity | fields"
COVERED_UNTIL_1830 = "source | from | to\n proxy-a | 18:30 | 18:40"


def told_of(**given: Any) -> dict[str, str | None]:
    """The recovered fields of the only finding."""
    (fields,) = reconciled(**given).findings["fields"]
    return json.loads(fields)


def test_what_a_deletion_has_ended_is_told_no_more():
    """Created anew under its id: the first one's telephone is not the second one's."""
    fields = told_of(
        told=f"""{LINE}
        18:10 | person | create | P1 | first_name=Jo, mobile=0151 1
        18:20 | person | delete | P1 |
        18:30 | person | create | P1 | first_name=Jo"""
    )
    assert fields == {"first_name": "Jo"}


def test_an_update_of_what_was_deleted_brings_nothing_back():
    found, wanted = findings(
        "entity | verdict\n P1 | cancelled",
        lines=f"""{LINE}
        18:10 | person | create | P1 |
        18:20 | person | delete | P1 |
        18:30 | person | update | P1 | """,
    )
    assert found == wanted


def test_of_one_instant_the_later_line_wins():
    """A proxy's clock has whole seconds; the order of its lines tells the rest."""
    fields = told_of(
        lines="""at | kind | action | entity | file | line | fields
        18:10 | provisioning | update | V1 | a.log | 8 | state=accepted
        18:10 | provisioning | update | V1 | a.log | 7 | state=sent""",
    )
    assert fields == {"state": "accepted"}


def test_one_moment_that_no_log_covers_is_enough_to_believe_what_events_say():
    found, wanted = findings(
        "entity | verdict | confidence\n P1 | lost | probable",
        told=f"""{LINE}
        18:10 | person | create | P1 |
        18:35 | person | update | P1 | """,
        gaps=COVERED_UNTIL_1830,
    )
    assert found == wanted


def test_of_two_creations_the_first_is_when_it_came_into_being():
    """Before the snapshot: that it is missing shows that the snapshot is older than was said."""
    found, wanted = findings(
        "entity | verdict | reason\n P1 | lost | before_snapshot",
        lines=f"""{LINE}
        17:50 | person | create | P1 |
        18:10 | person | create | P1 | """,
    )
    assert found == wanted


def test_what_the_event_says_stands_over_what_the_route_says():
    fields = told_of(
        lines="""at | kind | action | entity | request | fields
        18:10 | provisioning | update | V1 | r1 | state=accepted""",
        told="""at | kind | action | entity | request | fields
        18:10 | provisioning | update | V1 | r1 | state=refused""",
    )
    assert fields == {"state": "refused"}


def test_what_came_into_being_with_the_snapshot_is_cancelled_by_its_deletion():
    """A moment earlier it would be in the snapshot, and so be back."""
    found, wanted = findings(
        "entity | verdict\n P1 | cancelled\n P2 | resurrected",
        lines=f"""{LINE}
        18:00:00 | person | create | P1 |
        17:59:59 | person | create | P2 |
        18:10 | person | delete | P1 |
        18:10 | person | delete | P2 | """,
        rows={"person": "id | created\n P1 | 18:00:00\n P2 | 17:59:59"},
    )
    assert found == wanted


def test_of_two_deletions_the_last_one_is_judged():
    found, wanted = findings(
        "entity | verdict | reason\n P1 | resurrected | ",
        lines=f"""{LINE}
        17:50 | person | delete | P1 |
        18:10 | person | delete | P1 | """,
        rows={"person": "id | created\n P1 | 09:00"},
    )
    assert found == wanted


def test_a_creation_over_a_row_from_before_is_there_unless_a_deletion_came_first():
    """A client that creates what is there already: only what was deleted is made anew by that."""
    found, wanted = findings(
        "entity | verdict\n P1 | consistent\n P2 | stale",
        lines=f"""{LINE}
        18:10 | person | create | P1 |
        18:05 | person | delete | P2 |
        18:10 | person | create | P2 | """,
        rows={"person": "id | created\n P1 | 09:00\n P2 | 09:00"},
    )
    assert found == wanted


def test_of_what_was_deleted_its_last_values_are_told():
    """So that whoever deletes it again knows what it was."""
    fields = told_of(
        told=f"""{LINE}
        18:10 | person | update | P1 | first_name=Jo
        18:20 | person | delete | P1 | """
    )
    assert fields == {"first_name": "Jo"}
