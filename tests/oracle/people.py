"""Whether two entries may be one person; a stand-in for the similarity that is still to come.

Only what is exactly equal after normalising is certain. The rest is compared loosely.
"""

import re
import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher

from transforms.catalogue import Identity

CERTAIN, POSSIBLE, DIFFERENT = 2, 1, 0
SIMILAR_NAMES = 0.8

Values = Mapping[str, str | None]

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
TITLES = frozenset({"dr", "prof", "dipl", "ing", "med", "herr", "frau"})


def compare_persons(identity: Identity, one: Values, other: Values) -> int:
    """Certain, possible or different, by name, e-mail address and phone number."""
    names = [_name(identity, person) for person in (one, other)]
    contacts = _contacts(identity, one, other)
    same_contact = any(mine is not None and mine == theirs for mine, theirs in contacts)
    if is_same_person(identity, one, other):
        return CERTAIN if names[0] and same_contact else POSSIBLE
    if not all(names):
        return POSSIBLE if same_contact else DIFFERENT
    if names[0] == names[1]:
        return POSSIBLE
    can_differ = any(mine and theirs for mine, theirs in contacts)
    is_similar = _similarity(*names) >= SIMILAR_NAMES
    return POSSIBLE if is_similar and (same_contact or not can_differ) else DIFFERENT


def is_same_person(identity: Identity, one: Values, other: Values) -> bool:
    """Whether all that is known of either is the same."""
    mine, theirs = (
        (_name(identity, person), *(pair[n] for pair in _contacts(identity, one, other)))
        for n, person in enumerate((one, other))
    )
    return mine == theirs and any(mine)


def likeness(identity: Identity, one: Values, other: Values) -> float:
    """Of several that may be one person, the higher is the likelier."""
    if is_same_person(identity, one, other):
        return 1.0
    contacts = [
        mine == theirs for mine, theirs in _contacts(identity, one, other) if mine and theirs
    ]
    agreement = sum(contacts) / len(contacts) if contacts else 0.5
    names = [_name(identity, person) for person in (one, other)]
    return 0.6 * (_similarity(*names) if all(names) else 0) + 0.39 * agreement


def _similarity(one: str, other: str) -> float:
    """By the part that is least alike, so that relatives are different."""
    shorter, longer = sorted((one.split(), other.split()), key=len)
    return min(max(SequenceMatcher(None, part, its).ratio() for its in longer) for part in shorter)


def _contacts(
    identity: Identity, one: Values, other: Values
) -> list[tuple[str | None, str | None]]:
    emails = [_email(person.get(identity.email or "")) for person in (one, other)]
    phones = [_phone(person.get(identity.phone or "")) for person in (one, other)]
    return [(emails[0], emails[1]), (phones[0], phones[1])]


def _name(identity: Identity, person: Mapping[str, str | None]) -> str:
    """Case, accents, ä/ae, ß/ss, titles and the order of first and last name don't count."""
    whole = " ".join(person.get(field) or "" for field in identity.name)
    spelled = unicodedata.normalize("NFC", whole).casefold().translate(UMLAUTS)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    words = [word for word in re.split(r"[^a-z0-9]+", plain) if word]
    return " ".join(sorted(word for word in words if word not in TITLES))


def _email(address: str | None) -> str | None:
    return (address or "").strip().casefold() or None


def _phone(number: str | None) -> str | None:
    """In E.164, for German numbers."""
    digits = re.sub(r"[^0-9+]", "", (number or "").replace("(0)", ""))
    for prefix, country in (("+", "+"), ("00", "+"), ("0", "+49")):
        if digits.startswith(prefix):
            return country + digits.removeprefix(prefix)
    return digits or None
