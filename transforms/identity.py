"""What a person, or a thing of another kind, is recognised by, in a normal form."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import phonenumbers

from transforms.catalogue import Identity

Values = Mapping[str, str | None]

_TITLES = frozenset(
    ("dr", "prof", "professor", "dipl", "ing", "med", "rer", "nat", "mag", "herr", "frau", "hr")
)
_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "ł": "l", "đ": "d"}
)


@dataclass(frozen=True)
class Person:
    """A person's names, e-mail address and phone number; empty where nothing is known.

    Two are equal where all is the same, whichever name stands first.
    """

    given: str = field(compare=False)
    family: str = field(compare=False)
    email: str
    phone: str
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        names = tuple(sorted((*self.given.split(), *self.family.split())))
        object.__setattr__(self, "names", names)


@dataclass(frozen=True)
class Thing:
    """The exact values by which a thing of another kind is recognised."""

    values: tuple[str, ...]


def normalise(values: Values, identity: Identity, country: str | None) -> Person | Thing | None:
    """The normal form of a record, or None where too little is known to compare it.

    Of the identity's name fields the last is the family name; where there is but one, its last
    word is. `country` (ISO 3166, such as DE) reads phone numbers that are written nationally.
    """
    if not identity.is_personal:
        exact = tuple(values.get(field) or "" for field in identity.exact)
        return Thing(exact) if exact and all(exact) else None
    names = [letters(values.get(field) or "") for field in identity.name]
    if len(names) == 1:
        names = names[0].split()
    person = Person(
        given=" ".join(name for name in names[:-1] if name),
        family=names[-1] if names else "",
        email=(values.get(identity.email or "") or "").strip().casefold(),
        phone=normal_phone(values.get(identity.phone or "") or "", country),
    )
    return person if person.names or person.email or person.phone else None


@lru_cache(maxsize=65_536)
def letters(name: str) -> str:
    """The words of a name without case, accents, umlauts and titles.

    ä, ae and a become one because all three are typed for the same person.
    """
    plain = unicodedata.normalize("NFC", name).casefold().translate(_UMLAUTS)
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", plain)
        if not unicodedata.combining(letter)
    )
    words = re.findall(r"\w+", re.sub("([aou])e", r"\1", bare))
    return " ".join(word for word in words if word not in _TITLES)


@lru_cache(maxsize=65_536)
def normal_phone(phone: str, country: str | None) -> str:
    """E.164 where the number can be read, else its digits."""
    try:
        parsed = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", phone)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
