"""Who is who: when two records are the same person, or the same thing, under different ids.

The two errors do not cost the same: taking two people for one means that one of them gets no
alarm. So `SAME` needs all that is known on either side to be equal after normalising; what is
merely similar is for a human to look at.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import phonenumbers
from rapidfuzz.distance import OSA, JaroWinkler

from transforms.catalogue import Identity

Values = Mapping[str, str | None]

# So many letters may be wrong, missing, too many or swapped with their neighbour in a part of a
# name, and in a long one. Of 13,530 pairs of German first names this takes 51 for one misspelt
# (Paul/Paula), and it finds every single typing error; Jaro-Winkler at 0.88 takes 76 and finds 92
# in a hundred.
_TYPING_ERRORS = 1
_TYPING_ERRORS_IF_LONG = 2
_LONG = 8

_TITLES = frozenset(
    ("dr", "prof", "professor", "dipl", "ing", "med", "rer", "nat", "mag", "herr", "frau", "hr")
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe"})


class Likeness(IntEnum):
    """How two records compare."""

    DIFFERENT = 0
    SIMILAR = 1
    SAME = 2


@dataclass(frozen=True)
class Person:
    """What a person is recognised by, in a normal form; empty where nothing is known."""

    name: tuple[str, ...]
    email: str
    phone: str


@dataclass(frozen=True)
class Thing:
    """The exact values by which a thing of another kind is recognised."""

    values: tuple[str, ...]


def normalise(values: Values, identity: Identity, country: str | None) -> Person | Thing | None:
    """The normal form of a record, or None where too little is known to compare it.

    `country` (ISO 3166, such as DE) reads phone numbers that are written nationally.
    """
    if not identity.is_personal:
        exact = tuple(values.get(field) or "" for field in identity.exact)
        return Thing(exact) if exact and all(exact) else None
    person = Person(
        name=normal_name(" ".join(values.get(field) or "" for field in identity.name)),
        email=(values.get(identity.email or "") or "").strip().casefold(),
        phone=normal_phone(values.get(identity.phone or "") or "", country),
    )
    return person if person.name or person.email or person.phone else None


@lru_cache(maxsize=65_536)
def normal_name(name: str) -> tuple[str, ...]:
    """The parts of a name in alphabetical order, without case, accents, umlauts and titles.

    Order goes because first and last name are swapped; ä, ae and a become one because all three
    are typed for the same person.
    """
    plain = unicodedata.normalize("NFC", name).casefold().translate(_UMLAUTS)
    letters = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", plain)
        if not unicodedata.combining(letter)
    )
    folded = re.sub("([aou])e", r"\1", letters)
    parts = re.findall(r"\w+", folded)
    return tuple(sorted(part for part in parts if part not in _TITLES))


@lru_cache(maxsize=65_536)
def normal_phone(phone: str, country: str | None) -> str:
    """E.164 where the number can be read, else its digits."""
    try:
        parsed = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", phone)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def compare(left: Person | Thing, right: Person | Thing) -> Likeness:
    """Whether two records are the same, may be, or are not."""
    if left == right:
        return Likeness.SAME if _is_sufficient(left) else Likeness.SIMILAR
    if isinstance(left, Person) and isinstance(right, Person) and _may_be_one(left, right):
        return Likeness.SIMILAR
    return Likeness.DIFFERENT


def score(left: Person | Thing, right: Person | Thing) -> float:
    """Between 0 and 1, for the order in which possible pairs are taken."""
    if left == right or isinstance(left, Thing) or isinstance(right, Thing):
        return 1.0 if left == right else 0.0
    contacts = [
        float(a == b) for a, b in ((left.email, right.email), (left.phone, right.phone)) if a and b
    ]
    agreement = sum(contacts) / len(contacts) if contacts else 0.5
    return round(0.6 * _name_similarity(left, right) + 0.39 * agreement, 4)


def _is_sufficient(record: Person | Thing) -> bool:
    """A name alone is no identity: two people may bear it."""
    if isinstance(record, Thing):
        return True
    return bool(record.name) and bool(record.email or record.phone)


def _may_be_one(left: Person, right: Person) -> bool:
    shares_contact = (left.email and left.email == right.email) or (
        left.phone and left.phone == right.phone
    )
    if not left.name or not right.name:
        return bool(shares_contact)
    if left.name == right.name:
        return True
    can_differ = (left.email and right.email) or (left.phone and right.phone)
    return _is_similar_name(left.name, right.name) and bool(shares_contact or not can_differ)


def _is_similar_name(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Every part of the shorter name is one of the longer, misspelt; relatives share only some."""
    shorter, longer = sorted((left, right), key=len)
    return all(any(_is_misspelt(part, other) for other in longer) for part in shorter)


def _is_misspelt(left: str, right: str) -> bool:
    allowed = _TYPING_ERRORS if max(len(left), len(right)) < _LONG else _TYPING_ERRORS_IF_LONG
    return OSA.distance(left, right, score_cutoff=allowed) <= allowed


def _name_similarity(left: Person, right: Person) -> float:
    """The least similar part decides: relatives share the others."""
    shorter, longer = sorted((left.name, right.name), key=len)
    if not shorter:
        return 0.0
    best = (max(JaroWinkler.similarity(part, other) for other in longer) for part in shorter)
    return min(best)
