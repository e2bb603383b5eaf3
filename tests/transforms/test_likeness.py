"""Who is one person: the rule table, and what normalising makes equal."""

import pytest

from tests.tables import FE2, fields
from transforms.identity import Person, letters, normal_phone, normalise
from transforms.likeness import Likeness, Part, Register, compare, likeness

JO = "first_name=Jörg, last_name=Müller, email=jo@x.de, mobile=+49 151 2345678"
SAME, CERTAIN, POSSIBLE, DIFFERENT = reversed(Likeness)


def person(text: str) -> Person:
    values = {field["name"]: field["value"] for field in fields(text)}
    record = normalise(values, FE2.kinds["person"].identity, "DE")
    assert isinstance(record, Person)
    return record


def judged(lost: str, row: str, *others: str) -> Likeness:
    """`others` are the customer's further rows."""
    one, other = person(lost), person(row)
    register = Register([one], [other, *map(person, others)])
    return likeness(one, other, compare(one, other, register))


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("Jörg", "jorg"),
        ("JOERG", "jorg"),
        ("Jorg", "jorg"),
        ("Groß", "gross"),
        ("Dr. med. Zoë", "zo"),
        ("Irène", "irene"),
        ("Łukasz", "lukasz"),
        ("Hans-Peter", "hans peter"),
        ("O'Neill", "o neill"),
    ],
)
def test_how_names_are_spelled(name, normal):
    assert letters(name) == normal


@pytest.mark.parametrize(
    "number", ["+49 151 2345678", "0049 (151) 234-5678", "0151/2345678", "+49 (0)151 2345678"]
)
def test_one_number_in_many_ways(number):
    assert normal_phone(number, "DE") == "+491512345678"


def test_a_national_number_belongs_to_its_country():
    assert normal_phone("0664 1234567", "AT") == "+436641234567"


def test_of_one_name_field_the_last_word_is_the_family_name():
    identity = FE2.kinds["person"].identity.model_copy(update={"name": ("name",)})
    record = normalise({"name": "Hans Peter Maier"}, identity, "DE")
    assert isinstance(record, Person)
    assert (record.given, record.family) == ("hans peter", "maier")


class TestCertain:
    @pytest.mark.parametrize(
        "typed",
        [
            JO,
            JO.replace("Jörg", "Joerg").replace("Müller", "MUELLER"),
            JO.replace("Jörg", "Dr. Jörg"),
            JO.replace("jo@x.de", "JO@X.DE").replace("+49 151", "0151"),
            "first_name=Müller, last_name=Jörg, email=jo@x.de, mobile=01512345678",
        ],
    )
    def test_all_over_the_same(self, typed):
        assert judged(JO, typed) is SAME

    @pytest.mark.parametrize(
        "typed",
        [
            JO.replace("Müller", "Mülller"),
            JO.replace("Jörg", "Jögr"),
            JO.replace("Jörg", "Jögr").replace("Müller", "Mller"),
            JO.replace("2345678", "2345679"),
            JO.replace("jo@x.de", "jo@x.dee"),
            JO.replace("Jörg", "Jö rg"),
        ],
    )
    def test_a_typing_error_here_and_there(self, typed):
        assert judged(JO, typed) is CERTAIN

    @pytest.mark.parametrize(
        "typed",
        [
            JO.replace(", mobile=+49 151 2345678", ""),
            JO.replace("+49 151 2345678", "+49 170 9876543"),
            JO.replace("jo@x.de", "mueller@feuerwehr.example"),
        ],
    )
    def test_one_contact_is_another_or_left_out(self, typed):
        assert judged(JO, typed) is CERTAIN

    def test_a_new_family_name_and_all_else_the_same(self):
        assert judged(JO, JO.replace("Müller", "Huber-Schmid")) is CERTAIN

    def test_only_the_family_name_was_typed(self):
        assert judged(JO, JO.replace("first_name=Jörg", "first_name=")) is CERTAIN


class TestPossible:
    def test_a_relative_with_the_same_phone_and_address(self):
        assert judged(JO, JO.replace("Jörg", "Anna")) is POSSIBLE

    @pytest.mark.parametrize(
        ("one", "other"), [("Paul", "Paula"), ("Jan", "Jana"), ("Ute", "Uwe"), ("Tim", "Tom")]
    )
    def test_two_names_that_are_a_letter_apart_are_two_people(self, one, other):
        assert judged(JO.replace("Jörg", one), JO.replace("Jörg", other)) is POSSIBLE

    def test_a_spelling_that_others_bear_too_is_a_name(self):
        lost, row = JO.replace("Jörg", "Xanthor"), JO.replace("Jörg", "Xanthos")
        others = [f"first_name={name}, last_name=Ott" for name in ("Xanthor", "Xanthos")]
        assert judged(lost, row) is CERTAIN
        assert judged(lost, row, *others) is POSSIBLE

    def test_the_lost_has_no_given_name_and_may_be_any_of_the_family(self):
        assert judged(JO.replace("first_name=Jörg", "first_name="), JO) is POSSIBLE

    def test_a_family_without_given_names_shares_a_phone(self):
        family = JO.replace("first_name=Jörg", "first_name=")
        assert judged(family, family) is SAME
        assert judged(family, family, JO) is POSSIBLE

    @pytest.mark.parametrize("typed", ["J.", "Jörg Uwe"])
    def test_a_part_of_the_given_name(self, typed):
        assert judged(JO, JO.replace("Jörg", typed)) is POSSIBLE

    def test_two_typing_errors_in_the_given_name_and_another_phone(self):
        lost = JO.replace("Jörg", "Burghard")
        row = lost.replace("Burghard", "Burkhart").replace("2345678", "9876543")
        assert judged(lost, row) is POSSIBLE

    def test_a_namesake(self):
        other = "first_name=Jörg, last_name=Müller, email=m@y.de, mobile=+49 170 9876543"
        assert judged(JO, other) is POSSIBLE

    def test_a_namesake_who_shares_an_address_and_is_known_to_have_another_phone(self):
        row = JO.replace("2345678", "9876543")
        assert judged(JO, row) is CERTAIN
        assert judged(JO, row, row.replace("jo@x.de", "senior@x.de")) is POSSIBLE

    def test_a_name_alone(self):
        name = "first_name=Jörg, last_name=Müller"
        assert judged(name, name) is POSSIBLE

    def test_what_the_whole_station_uses_says_nothing_of_anybody(self):
        crew = [
            JO.replace("Jörg", a).replace("Müller", b) for a, b in (("Eva", "Ott"), ("Al", "Ly"))
        ]
        row = JO.replace("Müller", "Huber")
        assert judged(JO, row) is CERTAIN
        assert judged(JO, row, *crew) is not CERTAIN


@pytest.mark.parametrize(
    "row",
    [
        "first_name=Peter, last_name=Maier, email=p@x.de, mobile=+49 170 9876543",
        "first_name=Jörg, last_name=Maier, email=p@x.de, mobile=+49 170 9876543",
        "first_name=Peter, last_name=Müller, email=p@x.de",
        "first_name=Jögr, last_name=Müller, email=p@x.de, mobile=+49 170 9876543",
    ],
)
def test_somebody_else(row):
    assert judged(JO, row) is DIFFERENT


def test_every_part_is_told():
    one, other = person(JO), person("first_name=Jögr, last_name=Maier, email=jo@x.de")
    agreement = compare(one, other, Register([one], [other]))
    assert agreement.parts == {
        "given": Part.SLIP,
        "family": Part.DIFFERENT,
        "email": Part.SAME,
        "phone": Part.UNKNOWN,
    }
