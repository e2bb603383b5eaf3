"""What a client created twice is one row; everything else is a row of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.notifications.sample import (
    ANNA,
    CATALOGUE,
    JOERG,
    evening,
    finding,
    findings,
    person,
)
from transforms.retries import notice_counts, retry_groups


def groups(*rows):
    return dict(retry_groups(findings(*rows), CATALOGUE).iter_rows())


def test_two_ids_of_one_thing_within_a_minute_are_one_group_named_after_the_smallest_id():
    assert groups(
        finding("b", "person", clock="20:14:05", fields=JOERG),
        finding("a", "person", clock="20:15:05", fields=JOERG),
    ) == {"b": "a", "a": "a"}


def test_a_chain_of_tries_is_one_group():
    assert groups(
        finding("a", "person", clock="20:14:00", fields=JOERG),
        finding("b", "person", clock="20:14:50", fields=JOERG),
        finding("c", "person", clock="20:15:40", fields=JOERG),
    ) == dict.fromkeys("abc", "a")


def test_three_tries_are_one_row_and_a_fourth_seventy_seconds_later_another():
    assert groups(
        finding("a", "person", clock="20:14:00", fields=JOERG),
        finding("b", "person", clock="20:14:00", fields=JOERG),
        finding("c", "person", clock="20:14:30", fields=JOERG),
        finding("d", "person", clock="20:15:40", fields=JOERG),
    ) == {"a": "a", "b": "a", "c": "a", "d": "d"}


def test_two_people_entered_in_turn_and_tried_again_are_two_groups():
    assert groups(
        finding("a", "person", clock="20:14:00", fields=JOERG),
        finding("b", "person", clock="20:14:10", fields=ANNA),
        finding("c", "person", clock="20:14:20", fields=JOERG),
        finding("d", "person", clock="20:14:30", fields=ANNA),
    ) == {"a": "a", "b": "b", "c": "a", "d": "b"}


@pytest.mark.parametrize(
    "other",
    [
        finding("b", "person", clock="20:15:06", fields=JOERG),
        finding("b", "person", fields=ANNA),
        finding("b", "person", fields=JOERG, customer_id="4712"),
        finding("b", "person", "stale", fields=JOERG),
        finding("b", "person", "consistent", fields=JOERG),
        finding("b", "person", "restored", fields=JOERG),
        finding("b", "person", action="updated", fields=JOERG),
        finding("b", "person", fields=JOERG | {"mobile": None}),
        finding("b", "person", "unidentified", entity_id=None),
    ],
    ids=[
        "a minute and a second later",
        "somebody else",
        "another customer",
        "a change",
        "nothing to do",
        "another verdict",
        "an update",
        "another phone",
        "not known of what",
    ],
)
def test_what_is_no_retry_stays_apart(other):
    assert groups(finding("a", "person", fields=JOERG), other) == {"a": "a", "b": "b"}


def test_relatives_with_one_phone_and_one_address_are_two():
    family = {"email": "familie@beispiel.de", "mobile": "0151 1"}
    assert groups(
        finding("a", "person", fields=person("Eva", "Roth") | family),
        finding("b", "person", fields=person("Ida", "Roth") | family),
    ) == {"a": "a", "b": "b"}


def test_persons_whose_names_are_not_known_are_not_taken_for_one():
    family = {"email": "familie@beispiel.de", "mobile": "0151 1"}
    assert groups(finding("a", "person", fields=family), finding("b", "person", fields=family)) == {
        "a": "a",
        "b": "b",
    }


def test_things_are_the_same_by_their_exact_identity_only():
    twice = {"person_id": "P-1", "app": "aPager PRO"}
    assert groups(
        finding("a", "provisioning", fields=twice | {"state": "accepted"}),
        finding("b", "provisioning", fields=twice | {"state": "sent"}),
        finding("c", "provisioning", fields={"person_id": "P-1"}),
        finding("d", "provisioning", fields={"person_id": "P-1"}),
    ) == {"a": "a", "b": "a", "c": "c", "d": "d"}


def test_an_acknowledgement_does_not_hide_the_answer_given_after_it():
    answer = {"alarm_id": "A-1", "person_id": "P-1"}
    assert groups(
        finding("a", "feedback", clock="20:14:00", fields=answer | {"status": "RECEIVED"}),
        finding("b", "feedback", clock="20:14:20", fields=answer | {"status": "YES"}),
    ) == {"a": "a", "b": "b"}


def test_findings_that_ask_are_rows_or_retries_or_acknowledgements():
    assert notice_counts(evening(), CATALOGUE).to_dicts() == [
        {"customer_id": "4711", "asking": 20, "rows": 16, "retries": 1, "acknowledgements": 3}
    ]


_KINDS = {
    "person": [JOERG, ANNA, {}],
    "feedback": [
        {"alarm_id": "A", "person_id": "P", "status": status} for status in ("YES", "READ")
    ],
}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["1", "2"]),
            st.sampled_from(["person", "feedback"]),
            st.integers(0, 2),
            st.sampled_from(["lost", "review", "restored", "stale", "consistent", "unconfirmed"]),
            st.integers(0, 59),
            st.integers(0, 2),
        ),
        max_size=12,
    )
)
def test_the_sum_agrees_and_no_order_matters(cases):
    rows = [
        finding(
            f"f{number:02}",
            kind,
            verdict,
            f"20:1{minute}:{second:02}",
            customer_id=customer,
            fields=_KINDS[kind][which % len(_KINDS[kind])],
        )
        for number, (customer, kind, which, verdict, second, minute) in enumerate(cases)
    ]
    counts = notice_counts(findings(*rows), CATALOGUE)
    for row in counts.iter_rows(named=True):
        assert row["asking"] == row["rows"] + row["retries"] + row["acknowledgements"]
    assert counts.equals(notice_counts(findings(*reversed(rows)), CATALOGUE))
    assert groups(*rows) == groups(*reversed(rows))
