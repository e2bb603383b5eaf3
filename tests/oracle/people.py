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

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
TITLES = frozenset({"dr", "prof", "dipl", "ing", "med", "herr", "frau"})


def compare_persons(
    identity: Identity, one: Mapping[str, str | None], other: Mapping[str, str | None]
) -> int:
    """Certain, possible or different, by name, e-mail address and phone number."""
    names = [_name(identity, person) for person in (one, other)]
    emails = [_email(person.get(identity.email or "")) for person in (one, other)]
    phones = [_phone(person.get(identity.phone or "")) for person in (one, other)]
    same_contact = any(mine is not None and mine == theirs for mine, theirs in (emails, phones))
    if names[0] == names[1] and emails[0] == emails[1] and phones[0] == phones[1] and same_contact:
        return CERTAIN
    if names[0] and names[0] == names[1]:
        return POSSIBLE
    alike = SequenceMatcher(None, names[0], names[1]).ratio() >= SIMILAR_NAMES
    return POSSIBLE if same_contact and alike else DIFFERENT


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
