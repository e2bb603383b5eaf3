"""The table of rules: certain, possible or different, and the score."""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

from tests.oracle.people import Part, Parts, Person, compare, given_name, names_score
from tests.oracle.spelling import distance


class Level(IntEnum):
    """How sure it is that two entries are one person."""

    DIFFERENT = 0
    POSSIBLE = 1
    CERTAIN = 2
    ALL_OVER_THE_SAME = 3


class Likeness(NamedTuple):
    """How alike two things are; the score is for the order only, `traits` for the census."""

    level: Level
    score: float
    traits: tuple[str, ...] = ()


NOT_ALIKE = Likeness(Level.DIFFERENT, 0.0)


def alike(lost: Person, row: Person, others: Sequence[Person]) -> Likeness:
    """How a lost person and a row compare, among all other persons of the customer."""
    if not is_compared(lost, row):
        return NOT_ALIKE
    parts = compare(lost, row, others)
    alone = are_alone(parts, others)
    if is_all_over_the_same(lost, row, alone=alone):
        return Likeness(Level.ALL_OVER_THE_SAME, 1.0, ("all over the same",))
    if (rule := certain_by(parts, alone=alone)) is not None:
        return Likeness(Level.CERTAIN, score(parts), (rule, *parts.traits))
    if (rule := possible_by(parts, alone=alone)) is not None:
        return Likeness(Level.POSSIBLE, score(parts), (rule, *parts.traits))
    return NOT_ALIKE


def is_same(one: Person, other: Person) -> bool:
    """ "The same words as names, the same e-mail, the same phone, empty or not." """
    return (one.names, one.email, one.phone) == (other.names, other.email, other.phone)


def is_all_over_the_same(one: Person, other: Person, *, alone: bool) -> bool:
    """ "With a contact at least, and with two words of a name at least or one and the two being
    alone."
    """
    is_known = len(one.names) >= 2 or (bool(one.names) and alone)
    return is_same(one, other) and bool(one.contacts) and is_known


def is_compared(one: Person, other: Person) -> bool:
    """ "Only persons are compared who share an e-mail address, a phone number, or the whole name
    (all its words in alphabetical order, joined) but for one letter."
    """
    whole = ["".join(person.names) for person in (one, other)]
    return (
        (one.email is not None and one.email == other.email)
        or (one.phone is not None and one.phone == other.phone)
        or (all(whole) and abs(len(whole[0]) - len(whole[1])) <= 1 and distance(*whole) <= 1)
    )


def are_alone(parts: Parts, others: Sequence[Person]) -> bool:
    """ "None of the contacts of the two is used by anybody else who may be meant. Where both have a
    given name, only those may be meant whose given name does not differ from both; otherwise
    everybody."
    """
    lost, row = parts.lost, parts.row
    contacts = lost.contacts | row.contacts
    using = [person for person in others if person.contacts & contacts]
    if not lost.given or not row.given:
        return not using
    return all(
        given_name(one.given, person.given, _without(others, person)) is Part.DIFFERENT
        for person in using
        for one in (lost, row)
    )


def _without(others: Sequence[Person], one: Person) -> list[Person]:
    return [person for person in others if not is_same(person, one)]


def certain_by(parts: Parts, *, alone: bool) -> str | None:
    """ "Certain needs a contact that is the same, and ..." The first rule that says so, if any."""
    a_contact = Part.SAME in parts.contacts
    both_contacts = a_contact and all(part.agrees for part in parts.contacts)
    both_names = all(part.agrees for part in parts.names)
    no_given = bool(parts.lost.given) and not parts.row.given and parts.family.agrees
    # Burghard and Burkhart.
    doubtful = parts.given is Part.TWO_SLIPS and Part.DIFFERENT in parts.contacts
    married = parts.given is Part.SAME and not parts.family.agrees
    return _first(
        {
            "certain: both names and both contacts agree": both_names and both_contacts,
            "certain: both names agree, alone": both_names and a_contact and alone and not doubtful,
            "certain: the row has no given name": no_given and both_contacts and alone,
            "certain: the family name does not agree": married and both_contacts,
        }
    )


def possible_by(parts: Parts, *, alone: bool) -> str | None:
    """The first rule by which it is possible, if any."""
    a_contact = Part.SAME in parts.contacts
    agreeing = [part.agrees for part in parts.contacts]
    both_names = all(part.agrees for part in parts.names)
    one_name = any(part.agrees or part is Part.PARTLY for part in parts.names)
    same_given = parts.given is Part.SAME
    return _first(
        {
            "possible: a contact is the same, the other agrees": a_contact and all(agreeing),
            "possible: a contact is the same, alone": a_contact and alone,
            "possible: both names agree, the given one is the same": both_names and same_given,
            "possible: both names agree, so does a contact": both_names and any(agreeing),
            "possible: both names agree, no contact differs": both_names
            and Part.DIFFERENT not in parts.contacts,
            "possible: one name, and a contact is the same": one_name and a_contact,
            "possible: one name, and both contacts agree": one_name and all(agreeing),
        }
    )


def _first(rules: Mapping[str, bool]) -> str | None:
    return next((rule for rule, holds in rules.items() if holds), None)


def score(parts: Parts) -> float:
    """ "0.99 × (0.30 given + 0.20 family + 0.25 e-mail + 0.25 phone), rounded to four digits." """
    contacts = 25 * parts.email.value + 25 * parts.phone.value
    return round(0.99 * ((names_score(parts) + contacts) / 10_000), 4)
