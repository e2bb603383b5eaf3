"""One world a rule: verdicts, reasons and confidence (section 4.3)."""

from tests.oracle.drawing import (
    ANNA,
    UNCERTAIN,
    Case,
    Said,
    event,
    gap,
    line,
    row,
    world,
)

LOST_P1 = Said("A", "person", "P1", "created", "lost")
UPDATED_P1 = Said("A", "person", "P1", "updated", "stale")
UNIDENTIFIED = Said("A", "person", None, "created", "unidentified")
NEW = {"email": "new@x.example"}

ROW_IS_THERE = [
    Case(
        "created and there: consistent",
        world(line("20:10", "create", "person", "P1"), row("20:10", "person", "P1")),
        (Said("A", "person", "P1", "created", "consistent"),),
    ),
    Case(
        "a row of another customer is not it",
        world(
            line("20:10", "create", "person", "P1"),
            row("12:00", "person", "P1", customer="B"),
        ),
        (LOST_P1,),
    ),
    Case(
        "an update is there where the row is equal in all known fields, whatever its time",
        world(
            line("20:10", "update", "person", "P1"),
            event("20:10", "update", "person", "P1", data=NEW),
            row("12:00", "person", "P1", data=ANNA | NEW),
        ),
        (UPDATED_P1._replace(verdict="consistent"),),
    ),
    Case(
        "a field that was emptied is known: null is no 'unknown'",
        world(
            line("20:10", "update", "person", "P1"),
            event("20:10", "update", "person", "P1", data={"email": None}),
            row("12:00", "person", "P1", data=ANNA),
        ),
        (UPDATED_P1,),
    ),
    Case(
        "what only addresses the entity says nothing of the update",
        world(
            line("20:10", "update", "feedback", "F1", path={"alarm_id": "A1"}),
            row("12:00", "feedback", "F1", data={"alarm_id": "A1"}),
        ),
        (Said("A", "feedback", "F1", "updated", "stale"),),
    ),
    Case(
        "what the route sets is known",
        world(
            line("20:10", "update", "provisioning", "V1", sets={"state": "accepted"}),
            row("12:00", "provisioning", "V1", data={"state": "accepted"}),
            line("20:11", "update", "provisioning", "V2", sets={"state": "accepted"}),
            row("12:00", "provisioning", "V2", data={"state": "sent"}),
        ),
        (
            Said("A", "provisioning", "V1", "updated", "consistent"),
            Said("A", "provisioning", "V2", "updated", "stale"),
        ),
    ),
    Case(
        "else by updated_at: within server_skew of the write, yes; older, no",
        world(
            line("20:10:00", "update", "person", "P1"),
            row("12:00", "person", "P1", "20:09:50"),
            line("20:10:00", "update", "person", "P2"),
            row("12:00", "person", "P2", "20:09:49"),
            line("20:10:00", "update", "person", "P3"),
            row("12:00", "person", "P3", "20:10:10"),
        ),
        (
            UPDATED_P1._replace(verdict="consistent"),
            UPDATED_P1._replace(entity_id="P2"),
            UPDATED_P1._replace(entity_id="P3", verdict="consistent"),
        ),
    ),
    Case(
        "a row untouched since snapshot_at never has a later write",
        world(
            line("20:00:03", "update", "person", "P1"),
            row("12:00", "person", "P1", "19:59:58"),
            line("19:59:59", "update", "person", "P2"),
            row("12:00", "person", "P2", "19:59:58"),
        ),
        (UPDATED_P1, UPDATED_P1._replace(entity_id="P2", verdict="consistent")),
    ),
    Case(
        "later, it was touched since: review",
        world(
            line("20:10:00", "update", "person", "P1"),
            row("12:00", "person", "P1", "20:10:11"),
        ),
        (UPDATED_P1._replace(verdict="review", reason="changed_since"),),
    ),
    Case(
        "where only an event gives the time, later is later by more than clock_skew",
        world(
            event("20:10:00", "update", "person", "P1", data=NEW),
            row("12:00", "person", "P1", "20:15:00", data=ANNA),
            event("20:10:00", "update", "person", "P2", data=NEW),
            row("12:00", "person", "P2", "20:15:01", data=ANNA),
        ),
        (
            UPDATED_P1._replace(verdict="consistent", confidence="probable"),
            UPDATED_P1._replace(
                entity_id="P2", verdict="review", confidence="probable", reason="changed_since"
            ),
        ),
    ),
    Case(
        "touched since: consistent for kinds with last_wins",
        world(
            line("20:10", "update", "availability", "P1"),
            row(None, "availability", "P1", "23:30", data={"state": "free"}),
            row("12:00", "person", "P1"),
        ),
        (Said("A", "availability", "P1", "updated", "consistent"),),
    ),
    Case(
        "touched since: consistent for writes made on the new site",
        world(
            line("23:20", "update", "person", "P1"),
            row("12:00", "person", "P1", "23:40"),
        ),
        (UPDATED_P1._replace(verdict="consistent"),),
    ),
    Case(
        "created and then updated: the row is there, but the update is not",
        world(
            line("19:59:57", "create", "person", "P1"),
            line("20:10", "update", "person", "P1"),
            row("19:59:57", "person", "P1"),
        ),
        (UPDATED_P1._replace(action="created"),),
    ),
    Case(
        "an update of which nothing is known is not vouched for by one that is there",
        world(
            line("20:10", "update", "person", "P1"),
            event("20:10", "update", "person", "P1", data=NEW),
            line("20:30", "update", "person", "P1"),
            row("12:00", "person", "P1", data=ANNA | NEW),
        ),
        (UPDATED_P1,),
    ),
    Case(
        "deleted, and the row is back",
        world(line("20:10", "delete", "person", "P1"), row("12:00", "person", "P1")),
        (Said("A", "person", "P1", "deleted", "resurrected"),),
    ),
    Case(
        "a resurrected row that was touched after live_at is review",
        world(
            line("20:10", "delete", "person", "P1"),
            row("12:00", "person", "P1", "23:18:01"),
            line("20:10", "delete", "person", "P2"),
            row("12:00", "person", "P2", "23:18:00"),
        ),
        (
            Said("A", "person", "P1", "deleted", "review"),
            Said("A", "person", "P2", "deleted", "resurrected"),
        ),
    ),
    Case(
        "deleted and not there: consistent",
        world(line("20:10", "delete", "person", "P1")),
        (Said("A", "person", "P1", "deleted", "consistent"),),
    ),
]

BOUNDARIES = [
    Case(
        "a write made on the new site that is missing is lost, after_live",
        world(
            line("23:18:00", "create", "person", "P1"),
            line("23:17:59", "create", "person", "P2"),
        ),
        (LOST_P1._replace(reason="after_live"), LOST_P1._replace(entity_id="P2")),
    ),
    Case(
        "only from live_at plus its uncertainty on",
        world(
            line("23:27:59", "create", "person", "P1"),
            line("23:28:00", "create", "person", "P2"),
            window=UNCERTAIN,
        ),
        (LOST_P1, LOST_P1._replace(entity_id="P2", reason="after_live")),
    ),
    Case(
        "or answered by one of new_upstreams, of several the last",
        world(
            line("22:00", "create", "person", "P1", upstream="10.0.0.1:80, 10.9.0.1:443"),
            line("22:00", "create", "person", "P2", upstream="10.9.0.1:443, 10.0.0.1:80"),
            new_upstreams={"proxy-a": ("10.9.*",)},
        ),
        (LOST_P1._replace(reason="after_live"), LOST_P1._replace(entity_id="P2")),
    ),
    Case(
        "or logged by a proxy in front of the new address",
        world(
            line("22:00", "create", "person", "P1", source="new-edge"),
            new_sources=frozenset({"new-edge"}),
        ),
        (LOST_P1._replace(reason="after_live"),),
    ),
    Case(
        "one before snapshot_at that is missing is lost, before_snapshot",
        world(
            line("19:59:59", "create", "person", "P1"),
            line("20:00:00", "create", "person", "P2"),
        ),
        (LOST_P1._replace(reason="before_snapshot"), LOST_P1._replace(entity_id="P2")),
    ),
]

WITNESSES = [
    Case(
        "only events, and the logs cover the moment: unconfirmed",
        world(event("20:10", "create", "person", "P1", data=ANNA)),
        (LOST_P1._replace(verdict="unconfirmed", confidence="probable"),),
    ),
    Case(
        "a gap within clock_skew of the moment, accepted or not: the event is taken at its word",
        world(
            gap("proxy-a", "20:15:00", "20:20:00"),
            gap("proxy-b", "21:15:00", "21:20:00", accepted=True),
            event("20:10:00", "create", "online_service", "S1"),
            event("20:09:59", "create", "online_service", "S2"),
            event("20:25:00", "create", "online_service", "S3"),
            event("21:25:00", "create", "online_service", "S4"),
            event("21:25:01", "create", "online_service", "S5"),
        ),
        tuple(
            Said("A", "online_service", id_, "created", verdict, "probable")
            for id_, verdict in {
                "S1": "lost",
                "S2": "unconfirmed",
                "S3": "lost",
                "S4": "lost",
                "S5": "unconfirmed",
            }.items()
        ),
    ),
    Case(
        "one line among an entity's evidence makes it confirmed",
        world(
            event("20:10", "create", "person", "P1", data=ANNA),
            line("20:40", "update", "person", "P1"),
        ),
        (LOST_P1,),
    ),
    Case(
        "only events, and the database has it: consistent",
        world(event("20:10", "create", "person", "P1"), row("20:10", "person", "P1")),
        (LOST_P1._replace(verdict="consistent", confidence="probable"),),
    ),
    Case(
        "an update and a deletion that only an event knows of are unconfirmed, too",
        world(
            event("20:10", "update", "person", "P1", data=NEW),
            row("12:00", "person", "P1", data=ANNA),
            event("20:10", "delete", "person", "P2"),
            row("12:00", "person", "P2"),
        ),
        (
            UPDATED_P1._replace(verdict="unconfirmed", confidence="probable"),
            Said("A", "person", "P2", "deleted", "unconfirmed", "probable"),
        ),
    ),
]

WITHOUT_ID = [
    Case(
        "every unidentified line is a finding of its own",
        world(line("20:10", "create", "person"), line("20:10", "create", "person")),
        (UNIDENTIFIED, UNIDENTIFIED),
    ),
    Case(
        "a row created within server_skew explains a line",
        world(
            line("20:10:00", "create", "person"),
            row("20:10:10", "person", "P1"),
            line("20:20:00", "create", "person"),
            row("20:20:11", "person", "P2"),
        ),
        (
            Said("A", "person", "P1", "created", "consistent", matched_id="P1"),
            UNIDENTIFIED,
        ),
    ),
    Case(
        "one row explains one line, the closest",
        world(
            line("20:10:00", "create", "person"),
            line("20:10:04", "create", "person"),
            row("20:10:05", "person", "P1"),
        ),
        (
            UNIDENTIFIED,
            Said("A", "person", "P1", "created", "consistent", matched_id="P1"),
        ),
    ),
    Case(
        "but not a row whose creation has a witness of its own",
        world(
            line("20:10:00", "create", "person"),
            line("20:10:00", "create", "person", "P1"),
            row("20:10:00", "person", "P1"),
        ),
        (UNIDENTIFIED, Said("A", "person", "P1", "created", "consistent")),
    ),
    Case(
        "nor a row of another customer or kind",
        world(
            line("20:10", "create", "person"),
            row("20:10", "person", "P1", customer="B"),
            row("20:10", "online_service", "S1"),
        ),
        (UNIDENTIFIED,),
    ),
]
