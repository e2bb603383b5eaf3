"""How alike two persons are, and whether that makes them one.

The two errors do not cost the same: taking two people for one means that one of them gets no
alarm. People of one family share a name, an address and a phone, so the given name has to be the
same, or misspelt into what is nobody's name; and a contact has to be the same, and their own. What
is merely possible is for a human to look at.

The rules stand in `certainty`. They were chosen on labelled pairs, whose figures
`python -m tests.benchmarks.linkage` prints.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from functools import lru_cache
from itertools import islice

from rapidfuzz.distance import OSA

from transforms.given_names import GIVEN_NAMES
from transforms.identity import Person, Thing

# So many letters may be wrong, missing, too many or swapped with their neighbour in a word, and in
# a long one; in a short one none: Ute and Uwe.
_SLIPS = 1
_SLIPS_IF_LONG = 2
_SHORT = 4
_LONG = 8
_SEVERAL = 2


class Part(Enum):
    """How one part of two records compares; the value is for the score."""

    SAME = 1.0
    SLIP = 0.85
    TWO_SLIPS = 0.7
    PARTLY = 0.6
    UNKNOWN = 0.5
    DIFFERENT = 0.0


_WEIGHTS = {"given": 0.3, "family": 0.2, "email": 0.25, "phone": 0.25}
_MISSPELT = (Part.SLIP, Part.TWO_SLIPS)
_AGREE = (Part.SAME, *_MISSPELT)
# What is not the same all over scores less than what is.
_HIGHEST = 0.99


class Likeness(IntEnum):
    """Whether two records are one person."""

    DIFFERENT = 0
    POSSIBLE = 1
    CERTAIN = 2
    EQUAL = 3


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How two records compare, part by part."""

    given: Part
    family: Part
    email: Part
    phone: Part
    # None of their contacts leads to somebody else who may be meant.
    is_alone: bool = False
    # The other, the row, has no given name.
    is_nameless: bool = False

    @property
    def parts(self) -> dict[str, Part]:
        """By name, in the order in which people read them."""
        return {name: getattr(self, name) for name in _WEIGHTS}

    @property
    def score(self) -> float:
        """Between 0 and 1, for the order in which possible pairs are taken."""
        total = sum(_WEIGHTS[name] * part.value for name, part in self.parts.items())
        # Rounded twice, so that equal sums of other parts are equal as floats, too.
        return round(_HIGHEST * round(total, 4), 4)


SAME_ALL_OVER = Agreement(given=Part.SAME, family=Part.SAME, email=Part.SAME, phone=Part.SAME)


class Register:
    """The persons of one customer, the lost ones and those of the new database.

    What several bear or use is no mark of one.
    """

    def __init__(self, lost: Iterable[Person], rows: Iterable[Person]) -> None:
        self._lost = _by_mark(lost)
        self._rows = _by_mark(rows)
        # The names of all who use a contact, each once.
        self._users: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for marked in (self._lost, self._rows):
            for mark, people in marked.items():
                self._users[mark].update(person.names for person in people)

    def _others(self, mark: str, one: Person, other: Person) -> list[Person]:
        """Who else bears a given name or uses a contact than the lost `one` and the row `other`.

        Lost persons that are the same all over count as one, and so do rows.
        """
        lost = [person for person in self._lost[mark] if person != one]
        return lost + [person for person in self._rows[mark] if person != other]

    def is_name(self, given: str, one: Person, other: Person, *also: Person) -> bool:
        """Whether this is somebody's name and not just a typing error of who is asked about.

        A double name is, if its words are: Hans-Petra is not a misspelt Hans-Peter.
        """
        words = given.split()
        if "".join(words) in GIVEN_NAMES or GIVEN_NAMES.issuperset(words):
            return True
        bearers = self._others(given, one, other)
        return any(person.given == given and person not in also for person in bearers)

    def is_common(self, contact: str, one: Person, other: Person) -> bool:
        """Whether several use it who share no name with either: a station's phone says nothing."""
        known = {*one.names, *other.names}
        strangers = (names for names in self._users[contact] if names and known.isdisjoint(names))
        return len(list(islice(strangers, _SEVERAL))) == _SEVERAL

    def are_alone(self, one: Person, other: Person) -> bool:
        """Whether no contact of the lost `one` and the row `other` leads to who else may be meant.

        A relative of another given name is not meant, where both have one.
        """
        others = [
            user
            for contact in {one.email, other.email, one.phone, other.phone}
            for user in self._others(contact, one, other)
        ]
        if not one.given or not other.given:
            return not others
        return not any(
            _given(user.given, mine, self, one, other, user) is not Part.DIFFERENT
            for user in others
            for mine in (one.given, other.given)
        )


def _by_mark(people: Iterable[Person]) -> dict[str, list[Person]]:
    """Who bears a given name or uses a contact.

    Lists, for two who are equal may have their names the other way round.
    """
    found: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        for mark in {person.given, person.email, person.phone} - {""}:
            found[mark].append(person)
    return found


def compare(one: Person, other: Person, register: Register) -> Agreement:
    """Compare a lost person with a row part by part, the names in the order that agrees best."""
    turned = replace(other, given=other.family, family=other.given)
    straight = Agreement(
        given=_given(one.given, other.given, register, one, other),
        family=_word(one.family, other.family),
        email=_contact(one.email, other.email, one, other, register),
        phone=_contact(one.phone, other.phone, one, other, register),
    )
    swapped = replace(
        straight,
        given=_given(one.given, turned.given, register, one, turned),
        family=_word(one.family, turned.family),
    )
    best, row = (swapped, turned) if swapped.score > straight.score else (straight, other)
    # Whether they are alone takes long to tell where a whole station shares a phone, and matters
    # only with a contact of their own.
    is_asked = Part.SAME in (best.email, best.phone) or one == row
    return replace(
        best,
        is_alone=is_asked and register.are_alone(one, row),
        is_nameless=bool(one.given) and not row.given,
    )


def likeness(one: Person | Thing, other: Person | Thing, agreement: Agreement) -> Likeness:
    """Whether two records of this agreement are one."""
    if isinstance(one, Thing) or isinstance(other, Thing):
        return Likeness.EQUAL if one == other else Likeness.DIFFERENT
    if one == other and _is_somebody(one, agreement):
        return Likeness.EQUAL
    return certainty(agreement)


def certainty(agreement: Agreement) -> Likeness:
    """The rule table: what is certain, what is possible."""
    if _is_certain(agreement):
        return Likeness.CERTAIN
    return Likeness.POSSIBLE if _is_possible(agreement) else Likeness.DIFFERENT


def _is_certain(agreement: Agreement) -> bool:
    """One part may differ, where all the rest says that it is the same person."""
    contacts = (agreement.email, agreement.phone)
    if Part.SAME not in contacts:
        return False
    both_agree = all(part in _AGREE for part in contacts)
    if agreement.family in _AGREE:
        if agreement.given in _AGREE:
            # Namesakes may share one contact: an address is made of a name.
            is_doubtful = Part.DIFFERENT in contacts and agreement.given is Part.TWO_SLIPS
            return both_agree or (agreement.is_alone and not is_doubtful)
        # Of one family, and nobody else is known who has the same phone and address.
        return agreement.is_nameless and both_agree and agreement.is_alone
    # Married since, or only the first name was typed: then all else has to be there.
    return agreement.given is Part.SAME and both_agree


def _is_possible(agreement: Agreement) -> bool:
    contacts = (agreement.email, agreement.phone)
    agreeing = sum(part in _AGREE for part in contacts)
    names = (agreement.given, agreement.family)
    if Part.SAME in contacts and (agreement.is_alone or agreeing == len(contacts)):
        return True
    if all(part in _AGREE for part in names):
        return agreement.given is Part.SAME or agreeing > 0 or Part.DIFFERENT not in contacts
    if any(part in (*_AGREE, Part.PARTLY) for part in names):
        return Part.SAME in contacts or agreeing == len(contacts)
    return False


def _is_somebody(person: Person, agreement: Agreement) -> bool:
    """Whether all that is known of a person is enough to know who it is.

    A name alone is not: two people may bear it. Nor is a family's name with a family's phone.
    """
    has_contact = bool(person.email or person.phone)
    return has_contact and (len(person.names) > 1 or (bool(person.names) and agreement.is_alone))


def _given(
    mine: str, theirs: str, register: Register, one: Person, other: Person, *also: Person
) -> Part:
    found = _word(mine, theirs)
    both_are_names = found in _MISSPELT and all(
        register.is_name(given, one, other, *also) for given in (mine, theirs)
    )
    return Part.DIFFERENT if both_are_names else found


@lru_cache(maxsize=65_536)
def _word(one: str, other: str) -> Part:
    if not one or not other:
        return Part.UNKNOWN
    mine, theirs = one.split(), other.split()
    if sorted(mine) == sorted(theirs):
        return Part.SAME
    found = _text("".join(mine), "".join(theirs))
    is_part = _is_part(mine, theirs) or _is_part(theirs, mine)
    return Part.PARTLY if found is Part.DIFFERENT and is_part else found


def _text(one: str, other: str) -> Part:
    longest = max(len(one), len(other))
    allowed = 0 if longest < _SHORT else _SLIPS if longest < _LONG else _SLIPS_IF_LONG
    errors = OSA.distance(one, other, score_cutoff=allowed)
    by_errors = (Part.SAME, Part.SLIP, Part.TWO_SLIPS)
    return by_errors[errors] if errors <= allowed else Part.DIFFERENT


def _is_part(some: list[str], words: list[str]) -> bool:
    """Hans of Hans-Peter, J. of Jörg."""
    return all(
        any(word == it or (len(word) == 1 and it.startswith(word)) for it in words) for word in some
    )


def _contact(one: str, other: str, left: Person, right: Person, register: Register) -> Part:
    if not one or not other:
        return Part.UNKNOWN
    is_common = one == other and register.is_common(one, left, right)
    return Part.UNKNOWN if is_common else _text(one, other)
