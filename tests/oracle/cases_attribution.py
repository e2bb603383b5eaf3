"""One world a rule: whose write it was (section 4.1)."""

from tests.oracle.drawing import ANNA, WINDOW, Case, Said, event, gap, line, row, world

ATTRIBUTION = [
    Case(
        "a device route gets its customer from the event with the same request id",
        world(
            line("20:10", "create", "feedback", customer=None, device="D1", rid="r1"),
            event("20:10", "create", "feedback", "F1", rid="r1", customer="B"),
            row("12:00", "app_registration", "R1", data={"device_id": "D1"}),
        ),
        (Said("B", "feedback", "F1", "created", "lost"),),
    ),
    Case(
        "then from its entity, as the row knows it",
        world(
            line("20:10", "update", "provisioning", "V1", customer=None, device="D1"),
            row("12:00", "provisioning", "V1", customer="B"),
            row("12:00", "app_registration", "R1", data={"device_id": "D1"}),
        ),
        (Said("B", "provisioning", "V1", "updated", "stale"),),
    ),
    Case(
        "or as events know it",
        world(
            line("20:20", "update", "provisioning", "V1", customer=None, device="D1"),
            event("20:10", "create", "provisioning", "V1", customer="B"),
            row("12:00", "app_registration", "R1", data={"device_id": "D1"}),
        ),
        (Said("B", "provisioning", "V1", "created", "lost"),),
    ),
    Case(
        "or, where neither does, as a route that names both knows it",
        world(
            line("20:20", "update", "provisioning", "V1", customer=None, device="D1"),
            line("20:10", "create", "provisioning", "V1", customer="B"),
            row("12:00", "app_registration", "R1", data={"device_id": "D1"}),
        ),
        (Said("B", "provisioning", "V1", "created", "lost"),),
    ),
    Case(
        "an event and the row that contradict each other decide nothing",
        world(
            line("20:20", "update", "provisioning", "V1", customer=None, device="D1"),
            event("20:40", "update", "provisioning", "V1", customer="C"),
            row("12:00", "provisioning", "V1", customer="B"),
            row("12:00", "app_registration", "R1", data={"device_id": "D1"}),
        ),
        (
            Said("A", "provisioning", "V1", "updated", "review", reason="update_of_missing"),
            Said(
                "C", "provisioning", "V1", "updated", "unconfirmed", "probable", "update_of_missing"
            ),
        ),
    ),
    Case(
        "whose the person is, his availability is",
        world(
            line("20:20", "update", "availability", "P1", customer=None, device="D1"),
            row("12:00", "person", "P1", customer="B"),
            row("12:00", "app_registration", "R1", data={"device_id": "D1"}),
        ),
        (Said("B", "availability", "P1", "updated", "review", reason="update_of_missing"),),
    ),
    Case(
        "but not of him who has got the person's id since",
        world(
            line("20:20", "update", "availability", "P1", customer=None, device="D1"),
            row("23:30", "person", "P1", customer="B"),
            row("12:00", "app_registration", "R1", data={"device_id": "D1"}),
        ),
        (Said("A", "availability", "P1", "updated", "review", reason="id_reused"),),
    ),
    Case(
        "an id issued again later is another entity and says nothing of the first",
        world(
            line("20:20", "update", "provisioning", "V1", customer=None, device="D1"),
            row("23:30", "provisioning", "V1", customer="B"),
            row("12:00", "app_registration", "R1", data={"device_id": "D1"}),
        ),
        (Said("A", "provisioning", "V1", "updated", "review", reason="id_reused"),),
    ),
    Case(
        "then from its device, as the table app_registrations knows it",
        world(
            line("20:10", "create", "feedback", customer=None, device="D1"),
            row("12:00", "app_registration", "R1", data={"device_id": "D1"}, customer="B"),
            event("20:05", "update", "person", "P1", device="D1", customer="A"),
            row("12:00", "person", "P1"),
        ),
        (
            Said("B", "feedback", None, "created", "unidentified"),
            Said("A", "person", "P1", "updated", "unconfirmed", "probable"),
        ),
    ),
    Case(
        "and where that says nothing, as events of trusted sources know it",
        world(
            line("20:10", "create", "feedback", customer=None, device="D1"),
            event("20:05", "create", "app_registration", "R1", device="D1", customer="B"),
        ),
        (
            Said("B", "feedback", None, "created", "unidentified"),
            Said("B", "app_registration", "R1", "created", "unconfirmed", "probable"),
        ),
    ),
    Case(
        "a device of several customers decides nothing: unattributed",
        world(
            line("20:10", "create", "feedback", customer=None, device="D1"),
            row("12:00", "app_registration", "R1", data={"device_id": "D1"}, customer="A"),
            row("12:00", "app_registration", "R2", data={"device_id": "D1"}, customer="B"),
        ),
        (),
        unattributed=1,
    ),
    Case(
        "an event of a source that is not trusted attributes nothing",
        world(
            event("20:10", "create", "feedback", "F1", customer=None, device="D1"),
            line("20:11", "create", "feedback", customer=None, device="D1"),
        ),
        (),
        unattributed=1,
    ),
    Case(
        "and gets its customer from the line it is paired with by its entity",
        world(
            line("20:10", "update", "person", "P1"),
            event("20:10", "update", "person", "P1", customer=None, data={"email": "x@x.example"}),
            row("12:00", "person", "P1", data=ANNA),
            gap("proxy-b", "21:00", "21:10"),
        ),
        (Said("A", "person", "P1", "updated", "stale"),),
    ),
    Case(
        "rule 2 never crosses customers that both know",
        world(
            line("20:10", "update", "person", "P1", customer="A"),
            event("20:10", "update", "person", "P1", customer="B", data={"email": "x@x.example"}),
            row("12:00", "person", "P1", data=ANNA, customer="A"),
            window=WINDOW,
        ),
        (
            Said("A", "person", "P1", "updated", "stale"),
            Said("B", "person", "P1", "updated", "unconfirmed", "probable", "update_of_missing"),
        ),
    ),
]
