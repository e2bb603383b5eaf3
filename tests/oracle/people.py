"""Two entries of an address book, part by part: the decision "Who was created again by hand"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from tests.oracle.spelling import address, errors, number, words
from transforms.catalogue import Identity
from transforms.given_names import GIVEN_NAMES

Words = tuple[str, ...]


class Part(Enum):
    """How alike a part is, with what it counts in the score, in hundredths."""

    SAME = 100
    SLIP = 85
    TWO_SLIPS = 70
    PARTLY = 60
    UNKNOWN = 50
    DIFFERENT = 0

    @property
    def agrees(self) -> bool:
        return self in {Part.SAME, Part.SLIP, Part.TWO_SLIPS}


@dataclass(frozen=True)
class Person:
    """An entry after normalising."""

    given: Words
    family: Words
    email: str | None
    phone: str | None

    @property
    def names(self) -> list[str]:
        """All words of the name, in alphabetical order."""
        return sorted((*self.given, *self.family))

    @property
    def contacts(self) -> set[str]:
        return {contact for contact in (self.email, self.phone) if contact}

    @property
    def swapped(self) -> "Person":
        return replace(self, given=self.family, family=self.given)


@dataclass(frozen=True)
class Parts:
    """The four parts of two persons; `row` is turned round where its names are swapped."""

    lost: Person
    row: Person
    given: Part
    family: Part
    email: Part
    phone: Part
    is_swapped: bool

    @property
    def names(self) -> tuple[Part, Part]:
        return (self.given, self.family)

    @property
    def contacts(self) -> tuple[Part, Part]:
        return (self.email, self.phone)

    @property
    def traits(self) -> tuple[str, ...]:
        """What is found of each part, in words."""
        found = {name: getattr(self, name) for name in ("given", "family", "email", "phone")}
        swapped = ("swapped",) if self.is_swapped else ()
        return (*(f"{name} {part.name.lower()}" for name, part in found.items()), *swapped)


def person(identity: Identity, values: Mapping[str, str | None]) -> Person:
    """ "Of several name fields the last is the family name, of a single one its last word." """
    fields = [words(values.get(field)) for field in identity.name]
    if len(fields) == 1:
        fields = [fields[0][:-1], fields[0][-1:]]
    return Person(
        given=tuple(word for field in fields[:-1] for word in field),
        family=fields[-1] if fields else (),
        email=address(values.get(identity.email or "")),
        phone=number(values.get(identity.phone or "")),
    )


def compare(lost: Person, row: Person, others: Sequence[Person]) -> Parts:
    """ "First and last name are compared both straight and swapped; the way in which they agree
    better counts, straight if equal." `others` are all other persons of the customer.
    """
    ways = [
        Parts(
            lost,
            turned,
            given=given_name(lost.given, turned.given, others),
            family=name(lost.family, turned.family),
            email=contact(lost.email, row.email, lost, row, others),
            phone=contact(lost.phone, row.phone, lost, row, others),
            is_swapped=turned is not row,
        )
        for turned in (row, row.swapped)
    ]
    return max(ways, key=names_score)


def names_score(parts: Parts) -> int:
    """ "0.30 given + 0.20 family", in ten-thousandths."""
    return 30 * parts.given.value + 20 * parts.family.value


def name(one: Words, other: Words) -> Part:
    """A name as such; "same: also where words are joined or stand in another order"."""
    if not one or not other:
        return Part.UNKNOWN
    if sorted(one) == sorted(other) or "".join(one) == "".join(other):
        return Part.SAME
    found = text("".join(one), "".join(other))
    if found is not Part.DIFFERENT:
        return found
    return Part.PARTLY if _is_part(one, other) or _is_part(other, one) else Part.DIFFERENT


def given_name(one: Words, other: Words, others: Sequence[Person]) -> Part:
    """ "A given name is neither but different if both spellings are names: by the list (of a double
    name each word), or because another person of the same customer bears it too."
    """
    borne = {person.given for person in others}
    both_are_names = all(
        spelled in borne or "".join(spelled) in GIVEN_NAMES or set(spelled) <= GIVEN_NAMES
        for spelled in (one, other)
    )
    found = name(one, other)
    is_misspelt = found in {Part.SLIP, Part.TWO_SLIPS}
    return Part.DIFFERENT if is_misspelt and both_are_names else found


def text(one: str, other: str) -> Part:
    """ "Slip: one letter wrong, missing, too many or swapped with its neighbour; two slips." """
    found = errors(one, other)
    return Part.DIFFERENT if found is None else (Part.SAME, Part.SLIP, Part.TWO_SLIPS)[found]


def contact(
    one: str | None, other: str | None, lost: Person, row: Person, others: Sequence[Person]
) -> Part:
    """ "Unknown: a contact that is the same but is also used by at least two others of the customer
    (of different names) who share no name with either (the station's phone)."
    """
    if not one or not other:
        return Part.UNKNOWN
    if one != other:
        return text(one, other)
    theirs = {*lost.names, *row.names}
    strangers = {
        tuple(person.names)
        for person in others
        if one in person.contacts and person.names and not theirs & set(person.names)
    }
    return Part.UNKNOWN if len(strangers) >= 2 else Part.SAME


def _is_part(some: Words, all_: Words) -> bool:
    """ "The words of one are among those of the other, or its initials." """
    return all(word in all_ or word in {each[0] for each in all_} for word in some)
