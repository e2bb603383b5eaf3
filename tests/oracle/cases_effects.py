"""One world a rule: net effect, ids issued twice, retries (section 4.2)."""

from tests.oracle.drawing import ANNA, BERND, Case, Said, event, line, row, world

LOST_P1 = Said("A", "person", "P1", "created", "lost")

EFFECTS = [
    Case(
        "a create makes it created, updates don't change that",
        world(
            line("20:10", "create", "person", "P1"),
            line("20:20", "update", "person", "P1"),
        ),
        (LOST_P1,),
    ),
    Case(
        "the later update wins",
        world(
            event("20:10", "update", "online_service", "S1", rid="r1", data={"name": "old"}),
            line("20:10", "update", "online_service", "S1", rid="r1"),
            event("20:20", "update", "online_service", "S1", rid="r2", data={"name": "new"}),
            line("20:20", "update", "online_service", "S1", rid="r2"),
            row("12:00", "online_service", "S1", data={"name": "old"}),
        ),
        (Said("A", "online_service", "S1", "updated", "stale"),),
    ),
    Case(
        "created and deleted in the window is cancelled, whoever witnessed it",
        world(
            event("20:10", "create", "person", "P1", data=ANNA),
            line("20:20", "delete", "person", "P1"),
        ),
        (Said("A", "person", "P1", "deleted", "cancelled"),),
    ),
    Case(
        "created and deleted is cancelled where only events say so, too",
        world(
            event("20:10", "create", "person", "P1", data=ANNA),
            event("20:20", "delete", "person", "P1"),
        ),
        (Said("A", "person", "P1", "deleted", "cancelled", "probable"),),
    ),
    Case(
        "created before the snapshot and deleted in the window is deleted: the row is back",
        world(
            line("19:50", "create", "person", "P1"),
            line("20:20", "delete", "person", "P1"),
            row("19:50", "person", "P1", data=ANNA),
        ),
        (Said("A", "person", "P1", "deleted", "resurrected"),),
    ),
    Case(
        "what was there before is deleted, whatever was made of it in between",
        world(
            line("20:10", "delete", "person", "P1"),
            line("20:20", "create", "person", "P1"),
            line("20:30", "delete", "person", "P1"),
            row("12:00", "person", "P1", data=ANNA),
        ),
        (Said("A", "person", "P1", "deleted", "resurrected"),),
    ),
    Case(
        "a create after a delete makes it created again",
        world(
            line("20:10", "delete", "person", "P1"),
            line("20:20", "create", "person", "P1"),
        ),
        (LOST_P1,),
    ),
    Case(
        "created again over a row from before, which does not have the new values",
        world(
            line("20:10", "delete", "person", "P1"),
            line("20:20", "create", "person", "P1"),
            event("20:20", "create", "person", "P1", data=ANNA),
            row("12:00", "person", "P1", data=BERND),
        ),
        (Said("A", "person", "P1", "created", "stale"),),
    ),
    Case(
        "the same write witnessed twice counts once",
        world(
            line("20:10", "create", "person", "P1"),
            event("20:10", "create", "person", "P1", event_source="/fe2/1", data=ANNA),
            event("20:10", "create", "person", "P1", event_source="/app/1", data=ANNA),
        ),
        (LOST_P1,),
    ),
]

REISSUED = [
    Case(
        "a row created later than the write is another entity: the first is missing",
        world(
            line("20:10", "create", "person", "P1"),
            row("23:30", "person", "P1", data=BERND),
        ),
        (LOST_P1._replace(reason="id_reused"),),
    ),
    Case(
        "of whichever customer",
        world(
            line("20:10", "create", "person", "P1"),
            row("23:30", "person", "P1", customer="B"),
        ),
        (LOST_P1._replace(reason="id_reused"),),
    ),
    Case(
        "by more than server_skew",
        world(
            line("20:10:00", "create", "person", "P1"),
            row("20:10:10", "person", "P1"),
            line("20:20:00", "create", "person", "P2"),
            row("20:20:11", "person", "P2"),
        ),
        (
            Said("A", "person", "P1", "created", "consistent"),
            LOST_P1._replace(entity_id="P2", reason="id_reused"),
        ),
    ),
    Case(
        "by more than clock_skew where only an event gives the time",
        world(
            event("20:10:00", "create", "online_service", "S1"),
            row("20:15:00", "online_service", "S1"),
            event("20:20:00", "create", "online_service", "S2"),
            row("20:25:01", "online_service", "S2"),
        ),
        (
            Said("A", "online_service", "S1", "created", "consistent", "probable"),
            Said("A", "online_service", "S2", "created", "unconfirmed", "probable", "id_reused"),
        ),
    ),
    Case(
        "evidence from the row's created_at on belongs to the other",
        world(
            line("20:10", "create", "person", "P1"),
            line("23:30", "create", "person", "P1"),
            row("23:30", "person", "P1", data=BERND),
        ),
        (
            LOST_P1._replace(reason="id_reused"),
            Said("A", "person", "P1", "created", "consistent"),
        ),
    ),
    Case(
        "the row stays a candidate for having been created again",
        world(
            line("20:10", "create", "person", rid="r1"),
            event("20:10", "create", "person", "P1", rid="r1", data=ANNA),
            row("23:30", "person", "P1", data=ANNA),
        ),
        (LOST_P1._replace(verdict="restored", reason="id_reused", matched_id="P1"),),
    ),
    Case(
        "and for others whose ids were shuffled",
        world(
            line("20:10", "create", "online_service", "S1"),
            event("20:10", "create", "online_service", "S1", data={"name": "one"}),
            line("20:20", "create", "online_service", "S2"),
            event("20:20", "create", "online_service", "S2", data={"name": "two"}),
            row("23:30", "online_service", "S1", data={"name": "two"}),
            row("23:31", "online_service", "S2", data={"name": "one"}),
        ),
        (
            Said(
                "A", "online_service", "S1", "created", "restored",
                reason="id_reused", matched_id="S2",
            ),
            Said(
                "A", "online_service", "S2", "created", "restored",
                reason="id_reused", matched_id="S1",
            ),
        ),
    ),
    Case(
        "what was deleted stays deleted when its id is issued again",
        world(
            line("20:10", "delete", "person", "P1"),
            row("23:30", "person", "P1", data=BERND),
        ),
        (Said("A", "person", "P1", "deleted", "consistent", reason="id_reused"),),
    ),
]  # fmt: skip

RETRIES = [
    Case(
        "what a retry created twice within a minute claims a row together",
        world(
            line("20:10:00", "create", "person", "P1"),
            event("20:10:00", "create", "person", "P1", data=ANNA),
            line("20:11:00", "create", "person", "P2"),
            event("20:11:00", "create", "person", "P2", data=ANNA),
            row("23:30", "person", "P9", data=ANNA),
        ),
        (
            LOST_P1._replace(verdict="restored", matched_id="P9"),
            LOST_P1._replace(entity_id="P2", verdict="restored", matched_id="P9"),
        ),
    ),
    Case(
        "more than a minute apart they are two, with the same claim: both are review",
        world(
            line("20:10:00", "create", "person", "P1"),
            event("20:10:00", "create", "person", "P1", data=ANNA),
            line("20:11:01", "create", "person", "P2"),
            event("20:11:01", "create", "person", "P2", data=ANNA),
            row("23:30", "person", "P9", data=ANNA),
        ),
        (
            LOST_P1._replace(verdict="review", matched_id="P9"),
            LOST_P1._replace(entity_id="P2", verdict="review", matched_id="P9"),
        ),
    ),
]
