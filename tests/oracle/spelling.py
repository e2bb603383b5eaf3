"""Names, addresses and numbers as the decision "Who was created again by hand" spells them."""

import re
import unicodedata
from functools import cache

import phonenumbers

TITLES = {
    *("dr", "prof", "professor", "dipl", "ing", "med", "rer", "nat", "mag", "herr", "frau", "hr"),
}
COUNTRY = "DE"


@cache
def words(name: str | None) -> tuple[str, ...]:
    """ "Case, accents, ä/ae/a, ß/ss, punctuation, titles" don't count. ä is ae, and ae a."""
    lower = unicodedata.normalize("NFC", name or "").casefold()
    for letter, spelled in zip(
        "äöüßæøłđ", ("ae", "oe", "ue", "ss", "ae", "oe", "l", "d"), strict=True
    ):
        lower = lower.replace(letter, spelled)
    decomposed = unicodedata.normalize("NFKD", lower)
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    for spelled in "aou":
        plain = plain.replace(f"{spelled}e", spelled)
    found = re.findall(r"[^\W_]+", plain)
    return tuple(word for word in found if word not in TITLES)


def address(email: str | None) -> str | None:
    """Case does not count."""
    return (email or "").strip().casefold() or None


@cache
def number(phone: str | None) -> str | None:
    """ "E.164 by the customer's country; of what is no number, its digits." """
    typed = phone or ""
    try:
        parsed = phonenumbers.parse(typed, COUNTRY)
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", typed) or None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


@cache
def distance(one: str, other: str) -> int:
    """How many letters are wrong, missing, too many or swapped with their neighbour.

    Optimal string alignment: Damerau-Levenshtein where nothing swapped is touched again.
    """
    costs = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            is_wrong = one[i - 1] != other[j - 1]
            costs[i, j] = min(
                costs[i - 1, j] + 1, costs[i, j - 1] + 1, costs[i - 1, j - 1] + is_wrong
            )
            if i > 1 and j > 1 and one[i - 2 : i] == other[j - 1] + other[j - 2]:
                costs[i, j] = min(costs[i, j], costs[i - 2, j - 2] + 1)
    return costs[len(one), len(other)]


def errors(one: str, other: str) -> int | None:
    """How many typing errors lie between two words; None where they are more than one "in a word
    (or address, or number) of four letters and more, two in one of eight letters and more". The
    longer one counts.
    """
    longer = max(len(one), len(other))
    allowed = 0 if longer < 4 else 1 if longer < 8 else 2
    if abs(len(one) - len(other)) > allowed:
        return None
    found = distance(one, other)
    return found if found <= allowed else None
