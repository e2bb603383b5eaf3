"""One world a sentence of the decision "Who was created again by hand": certain or possible?"""

from tests.oracle.cases_parts import (
    HAD_BEFORE,
    NO_CONTACT,
    OTHER_EMAIL,
    OTHER_PHONE,
    PAUL,
    SLIPPED_CONTACTS,
    somebody,
    typed_again,
)
from tests.oracle.drawing import row

CERTAIN = [
    typed_again(
        "what is the same all over, with one word of a name, is certain where they are alone",
        "restored",
        lost={"first_name": None},
    ),
    typed_again(
        "a family's name with a family's phone is not",
        "review",
        somebody("P8", first_name="Cem", email=None),
        lost={"first_name": None},
    ),
    typed_again("nor is a name without a contact", "review", lost=NO_CONTACT),
    typed_again(
        "both names and both contacts agree",
        "restored",
        somebody("P8", first_name=None),
        typed={"first_name": "Pahl", "email": "pau@ff.example"},
    ),
    typed_again(
        "one contact has to be the same",
        "review",
        typed=SLIPPED_CONTACTS,
    ),
    typed_again(
        "both names agree, one contact is the same, and they are alone",
        "restored",
        typed=OTHER_PHONE,
    ),
    typed_again(
        "they are not where somebody else who may be meant uses it",
        "review",
        somebody("P8", last_name="Ay", **OTHER_EMAIL),
        typed=OTHER_EMAIL,
    ),
    typed_again(
        "a given name with two slips and another phone is somebody else's as likely",
        "review",
        lost={"first_name": "Torvalde"},
        typed={"first_name": "Trovalda", **OTHER_PHONE},
    ),
    typed_again(
        "but not where the phone is unknown",
        "restored",
        lost={"first_name": "Torvalde"},
        typed={"first_name": "Trovalda", "mobile": None},
    ),
    typed_again(
        "the row has no given name, and they are alone",
        "restored",
        typed={"first_name": None, "email": "paull@ff.example"},
    ),
    typed_again(
        "of a family nobody is alone",
        "review",
        somebody("P8", first_name="Cem", email=None),
        typed={"first_name": None, "email": "paull@ff.example"},
    ),
    typed_again(
        "only the row may have none",
        "review",
        lost={"first_name": None},
        typed={"first_name": "Paul"},
    ),
    typed_again(
        "married since: the given name and a contact are the same, and the other agrees",
        "restored",
        typed={"last_name": "Ay", "email": "paull@ff.example"},
    ),
    typed_again(
        "both contacts have to",
        "review",
        typed={"last_name": "Ay", **OTHER_EMAIL},
    ),
    typed_again(
        "and the given name has to be the same",
        "review",
        typed={"last_name": "Ay", "first_name": "Pauk"},
    ),
]

ALONE = [
    typed_again(
        "whose given name differs from both is not meant",
        "restored",
        somebody("P8", first_name="Paula"),
        typed=OTHER_PHONE,
    ),
    typed_again(
        "who has none may be",
        "review",
        somebody("P8", first_name=None, email=None),
        typed=OTHER_EMAIL,
    ),
    typed_again(
        "so may who uses the row's other contact",
        "review",
        somebody("P8", email=None, last_name="Ay", **OTHER_PHONE),
        typed=OTHER_PHONE,
    ),
    typed_again(
        "also where nobody knows since when",
        "review",
        somebody("P8", None, email=None, last_name="Ay", **OTHER_PHONE),
        typed=OTHER_PHONE,
    ),
    typed_again(
        "somebody of another customer is not",
        "restored",
        row(HAD_BEFORE, "person", "P8", data={**PAUL, **OTHER_PHONE}, customer="B"),
        typed=OTHER_PHONE,
    ),
    typed_again(
        "a row of the very same values is the same",
        "restored",
        row("23:40", "person", "P8", data={**PAUL, **OTHER_PHONE}),
        typed=OTHER_PHONE,
    ),
    typed_again(
        "whose name is misspelt may be, and bearing it alone does not make it a name",
        "review",
        somebody("P8", first_name="Torvalt", email=None),
        lost={"first_name": "Torvald"},
        typed={"first_name": "Torvald", **OTHER_EMAIL},
    ),
]

POSSIBLE = [
    typed_again(
        "a contact is the same, and the other agrees: a relative, or who has the phone now",
        "review",
        typed={"first_name": "Xerxes", "last_name": "Ay", "email": "paull@ff.example"},
    ),
    typed_again(
        "a contact is the same, and they are alone",
        "review",
        typed={"first_name": "Xerxes", "last_name": "Ay", **OTHER_PHONE},
    ),
    typed_again(
        "a contact that others use is not enough",
        "lost",
        somebody("P8", last_name="Kuhn", mobile=None),
        typed={"first_name": "Xerxes", "last_name": "Ay", **OTHER_PHONE},
    ),
    typed_again(
        "both names agree, and the given name is the same",
        "review",
        typed=OTHER_EMAIL | OTHER_PHONE,
    ),
    typed_again(
        "both names agree, and so does a contact",
        "review",
        typed={**SLIPPED_CONTACTS, **OTHER_PHONE, "first_name": "Pxul"},
    ),
    typed_again(
        "both names agree, and no contact differs",
        "review",
        typed={**NO_CONTACT, "first_name": "Pxul"},
    ),
    typed_again(
        "a misspelt given name with another phone is somebody else",
        "lost",
        typed={"email": None, **OTHER_PHONE, "first_name": "Pxul"},
    ),
    typed_again(
        "one name agrees, and a contact is the same",
        "review",
        somebody("P8", last_name="Kuhn", mobile=None),
        typed={"last_name": "Ay", **OTHER_PHONE},
    ),
    typed_again(
        "one name and both contacts agree",
        "review",
        typed={"first_name": "Paula", **SLIPPED_CONTACTS},
    ),
    typed_again(
        "one name and one contact that merely agrees are not enough",
        "lost",
        typed={"first_name": "Paula", **SLIPPED_CONTACTS, **OTHER_PHONE},
    ),
    typed_again(
        "persons are compared whose whole names are one letter apart",
        "review",
        lost={"last_name": "Ludenscheid"},
        typed={"last_name": "Lundenscheid", **NO_CONTACT},
    ),
    typed_again(
        "but not where they are two",
        "lost",
        lost={"last_name": "Ludenscheid"},
        typed={"last_name": "Lundenscheit", **NO_CONTACT},
    ),
]
