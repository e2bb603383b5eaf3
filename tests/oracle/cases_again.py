"""One world a rule: references, and what was created again by hand (section 4.3)."""

from typing import Any

from tests.oracle.drawing import (
    ANNA,
    BERND,
    UNCERTAIN,
    Case,
    Said,
    event,
    line,
    row,
    world,
)
from tests.oracle.model import Row, World

LOST_P1 = Said("A", "person", "P1", "created", "lost")
UPDATED_P1 = Said("A", "person", "P1", "updated", "stale")
# The same name, and nothing else.
ELSEWHERE = {"email": "anna@neu.example", "mobile": "+49 152 7654321"}
UNIDENTIFIED = Said("A", "person", None, "created", "unidentified")

REFERENCES = [
    Case(
        "an update of something of whose creation nothing is known",
        world(line("20:10", "update", "person", "P1")),
        (UPDATED_P1._replace(verdict="review", reason="update_of_missing"),),
    ),
    Case(
        "is lost where what it refers to is lost",
        world(
            line("20:10", "create", "person", "P1"),
            line("20:20", "update", "availability", "P1"),
        ),
        (LOST_P1, Said("A", "availability", "P1", "updated", "lost", reason="update_of_missing")),
    ),
    Case(
        "what belongs to something deleted or cancelled is cancelled, parent_gone",
        world(
            line("20:10", "create", "person", "P1"),
            line("20:20", "create", "provisioning", "V1"),
            event("20:20", "create", "provisioning", "V1", data={"person_id": "P1", "app": "x"}),
            line("20:30", "delete", "person", "P1"),
        ),
        (
            Said("A", "person", "P1", "deleted", "cancelled"),
            Said("A", "provisioning", "V1", "created", "cancelled", reason="parent_gone"),
        ),
    ),
    Case(
        "a stale thing, too, whose row alone says to whom it belongs",
        world(
            line("20:30", "delete", "person", "P1"),
            row("12:00", "person", "P1"),
            line("20:20", "update", "provisioning", "V1", sets={"state": "accepted"}),
            row("12:00", "provisioning", "V1", data={"person_id": "P1", "state": "sent"}),
        ),
        (
            Said("A", "person", "P1", "deleted", "resurrected"),
            Said("A", "provisioning", "V1", "updated", "cancelled", reason="parent_gone"),
        ),
    ),
    Case(
        "and an update of something missing, which would be lost with its parent",
        world(
            line("20:10", "create", "person", "P1"),
            line("20:20", "update", "availability", "P1"),
            line("20:30", "delete", "person", "P1"),
        ),
        (
            Said("A", "person", "P1", "deleted", "cancelled"),
            Said("A", "availability", "P1", "updated", "cancelled", reason="parent_gone"),
        ),
    ),
    Case(
        "feedback stays, for the record",
        world(
            line("20:30", "delete", "person", "P1"),
            line("20:20", "create", "feedback", "F1"),
            event("20:20", "create", "feedback", "F1", data={"person_id": "P1"}),
        ),
        (
            Said("A", "person", "P1", "deleted", "consistent"),
            Said("A", "feedback", "F1", "created", "lost"),
        ),
    ),
    Case(
        "parent_gone comes before id_reused",
        world(
            line("20:30", "delete", "person", "P1"),
            line("20:20", "create", "provisioning", "V1"),
            event("20:20", "create", "provisioning", "V1", data={"person_id": "P1", "app": "x"}),
            row("23:30", "provisioning", "V1", data={"person_id": "P7", "app": "x"}),
        ),
        (
            Said("A", "person", "P1", "deleted", "consistent"),
            Said("A", "provisioning", "V1", "created", "cancelled", reason="parent_gone"),
        ),
    ),
    Case(
        "a provisioning of a person restored under a new id is compared under that",
        world(
            line("20:10", "create", "person", "P1"),
            event("20:10", "create", "person", "P1", data=ANNA),
            row("23:30", "person", "P9", data=ANNA),
            line("20:20", "create", "provisioning", "V1"),
            event("20:20", "create", "provisioning", "V1", data={"person_id": "P1", "app": "x"}),
            row("23:31", "provisioning", "V9", data={"person_id": "P9", "app": "x"}),
        ),
        (
            LOST_P1._replace(verdict="restored", matched_id="P9"),
            Said("A", "provisioning", "V1", "created", "restored", matched_id="V9"),
        ),
    ),
    Case(
        "of a person who may be under a new id, nothing is certain",
        world(
            line("20:10", "create", "person", "P1"),
            event("20:10", "create", "person", "P1", data=ANNA),
            row("23:30", "person", "P9", data=ANNA | ELSEWHERE),
            line("20:20", "create", "provisioning", "V1"),
            event("20:20", "create", "provisioning", "V1", data={"person_id": "P1", "app": "x"}),
            row("23:31", "provisioning", "V9", data={"person_id": "P9", "app": "x"}),
            line("20:20", "update", "availability", "P1"),
            event("20:20", "update", "availability", "P1", data={"state": "free"}),
            row(None, "availability", "P9", "23:31", data={"state": "free"}),
        ),
        (
            LOST_P1._replace(verdict="review", matched_id="P9"),
            Said("A", "provisioning", "V1", "created", "review", matched_id="V9"),
            Said("A", "availability", "P1", "updated", "review", matched_id="P9"),
        ),
    ),
    Case(
        "a deletion that only an event knows of takes nothing along",
        world(
            event("20:30", "delete", "person", "P1"),
            row("12:00", "person", "P1"),
            line("20:20", "create", "provisioning", "V1"),
            event("20:20", "create", "provisioning", "V1", data={"person_id": "P1", "app": "x"}),
        ),
        (
            Said("A", "person", "P1", "deleted", "unconfirmed", "probable"),
            Said("A", "provisioning", "V1", "created", "lost"),
        ),
    ),
    Case(
        "an availability's own id is such a reference",
        world(
            line("20:10", "create", "person", "P1"),
            event("20:10", "create", "person", "P1", data=ANNA),
            row("23:30", "person", "P9", data=ANNA),
            line("20:20", "update", "availability", "P1"),
            event("20:20", "update", "availability", "P1", data={"state": "free"}),
            row(None, "availability", "P9", "23:31", data={"state": "free"}),
        ),
        (
            LOST_P1._replace(verdict="restored", matched_id="P9"),
            Said("A", "availability", "P1", "updated", "consistent", matched_id="P9"),
        ),
    ),
    Case(
        "a reference to an id that was issued again does not mean its new owner",
        world(
            line("20:10", "create", "person", "P1"),
            event("20:10", "create", "person", "P1", data=ANNA),
            row("23:30", "person", "P1", data={"first_name": "Cem", "last_name": "Ay"}),
            line("20:20", "create", "provisioning", "V1"),
            event("20:20", "create", "provisioning", "V1", data={"person_id": "P1", "app": "x"}),
            row("23:31", "provisioning", "V9", data={"person_id": "P1", "app": "x"}),
        ),
        (
            LOST_P1._replace(reason="id_reused"),
            Said("A", "provisioning", "V1", "created", "lost"),
        ),
    ),
]


def _anna_lost_beside(*rows: Row, **given: Any) -> World:
    """Anna was created at 20:10 as P1, which is gone; these rows may be her."""
    return world(
        line("20:10", "create", "person", "P1"),
        event("20:10", "create", "person", "P1", data=ANNA),
        *rows,
        **given,
    )


SPELLED_OTHERWISE = {
    "first_name": "MUELLER",
    "last_name": "Dr. Anna",
    "email": "Anna@FF-A.example",
    "mobile": "01511",
}

AGAIN = [
    Case(
        "certainly created again: restored",
        _anna_lost_beside(row("23:30", "person", "P9", data=ANNA)),
        (LOST_P1._replace(verdict="restored", matched_id="P9"),),
    ),
    Case(
        "case, titles, umlauts, order of names and national numbers don't count",
        _anna_lost_beside(row("23:30", "person", "P9", data=SPELLED_OTHERWISE)),
        (LOST_P1._replace(verdict="restored", matched_id="P9"),),
    ),
    Case(
        "what is merely similar is review",
        _anna_lost_beside(row("23:30", "person", "P9", data=ANNA | ELSEWHERE)),
        (LOST_P1._replace(verdict="review", matched_id="P9"),),
    ),
    Case(
        "two people of one family with one phone and one e-mail address are two people",
        _anna_lost_beside(row("23:30", "person", "P9", data=BERND)),
        (LOST_P1._replace(verdict="review", matched_id="P9"),),
    ),
    Case(
        "never across customers",
        _anna_lost_beside(row("23:30", "person", "P9", data=ANNA, customer="B")),
        (LOST_P1,),
    ),
    Case(
        "a row from before the window has the same identity: review for persons",
        _anna_lost_beside(row("12:00", "person", "P9", data=ANNA)),
        (LOST_P1._replace(verdict="review", matched_id="P9"),),
    ),
    Case(
        "but not for kinds without twins",
        world(
            line("20:10", "create", "online_service", "S1"),
            event("20:10", "create", "online_service", "S1", data={"name": "x"}),
            row("12:00", "online_service", "S9", data={"name": "x"}),
        ),
        (Said("A", "online_service", "S1", "created", "lost"),),
    ),
    Case(
        "only rows created after the write",
        world(
            line("21:10", "create", "online_service", "S1"),
            event("21:10", "create", "online_service", "S1", data={"name": "x"}),
            row("21:10", "online_service", "S8", data={"name": "x"}),
        ),
        (Said("A", "online_service", "S1", "created", "lost"),),
    ),
    Case(
        "only rows that no evidence from before live_at names",
        world(
            line("20:10", "create", "online_service", "S1"),
            event("20:10", "create", "online_service", "S1", data={"name": "x"}),
            line("23:17:59", "create", "online_service", "S8"),
            row("23:17:59", "online_service", "S8", data={"name": "x"}),
        ),
        (
            Said("A", "online_service", "S1", "created", "lost"),
            Said("A", "online_service", "S8", "created", "consistent"),
        ),
    ),
    Case(
        "evidence from live_at on may name it: that is how it was created again",
        world(
            line("20:10", "create", "online_service", "S1"),
            event("20:10", "create", "online_service", "S1", data={"name": "x"}),
            line("23:18:01", "create", "online_service", "S8"),
            row("23:18:01", "online_service", "S8", data={"name": "x"}),
        ),
        (
            Said("A", "online_service", "S1", "created", "restored", matched_id="S8"),
            Said("A", "online_service", "S8", "created", "consistent"),
        ),
    ),
    Case(
        "a row created within live_at_uncertainty of live_at makes review at best",
        _anna_lost_beside(row("23:28:00", "person", "P9", data=ANNA), window=UNCERTAIN),
        (LOST_P1._replace(verdict="review", matched_id="P9"),),
    ),
    Case(
        "beyond the uncertainty it is certain",
        _anna_lost_beside(row("23:28:01", "person", "P9", data=ANNA), window=UNCERTAIN),
        (LOST_P1._replace(verdict="restored", matched_id="P9"),),
    ),
    Case(
        "a lost person of whom nothing but the id is known can't be compared",
        world(line("20:10", "create", "person", "P1"), row("23:30", "person", "P9", data=ANNA)),
        (LOST_P1,),
    ),
    Case(
        "other kinds compare exactly on their identity, and null is no value",
        world(
            line("20:10", "create", "provisioning", "V1"),
            event("20:10", "create", "provisioning", "V1", data={"person_id": "P1", "app": None}),
            row("23:30", "provisioning", "V9", data={"person_id": "P1", "app": None}),
        ),
        (Said("A", "provisioning", "V1", "created", "lost"),),
    ),
    Case(
        "one row can restore one entity: the best pairs are taken first",
        world(
            line("20:10", "create", "person", "P1"),
            event("20:10", "create", "person", "P1", data=ANNA),
            line("20:40", "create", "person", "P2"),
            event("20:40", "create", "person", "P2", data=ANNA | {"mobile": "+49152"}),
            row("23:30", "person", "P9", data=ANNA),
        ),
        (
            LOST_P1._replace(verdict="restored", matched_id="P9"),
            LOST_P1._replace(entity_id="P2"),
        ),
    ),
]
