"""Created again by hand? One row can restore one entity, and never somebody else's."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tables import WINDOW, at, findings
from transforms.catalogue import Identity
from transforms.claims import Candidate, Missing, settle_claims
from transforms.identity import Person, Thing, normalise
from transforms.likeness import Likeness, Register, compare, likeness
from transforms.window import Window

JO = "first_name=Jörg, last_name=Müller, email=j@x.de, mobile=+49 151 2345678"
LOST = f"at | kind | action | entity | fields\n 18:10 | person | create | P1 | {JO}"
PERSON = Identity(email="email", phone="mobile", name=("first_name", "last_name"))


def judged(expected: str, rows: str, lines: str = LOST, **more: object) -> None:
    found, wanted = findings(
        f"entity | verdict | matched\n{expected}",
        lines=lines,
        rows={"person": f"id | customer | created | fields\n{rows}"},
        **more,
    )
    assert found == wanted


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        (JO, "restored | N1"),
        (JO.replace("Jörg", "Joerg").replace("Müller", "MUELLER"), "restored | N1"),
        (JO.replace("Jörg", "Jorg").replace("j@x.de", "J@X.de"), "restored | N1"),
        (JO.replace("+49 151", "0151"), "restored | N1"),
        (JO.replace("Jörg", "Dr. Jörg"), "restored | N1"),
        ("first_name=Müller, last_name=Jörg, email=j@x.de, mobile=01512345678", "restored | N1"),
        (JO.replace("Müller", "Mülller"), "restored | N1"),
        (JO.replace("2345678", "9876543"), "restored | N1"),
        (JO.replace(", mobile=+49 151 2345678", ""), "restored | N1"),
        (JO.replace("Jörg", "Anna"), "review | N1"),
        (JO.replace("Jörg", "Jürgen"), "review | N1"),
        ("first_name=Jörg, last_name=Müller", "review | N1"),
        ("first_name=Peter, last_name=Maier, email=p@x.de", "lost | "),
    ],
)
def test_how_somebody_may_have_typed_it_again(fields, verdict):
    judged(f"P1 | {verdict}", f"N1 | 1 | 21:40 | {fields}")


def test_never_across_customers():
    judged("P1 | lost | ", f"N1 | 2 | 21:40 | {JO}")


def test_never_a_row_older_than_the_write():
    judged("P1 | lost | ", f"N1 | 1 | 18:09 | {JO}")


def test_never_a_row_that_evidence_from_before_going_live_names():
    judged(
        "P1 | lost | \n N1 | consistent | ",
        f"N1 | 1 | 18:20 | {JO}",
        lines=f"{LOST}\n 18:20 | person | create | N1 | ",
    )


def test_a_row_whose_own_creation_is_in_the_margins_logs_may_be():
    judged(
        "P1 | restored | N1\n N1 | consistent | ",
        f"N1 | 1 | 21:40 | {JO}",
        lines=f"{LOST}\n 21:40 | person | create | N1 | ",
    )


def test_a_row_created_when_nobody_knows_who_was_live_is_for_review():
    judged(
        "P1 | review | N1",
        f"N1 | 1 | 21:20 | {JO}",
        window=Window(
            snapshot_at=WINDOW.snapshot_at,
            live_at=WINDOW.live_at,
            live_at_uncertainty=timedelta(minutes=5),
        ),
    )


def test_a_twin_from_before_the_window_is_for_review():
    judged("P1 | review | N1", f"N1 | 1 | 09:00 | {JO}")


def test_a_row_goes_to_who_has_the_better_claim():
    """Anna's row is Anna's, though it might be Jörg's if there were no Anna."""
    anna = JO.replace("Jörg", "Anna")
    judged(
        "P1 | lost | \n P2 | restored | N1",
        f"N1 | 1 | 21:40 | {anna.replace('Müller', 'Mueler')}",
        lines=f"{LOST}\n 18:20 | person | create | P2 | {anna}",
    )


def test_two_people_who_could_certainly_be_one_row_are_both_for_review():
    """Xandor and Xanto: nobody knows which of them Xanor is."""
    first, second, row = (JO.replace("Jörg", name) for name in ("Xandor", "Xanord", "Xanor"))
    judged(
        "P1 | review | N1\n P2 | review | N1",
        f"N1 | 1 | 21:40 | {row}",
        lines=f"{LOST.replace(JO, first)}\n 18:20 | person | create | P2 | {second}",
    )


def test_of_several_possible_rows_the_likeliest_is_shown():
    judged(
        "P1 | review | N2",
        f"N1 | 1 | 21:40 | {JO.replace('Jörg', 'Anna').replace('Müller', 'Ott')}\n"
        f" N2 | 1 | 21:45 | {JO.replace('Jörg', 'Anna')}",
    )


def test_a_relative_with_the_same_phone_and_address_is_somebody_else():
    judged(
        "P1 | restored | N1\n P2 | lost | ",
        f"N1 | 1 | 21:40 | {JO}",
        lines=f"{LOST}\n 18:20 | person | create | P2 | {JO.replace('Jörg', 'Anna')}",
    )


def test_two_people_with_the_same_claim_are_both_for_review():
    judged(
        "P1 | review | N1\n P2 | review | N1",
        f"N1 | 1 | 21:40 | {JO}",
        lines=f"{LOST}\n 19:20 | person | create | P2 | {JO}",
    )


def test_what_a_retry_created_twice_claims_a_row_together():
    judged(
        "P1 | restored | N1\n P2 | restored | N1",
        f"N1 | 1 | 21:40 | {JO}",
        lines=f"{LOST}\n 18:10:40 | person | create | P2 | {JO}",
    )


def test_of_whom_nothing_but_the_id_is_known_is_lost():
    judged(
        "P1 | lost | ",
        f"N1 | 1 | 21:40 | {JO}",
        lines="at | kind | action | entity\n 18:10 | person | create | P1",
    )


class TestUnderANewId:
    LINES = f"""{LOST}
        18:20 | provisioning | create | V1 | person_id=P1, app=aPager"""

    def test_what_referred_to_somebody_restored_is_compared_under_the_new_id(self):
        found, wanted = findings(
            "kind | verdict | matched\n person | restored | N1\n provisioning | restored | V9",
            lines=self.LINES,
            rows={
                "person": f"id | created | fields\n N1 | 21:40 | {JO}",
                "provisioning": "id|created|fields\n V9|21:50|person_id=N1, app=aPager",
            },
        )
        assert found == wanted

    def test_a_state_under_a_doubtful_persons_id_is_for_review(self):
        found, wanted = findings(
            "kind | verdict | reason | matched\n person|review||N1\n availability|review||N1",
            lines=f"{LOST}\n 18:20 | availability | update | P1 | state=YES",
            rows={
                "person": f"id | created | fields\n N1|21:40|{JO.replace('Jörg', 'J.')}",
                "availability": "id | updated | fields\n N1 | 21:50 | state=YES",
            },
        )
        assert found == wanted

    def test_what_referred_to_a_doubtful_person_is_doubtful(self):
        found, wanted = findings(
            "kind | verdict\n person | review\n provisioning | review",
            lines=self.LINES,
            rows={
                "person": f"id | created | fields\n N1 | 21:40 | {JO.replace('Jörg', 'J.')}",
                "provisioning": "id|created|fields\n V9|21:50|person_id=N1, app=aPager",
            },
        )
        assert found == wanted

    def test_an_id_that_is_somebody_elses_now_refers_to_nobody(self):
        """The new P1 has a provisioning of the same app; the lost one's is still lost."""
        found, wanted = findings(
            "kind | verdict\n person | lost\n provisioning | lost",
            lines=self.LINES,
            rows={
                "person": "id | created | fields\n P1 | 21:40 | first_name=Eva, last_name=Ott",
                "provisioning": "id|created|fields\n V9|21:50|person_id=P1, app=aPager",
            },
        )
        assert found == wanted

    def test_an_availabilitys_own_id_is_such_a_reference(self):
        found, wanted = findings(
            "kind | entity | verdict\n person | P1 | restored\n availability | P1 | consistent",
            lines=f"{LOST}\n 18:30 | availability | update | P1 | state=OFF",
            rows={
                "person": f"id | created | fields\n N1 | 21:40 | {JO}",
                "availability": "id | updated | fields\n N1 | 21:50 | state=OFF",
            },
        )
        assert found == wanted


def test_a_name_alone_is_no_proof():
    name = normalise({"first_name": "Jo", "last_name": "May"}, PERSON, "DE")
    assert isinstance(name, Person)
    assert likeness(name, name, compare(name, name, Register([name], [name]))) is Likeness.POSSIBLE


def test_a_null_key_matches_nothing():
    exact = Identity(exact=("person_id", "app"))
    assert normalise({"person_id": None, "app": "aPager"}, exact, "DE") is None


@settings(max_examples=200)
@given(
    lost=st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 300)), max_size=5),
    rows=st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 300)), max_size=5),
    shuffle=st.randoms(use_true_random=False),
)
def test_one_row_restores_one_and_the_order_does_not_matter(lost, rows, shuffle):
    start = at("18:00")
    missing = [
        Missing(
            number=n,
            at=start + timedelta(minutes=2 * m),
            last_at=start + timedelta(minutes=2 * m),
            record=Thing((what,)),
        )
        for n, (what, m) in enumerate(lost)
    ]
    candidates = [
        Candidate(id=str(n), created_at=start + timedelta(minutes=2 * m), record=Thing((what,)))
        for n, (what, m) in enumerate(rows)
    ]
    claims, compared = settle_claims(missing, candidates, Register([], []))
    certain = [claim for claim in claims if claim.is_certain]
    retried = {m for _, m in lost if [at for _, at in lost].count(m) > 1}
    if not retried:
        assert len({claim.matched_id for claim in certain}) == len(certain)
    assert len({claim.number for claim in claims}) == len(claims)
    shuffle.shuffle(missing)
    shuffle.shuffle(candidates)
    again, compared_again = settle_claims(missing, candidates, Register([], []))
    assert sorted(again, key=lambda c: c.number) == sorted(claims, key=lambda c: c.number)
    assert set(map(repr, compared_again)) == set(map(repr, compared))
