"""Who is the same person."""

from tests.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        "a sister is a typing error",
        "transforms.likeness",
        "both_are_names = found in _MISSPELT and all(",
        "both_are_names = found is Part.PARTLY and all(",
        "transforms/test_likeness.py::TestPossible::"
        "test_two_names_that_are_a_letter_apart_are_two_people[Paul-Paula]",
    ),
    Mutant(
        "a name is what the list holds, whoever bears another",
        "transforms.likeness",
        "return any(person.given == given and person not in also for person in bearers)",
        "return False",
        "transforms/test_likeness.py::TestPossible::test_a_spelling_that_others_bear_too_is_a_name",
    ),
    Mutant(
        "the station's phone is as good as one's own",
        "transforms.likeness",
        "_SEVERAL = 2",
        "_SEVERAL = 9",
        "transforms/test_likeness.py::TestPossible::"
        "test_what_the_whole_station_uses_says_nothing_of_anybody",
    ),
    Mutant(
        "a short word may have two slips",
        "transforms.likeness",
        "_LONG = 8",
        "_LONG = 5",
        "transforms/test_likeness.py::"
        "test_somebody_else[first_name=J\\xf6gr, last_name=M\\xfcller, email=p@x.de, mobile"
        "=+49 170 9876543]",
    ),
    Mutant(
        "names are never swapped",
        "transforms.likeness",
        "(swapped, turned) if swapped.score > straight.score else (straight, other)",
        "(straight, other)",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "nobody has to be alone",
        "transforms.likeness",
        "return both_agree or (agreement.is_alone and not is_doubtful)",
        "return both_agree or not is_doubtful",
        "transforms/test_likeness.py::TestPossible::"
        "test_a_namesake_who_shares_an_address_and_is_known_to_have_another_phone",
    ),
    Mutant(
        "who has a row is nobody else who may be meant",
        "transforms.likeness",
        "return lost + [person for person in self._rows[mark] if person != other]",
        "return lost",
        "transforms/test_likeness.py::TestPossible::test_a_spelling_that_others_bear_too_is_a_name",
    ),
    Mutant(
        "who is lost is nobody else who may be meant",
        "transforms.likeness",
        "lost = [person for person in self._lost[mark] if person != one]",
        "lost: list[Person] = []",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "a family's name with a family's phone is certain",
        "transforms.likeness",
        "(len(person.names) > 1 or (bool(person.names) and agreement.is_alone))",
        "bool(person.names)",
        "transforms/test_likeness.py::TestPossible::"
        "test_a_family_without_given_names_shares_a_phone",
    ),
    Mutant(
        "a name that was married away needs one contact",
        "transforms.likeness",
        "return agreement.given is Part.SAME and both_agree",
        "return agreement.given is Part.SAME",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "J. is no part of Jörg",
        "transforms.likeness",
        "is_part = _is_part(mine, theirs) or _is_part(theirs, mine)",
        "is_part = _is_part(mine, theirs)",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "only equal names are worth comparing",
        "transforms.blocking",
        "OSA.distance(whole, its, score_cutoff=1) <= 1",
        "whole == its",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "ue is not ü",
        "transforms.identity",
        're.sub("([aou])e", r"\\1", bare)',
        "bare",
        "transforms/test_likeness.py::test_how_names_are_spelled[J\\xf6rg-jorg]",
    ),
)
