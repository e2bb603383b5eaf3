"""An address book as it is lost and typed again: families, namesakes, a station, typing errors."""

from collections.abc import Callable
from random import Random

from tests.oracle.worlds_data import Data

# Paul and Paula are both in the list of given names; Torvald, Torvalt and Xerxes are not.
GIVEN = (
    "Paul", "Paula", "Jörg", "Torvald", "Torvalt", "Hans-Peter", "Anna Maria", "Maximilian",
    "Ann-Kathrin", "Xerxes", "Bo", None,
)  # fmt: skip
NEIGHBOURS = {
    "Paul": "Paula", "Paula": "Paul", "Torvald": "Torvalt", "Torvalt": "Torvald", "Jörg": "Jürg",
    "Bo": "Bob", "Hans-Peter": "Hans-Petra",
}  # fmt: skip
FAMILY = ("Müller", "Weiß-Groß", "Lüdenscheid", "Ay")
EMAILS = (
    "familie@ff.example", "paul@ff.example", "paula@ff.example", "wache@ff.example", None,
)  # fmt: skip
PHONES = ("+49 151 2345678", "0151 2345687", "+49 89 1234567", "0171/5550001", None)
STATION = {"email": "wache@ff.example", "mobile": "+49 89 1234567"}
LETTERS = "aeinrst"

Retype = Callable[[Random, Data], Data]


def crew(rng: Random) -> Callable[[], Data]:
    """Who may be lost in one world: few names and contacts, so that they meet again."""
    given, family = rng.sample(GIVEN, k=3), rng.sample(FAMILY, k=2)
    emails, phones = rng.sample(EMAILS, k=3), rng.sample(PHONES, k=3)

    def somebody() -> Data:
        person: Data = {
            "first_name": rng.choice(given),
            "last_name": rng.choice(family),
            "email": rng.choice(emails),
            "mobile": rng.choice(phones),
        }
        chance = rng.random()
        if chance < 0.15:
            return person | STATION
        return person | _own_contacts(rng) if chance < 0.55 else person

    return somebody


def _own_contacts(rng: Random) -> Data:
    number = rng.randrange(1000)
    return {"email": f"p{number}@ff.example", "mobile": f"+49 151 7000{number:03}"}


def beside(rng: Random, person: Data, somebody: Callable[[], Data]) -> Data:
    """A relative, a namesake, or a colleague with the same contact."""
    other = somebody()
    kept = rng.choice(
        (
            ("last_name", "email", "mobile"),
            ("first_name", "last_name"),
            ("first_name", "last_name", "email"),
            ("email",),
            ("mobile",),
        )
    )
    return other | {name: person.get(name) for name in kept}


def retyped(rng: Random, person: Data) -> Data:
    """The same person as somebody types it from a list, or from memory."""
    some = [rng.choice(WAYS) for _ in range(rng.choice((0, 1, 1, 1, 2, 2)))]
    typed = person
    for way in rng.choice((some, rng.choice(RECIPES), rng.choice(RECIPES))):
        typed = way(rng, typed)
    return typed


def misspelt(rng: Random, text: str | None) -> str | None:
    """One letter missing, doubled, another, or swapped with its neighbour."""
    if not text:
        return text
    at = rng.randrange(len(text))
    before, letter, after = text[:at], text[at], text[at + 1 :]
    return before + rng.choice(
        (after, letter * 2 + after, rng.choice(LETTERS) + after, after[:1] + letter + after[1:])
    )


def _with_errors(name: str) -> Retype:
    def change(rng: Random, person: Data) -> Data:
        text = person.get(name)
        for _ in range(rng.choice((1, 1, 1, 2))):
            text = misspelt(rng, text)
        return {**person, name: text}

    return change


def _one_of(name: str, values: tuple[str | None, ...]) -> Retype:
    return lambda rng, person: {**person, name: rng.choice(values)}


def _respelled(rng: Random, person: Data) -> Data:
    ways = (str.upper, _without_umlauts, "Dr. {}".format, _without_hyphens, _turned_round)
    name = rng.choice(("first_name", "last_name"))
    return {**person, name: rng.choice(ways)(person.get(name) or "")}


def _without_umlauts(name: str) -> str:
    return name.replace("ü", "ue").replace("ö", "oe").replace("ß", "ss")


def _without_hyphens(name: str) -> str:
    return name.replace("-", "").replace(" ", "").capitalize()


def _turned_round(name: str) -> str:
    return "-".join(reversed(name.replace("-", " ").split()))


def _as_another(rng: Random, person: Data) -> Data:
    """Under a name that is one letter from the own one, and another's."""
    name = person.get("first_name") or ""
    return {**person, "first_name": NEIGHBOURS.get(name, name)}


def _swapped(rng: Random, person: Data) -> Data:
    return {
        **person,
        "first_name": person.get("last_name"),
        "last_name": person.get("first_name"),
    }


def _shortened(rng: Random, person: Data) -> Data:
    """An initial, or one word of several."""
    name = rng.choice(("first_name", "last_name"))
    words = (person.get(name) or "").replace("-", " ").split()
    if not words:
        return person
    return {**person, name: rng.choice((f"{words[0][0]}.", words[0], words[-1]))}


def _in_one_field(rng: Random, person: Data) -> Data:
    whole = " ".join(person.get(name) or "" for name in ("first_name", "last_name"))
    name, other = rng.sample(("first_name", "last_name"), k=2)
    return {**person, name: whole, other: None}


_given = _with_errors("first_name")
_family = _with_errors("last_name")
_email = _with_errors("email")
_mobile = _with_errors("mobile")
_no_given = _one_of("first_name", (None,))
_no_email = _one_of("email", (None,))
_no_mobile = _one_of("mobile", (None,))
_new_email = _one_of("email", ("new@ff.example", *EMAILS))
_new_mobile = _one_of("mobile", ("+49 151 999000", *PHONES))
_married = _one_of("last_name", FAMILY)

WAYS: tuple[Retype, ...] = (
    *(_given, _given, _family, _email, _mobile, _no_given, _no_email, _no_mobile),
    *(_new_email, _new_mobile, _married, _respelled, _respelled, _swapped, _shortened, _shortened),
    *(_in_one_field, _as_another),
)
# What chance seldom puts together, and how often it is to be.
RECIPES: tuple[tuple[Retype, ...], ...] = (
    *[(_no_given,)] * 4,
    *[(_no_given, _email)] * 2,
    *[(_married, _mobile)] * 2,
    *[(_given, _given)] * 3,
    *[(_given, _given, _new_mobile)] * 3,
    *[(_family, _family)] * 3,
    *[(_given, _no_email, _no_mobile)] * 3,
    *[(_given, _new_mobile, _email)] * 4,
    *[(_as_another, _email, _mobile)] * 7,
    *[(_as_another, _new_email)] * 2,
    *[(_email, _mobile)] * 2,
    *[(_shortened,)] * 3,
    *[(_shortened, _new_email)] * 3,
    *[(_swapped, _given, _mobile)] * 2,
)
