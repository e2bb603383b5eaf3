"""Persons created again by hand, with all that goes wrong in typing, and who is who.

A labelled set for choosing and checking the rules by which two records are one person. Each lost
person was created again or was not; among and beside them are relatives with the same phone and
e-mail address, namesakes, and colleagues who share the station's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from data_samples.names import FIRST_NAMES, LAST_NAMES, address, mobile, respellings

Values = Mapping[str, str]

_ROWS_OF_KEYS = ("1234567890ß", "qwertzuiopü", "asdfghjklöä", "yxcvbnm")
_STATION = {"email": "wache@feuerwehr.example", "mobile": "+49 89 1234567"}

# How often what happens to somebody who is created again: in each part of the name, in each
# contact.
_MISSPELT_NAME = 0.15
_MISSPELT_CONTACT = 0.06
_CHANGED_CONTACT = 0.04
_LEFT_OUT = 0.04
_RESPELT = 0.3
_MARRIED = 0.02
# How many of the lost have a relative among the lost, somebody who was created in the same days and
# is somebody else, or the station's contacts.
_RELATIVES_LOST = 0.1
_RELATIVES_ELSE = 0.02
_NAMESAKES = 0.02
_STATIONED = 0.05


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person as somebody typed it: `customer_id`, and the fields of the catalogue."""

    id: str
    customer_id: str
    values: Values


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """`truth` names for each of the `lost` its row in `rows`, or None."""

    lost: tuple[Person, ...]
    rows: tuple[Person, ...]
    truth: Mapping[str, str | None]


def german_persons(
    count: int, seed: int, *, again: float = 0.8, customer_size: int = 40
) -> Labelled:
    """Make up `count` lost persons; a share of `again` was created again."""
    rng = Random(seed)
    lost: list[Person] = []
    rows: list[Person] = []
    truth: dict[str, str | None] = {}
    for number in range(count):
        customer_id, somebody = f"{number // customer_size}", _somebody(rng)
        if number % customer_size and rng.random() < _RELATIVES_LOST:
            somebody = relative(lost[-1], rng).values
        person = Person(id=f"P-{number}", customer_id=customer_id, values=somebody)
        lost.append(person)
        is_again = rng.random() < again
        truth[person.id] = f"N-{number}" if is_again else None
        if is_again:
            rows.append(replace(person, id=f"N-{number}", values=retyped(person.values, rng)))
        rows += _beside(person, rng)
    rng.shuffle(rows)
    return Labelled(lost=tuple(lost), rows=tuple(rows), truth=truth)


def _somebody(rng: Random) -> Values:
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    contacts = {"email": address(rng, first, last, "post.example"), "mobile": mobile(rng)}
    if rng.random() < _STATIONED:
        contacts |= _STATION
    return {"first_name": first, "last_name": last, **contacts}


def _beside(person: Person, rng: Random) -> list[Person]:
    """People who were created in the same days and are somebody else."""
    found = []
    if rng.random() < _RELATIVES_ELSE:
        found.append(relative(person, rng))
    if rng.random() < _NAMESAKES:
        values = {**person.values, "email": f"{rng.randrange(10**9)}@x.de", "mobile": mobile(rng)}
        found.append(replace(person, id=f"{person.id}-namesake", values=values))
    return found


def relative(person: Person, rng: Random, names: tuple[str, ...] = FIRST_NAMES) -> Person:
    """Somebody of the same family name, phone and e-mail address."""
    others = [name for name in names if name != person.values["first_name"]]
    values = {**person.values, "first_name": rng.choice(others)}
    return replace(person, id=f"{person.id}-relative", values=values)


def retyped(person: Values, rng: Random) -> Values:
    """The same person as somebody types it from a list, or from memory."""
    values = dict(person)
    if rng.random() < _RESPELT:
        values = rng.choice(list(respellings(values, rng).values()))
    for name in ("first_name", "last_name"):
        if rng.random() < _MISSPELT_NAME:
            values[name] = misspelt(values[name], rng)
    if rng.random() < _MARRIED:
        values["last_name"] = rng.choice(LAST_NAMES)
    values["email"] = retyped_contact(values["email"], f"{rng.randrange(10**9)}@neu.example", rng)
    values["mobile"] = retyped_contact(values["mobile"], mobile(rng), rng)
    return values


def retyped_contact(contact: str, another: str, rng: Random) -> str:
    """A contact as it is typed again: the same, misspelt, left out, or another one by now."""
    chance = rng.random()
    for share, outcome in ((_CHANGED_CONTACT, another), (_LEFT_OUT, "")):
        if chance < share:
            return outcome
        chance -= share
    return misspelt(contact, rng) if chance < _MISSPELT_CONTACT else contact


def misspelt(text: str, rng: Random) -> str:
    """One typing error: a letter missed, doubled, swapped with the next, or its neighbour's key."""
    place = rng.randrange(len(text)) if text else 0
    before, letter, after = text[:place], text[place : place + 1], text[place + 1 :]
    kind = rng.randrange(4)
    if kind == 0:
        return before + after
    if kind == 1:
        return before + letter * 2 + after
    if kind == 2 and after:
        return before + after[0] + letter + after[1:]
    return before + _neighbour(letter, rng) + after


def _neighbour(letter: str, rng: Random) -> str:
    """A key beside this one on a German keyboard."""
    for row in _ROWS_OF_KEYS:
        place = row.find(letter.lower())
        if letter and place >= 0:
            beside = [row[near] for near in (place - 1, place + 1) if 0 <= near < len(row)]
            return rng.choice(beside)
    return letter
