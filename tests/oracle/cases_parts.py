"""One world a sentence of the decision "Who was created again by hand": normal forms and parts."""

from typing import Any

from tests.oracle.drawing import Case, Said, event, line, row, world
from tests.oracle.model import FE2, Row

HAD_BEFORE = "12:00"
PAUL = {
    "first_name": "Paul",
    "last_name": "Lohse",
    "email": "paul@ff.example",
    "mobile": "+49 151 2345678",
}
OTHER_PHONE = {"mobile": "+49 171 5550001"}
OTHER_EMAIL = {"email": "neu@post.example"}
NO_CONTACT = {"email": None, "mobile": None}
SLIPPED_CONTACTS = {"email": "paul@fff.example", "mobile": "+49 151 2345679"}
STATION = {"email": "wache@ff.example", "mobile": None}
ONE_FIELD = FE2.model_copy(
    update={
        "kinds": {
            "person": FE2.kinds["person"].model_copy(
                update={
                    "identity": FE2.kinds["person"].identity.model_copy(
                        update={"name": ("last_name",)}
                    )
                }
            )
        }
    }
)


def typed_again(
    rule: str,
    verdict: str,
    *beside: Row,
    lost: dict[str, str | None] | None = None,
    typed: dict[str, str | None] | None = None,
    **given: Any,
) -> Case:
    """Paul, with what is different of him, was lost as P1 and typed again, differently, as P9."""
    person = {**PAUL, **(lost or {})}
    drawn = world(
        line("20:10", "create", "person", "P1"),
        event("20:10", "create", "person", "P1", data=person),
        row("23:30", "person", "P9", data={**person, **(typed or {})}),
        *beside,
        **given,
    )
    matched = None if verdict == "lost" else "P9"
    found = Said("A", "person", "P1", "created", verdict, matched_id=matched)
    return Case(rule, drawn, (found,))


def somebody(id_: str, created: str | None = HAD_BEFORE, **data: str | None) -> Row:
    """Somebody of this data who is not lost, Paul's for the rest."""
    return row(created, "person", id_, data={**PAUL, **data})


NORMALISING = [
    typed_again(
        "ä, ae and a are one, so are ß and ss",
        "restored",
        lost={"first_name": "Jörg", "last_name": "Weiß"},
        typed={"first_name": "Jorg", "last_name": "WÉISS"},
    ),
    typed_again(
        "titles and punctuation don't count",
        "restored",
        lost={"first_name": "Jo"},
        typed={"first_name": "Prof. Dr. Jo,"},
    ),
    typed_again(
        "a number is the same in national and international form",
        "restored",
        typed={"mobile": "0151 / 23 45 67 8", **OTHER_EMAIL},
    ),
    typed_again(
        "a number that can't be read is its digits",
        "restored",
        lost={"mobile": "+999 1234567"},
        typed={"mobile": "+999/12345-67", **OTHER_EMAIL},
    ),
    typed_again(
        "of a single name field the last word is the family name",
        "restored",
        lost={"last_name": "Hans Peter Lohse"},
        typed={"last_name": "Peter Hans Lohsee", **OTHER_EMAIL},
        catalogue=ONE_FIELD,
    ),
]

PARTS = [
    typed_again(
        "a name is the same where its words are joined",
        "restored",
        lost={"first_name": "Hans-Peter"},
        typed={"first_name": "Hanspeter", **OTHER_PHONE},
    ),
    typed_again(
        "or stand in another order",
        "restored",
        lost={"first_name": "Hans-Peter"},
        typed={"first_name": "Peter Hans", **OTHER_PHONE},
    ),
    typed_again(
        "two neighbouring letters swapped are one slip", "restored", typed={"last_name": "Lohes"}
    ),
    typed_again("a word of four letters may have a slip", "restored", typed={"first_name": "Pxul"}),
    typed_again(
        "a word of three letters may have none",
        "review",
        lost={"first_name": "Xen"},
        typed={"first_name": "Xem"},
    ),
    typed_again(
        "the longer spelling counts",
        "restored",
        lost={"first_name": "Xen"},
        typed={"first_name": "Xenn"},
    ),
    typed_again(
        "a word of eight letters may have two slips",
        "restored",
        lost={"first_name": "Torvalde"},
        typed={"first_name": "Trovalda"},
    ),
    typed_again(
        "a word of seven may not",
        "review",
        lost={"first_name": "Torvald"},
        typed={"first_name": "Trovalt"},
    ),
    typed_again(
        "a given name is different where both are in the list of names",
        "review",
        typed={"first_name": "Paula"},
    ),
    typed_again(
        "so is a double name of such words",
        "review",
        lost={"first_name": "Hans-Peter"},
        typed={"first_name": "Hans-Petra"},
    ),
    typed_again(
        "and where another person of the customer bears it",
        "review",
        somebody("P7", "23:40", first_name="Torvald", last_name="Ay", **NO_CONTACT),
        somebody("P8", "23:40", first_name="Torvalt", last_name="Ay", **NO_CONTACT),
        lost={"first_name": "Torvald"},
        typed={"first_name": "Torvalt"},
    ),
    typed_again(
        "what only one of them is the name of somebody may be a slip",
        "restored",
        somebody("P8", "23:40", first_name="Torvalt", last_name="Ay", **NO_CONTACT),
        lost={"first_name": "Torvald"},
        typed={"first_name": "Torvalt"},
    ),
    typed_again(
        "an initial is partly the name",
        "review",
        somebody("P8", first_name=None, last_name="Ay", mobile=None),
        typed={"first_name": "P.", "last_name": None, **OTHER_PHONE},
    ),
    typed_again(
        "so is one word of several",
        "review",
        somebody("P8", first_name=None, last_name="Ay", mobile=None),
        lost={"first_name": "Hans-Peter"},
        typed={"first_name": "Peter", "last_name": None, **OTHER_PHONE},
    ),
    typed_again(
        "another initial is not",
        "lost",
        somebody("P8", first_name=None, last_name="Ay", mobile=None),
        typed={"first_name": "B.", "last_name": None, **OTHER_PHONE},
    ),
    typed_again(
        "a contact that two others use, of other names, says nothing",
        "lost",
        somebody("P7", first_name="Bernd", last_name="Ay", **STATION),
        somebody("P8", first_name="Cem", last_name="Braun", **STATION),
        lost=STATION,
        typed={"first_name": "Xerxes"},
    ),
    typed_again(
        "of one name they are one",
        "review",
        somebody("P7", first_name="Bernd", last_name="Ay", **STATION),
        somebody("P8", first_name="Bernd", last_name="Ay", email="wache@ff.example"),
        lost=STATION,
        typed={"first_name": "Xerxes", "last_name": "Kuhn"},
    ),
    typed_again(
        "first and last name may be swapped",
        "restored",
        typed={"first_name": "Lohsee", "last_name": "Paul", **OTHER_PHONE},
    ),
]
