"""One world a rule: reading twice, matching (sections 3.2, 3.3, 4.1)."""

from tests.oracle.drawing import ANNA, Case, Said, event, gap, line, row, world

LOST_P1 = Said("A", "person", "P1", "created", "lost")
UNIDENTIFIED = Said("A", "person", None, "created", "unidentified")

DUPLICATES = [
    Case(
        "the same line in two files of one source is the same request",
        world(
            line("20:10", "create", "person", digest="same", file="a.log"),
            line("20:10", "create", "person", digest="same", file="a.log.1"),
        ),
        (UNIDENTIFIED,),
    ),
    Case(
        "identical lines within one file are different requests: the highest count of any file",
        world(
            line("20:10", "create", "person", digest="same", file="a.log"),
            line("20:10", "create", "person", digest="same", file="a.log"),
            line("20:10", "create", "person", digest="same", file="b.log"),
        ),
        (UNIDENTIFIED, UNIDENTIFIED),
    ),
    Case(
        "a request that passed two proxies is one write where both log the same request id",
        world(
            line("20:10:00", "create", "person", rid="r1", source="proxy-a"),
            line("20:10:01", "create", "person", "P1", rid="r1", source="proxy-b"),
        ),
        (LOST_P1,),
    ),
    Case(
        "but not where they name two entities: each proxy numbers its requests by itself",
        world(
            line("20:10", "create", "person", "P1", rid="1", source="proxy-a"),
            line("20:10", "create", "person", "P2", rid="1", source="proxy-b"),
        ),
        (LOST_P1, LOST_P1._replace(entity_id="P2")),
    ),
    Case(
        "two requests of one id at one proxy are two at the other",
        world(
            line("20:10:00", "create", "person", "P1", rid="r1", source="proxy-a"),
            line("20:10:01", "create", "person", rid="r1", source="proxy-b"),
            line("20:10:20", "create", "person", "P2", rid="r1", source="proxy-a"),
            line("20:10:21", "create", "person", rid="r1", source="proxy-b"),
        ),
        (LOST_P1, LOST_P1._replace(entity_id="P2")),
    ),
    Case(
        "'-' is no request id",
        world(
            line("20:10:00", "create", "person", rid="-", source="proxy-a"),
            line("20:10:01", "create", "person", rid="-", source="proxy-b"),
        ),
        (UNIDENTIFIED, UNIDENTIFIED),
    ),
    Case(
        "one source that logs a request id twice has seen two requests",
        world(
            line("20:10", "create", "person", rid="r1"),
            line("20:11", "create", "person", rid="r1"),
        ),
        (UNIDENTIFIED, UNIDENTIFIED),
    ),
    Case(
        "the same source and id is the same event, delivered twice",
        world(
            event("20:10", "create", "person", "P1", data=ANNA, event_id="e"),
            event("20:10", "create", "person", "P1", data=ANNA, event_id="e"),
        ),
        (LOST_P1._replace(verdict="unconfirmed", confidence="probable"),),
    ),
]

MATCHING = [
    Case(
        "rule 1: the same request id, however far the clock is off",
        world(
            line("20:10", "create", "person", rid="r1"),
            event("21:40", "create", "person", "P1", rid="r1", data=ANNA),
        ),
        (LOST_P1,),
    ),
    Case(
        "rule 1: an event whose line is outside the window and its margin is outside as well",
        world(
            line("19:29:59", "create", "person", rid="r1"),
            event("20:10", "create", "person", "P1", rid="r1", data=ANNA),
        ),
        (),
    ),
    Case(
        "rule 1: what both name must not contradict itself",
        world(
            line("20:10", "delete", "person", "P1", rid="r1"),
            event("20:10", "delete", "person", "P2", rid="r1"),
            row("12:00", "person", "P1"),
            row("12:00", "person", "P2"),
        ),
        (
            Said("A", "person", "P1", "deleted", "resurrected"),
            Said("A", "person", "P2", "deleted", "unconfirmed", "probable"),
        ),
    ),
    Case(
        "rule 1: a line outside of the window, too, is one however often it is given",
        world(
            line("19:20", "update", "person", "P1", rid="r1", file="1.log", digest="same"),
            line("19:20", "update", "person", "P1", rid="r1", file="2.log", digest="same"),
            event("19:30", "update", "person", "P1", rid="r1", device="D1"),
            event("19:00", "update", "person", "P1", rid="r1", device="D1"),
            # At 20:30 by a clock that is ten minutes fast.
            event("20:40", "create", "person", "P2", device="D1"),
            gap("proxy-a", "20:33", "20:38"),
        ),
        (Said("A", "person", "P2", "created", "lost", "probable"),),
    ),
    Case(
        "rule 1 comes before rule 3: the id decides, not the distance",
        world(
            line("20:10", "create", "person", rid="r1"),
            line("20:12", "create", "person"),
            event("20:12", "create", "person", "P1", rid="r1"),
        ),
        (LOST_P1, UNIDENTIFIED),
    ),
    Case(
        "a request id that stands at two kinds of write is not one write",
        world(
            line("20:10", "create", "person", rid="r1"),
            event("20:10", "create", "online_service", "S1", rid="r1", data={"name": "x"}),
        ),
        (
            UNIDENTIFIED,
            Said("A", "online_service", "S1", "created", "unconfirmed", "probable"),
        ),
    ),
    Case(
        "rule 2: the same kind, action and entity id, a create at any distance",
        world(
            line("20:10", "create", "person", "P1"),
            # It would be unattributed if the line did not say whose P1 is.
            event("20:40", "create", "person", "P1", customer=None, data=ANNA),
        ),
        (LOST_P1,),
    ),
    Case(
        "rule 2: an update is matched within clock_skew, to the second",
        world(
            line("20:10:00", "update", "person", "P1"),
            event("20:15:00", "update", "person", "P1", data={"email": "new@x.example"}),
            row("12:00", "person", "P1", data=ANNA | {"email": "new@x.example"}),
        ),
        (Said("A", "person", "P1", "updated", "consistent"),),
    ),
    Case(
        "rule 2: beyond clock_skew the line's update stays one of which nothing is known",
        world(
            line("20:10:00", "update", "person", "P1"),
            event("20:15:01", "update", "person", "P1", data={"email": "new@x.example"}),
            row("12:00", "person", "P1", data=ANNA | {"email": "new@x.example"}),
        ),
        (Said("A", "person", "P1", "updated", "stale"),),
    ),
    Case(
        "rule 3: a line without id and an event of one customer, clock_skew apart",
        world(
            line("20:10:00", "create", "person"),
            event("20:15:00", "create", "person", "P1", data=ANNA),
        ),
        (LOST_P1,),
    ),
    Case(
        "rule 3: closest pairs first",
        world(
            line("20:10:00", "create", "person"),
            line("20:12:00", "create", "person"),
            event("20:12:30", "create", "person", "P1", data=ANNA),
            event("20:20:00", "create", "person", "P2", data=ANNA),
        ),
        (LOST_P1, LOST_P1._replace(entity_id="P2", confidence="probable")),
    ),
    Case(
        "rule 3: route fields that both name must agree",
        world(
            line("20:10", "create", "feedback", path={"alarm_id": "A1"}),
            event("20:10", "create", "feedback", "F1", data={"alarm_id": "A2"}),
        ),
        (
            Said("A", "feedback", None, "created", "unidentified"),
            Said("A", "feedback", "F1", "created", "unconfirmed", "probable"),
        ),
    ),
    Case(
        "rule 3: devices that both name must agree",
        world(
            line("20:10", "create", "feedback", customer=None, device="D1"),
            event("20:10", "create", "feedback", "F1", device="D2"),
            row("12:00", "app_registration", "R1", data={"device_id": "D1"}),
        ),
        (
            Said("A", "feedback", None, "created", "unidentified"),
            Said("A", "feedback", "F1", "created", "unconfirmed", "probable"),
        ),
    ),
    Case(
        "rule 3: a line that names its customer pairs by that, not by its device",
        world(
            line("20:10", "create", "feedback", device="D1"),
            event("20:10", "create", "feedback", "F1", device="D1", customer=None),
        ),
        (Said("A", "feedback", None, "created", "unidentified"),),
        unattributed=1,
    ),
    Case(
        "rule 3: a line that names no customer gets it from an event of the same device",
        world(
            line("20:10", "create", "feedback", customer=None, device="D1"),
            event("20:10", "create", "feedback", "F1", device="D1", customer="B"),
            row("12:00", "app_registration", "R1", data={"device_id": "D1"}),
            row("12:00", "app_registration", "R2", data={"device_id": "D1"}, customer="B"),
        ),
        (Said("B", "feedback", "F1", "created", "lost"),),
    ),
    Case(
        "rule 4: what is left over is paired at any time inside the window, as probable",
        world(
            line("20:10", "create", "person"),
            event("22:50", "create", "person", "P1", data=ANNA),
        ),
        (LOST_P1._replace(confidence="probable"),),
    ),
    Case(
        "rule 4: not outside the window",
        world(
            line("20:10", "create", "person"),
            event("23:40", "create", "person", "P1", data=ANNA),
        ),
        (
            UNIDENTIFIED,
            LOST_P1._replace(verdict="unconfirmed", confidence="probable", reason="after_live"),
        ),
    ),
    Case(
        "a left-over's entity is confirmed by another line that names it",
        world(
            line("20:10", "create", "person"),
            event("22:50", "create", "person", "P1", data=ANNA),
            line("22:55", "update", "person", "P1"),
        ),
        (LOST_P1,),
    ),
    Case(
        "a device's clock is corrected by the median over its pairs of rule 1",
        world(
            *(line(f"20:1{n}", "update", "person", "P9", rid=f"r{n}") for n in range(3)),
            event("20:30", "update", "person", "P9", rid="r0", device="D1"),
            event("20:31", "update", "person", "P9", rid="r1", device="D1"),
            event("22:59", "update", "person", "P9", rid="r2", device="D1"),
            row("12:00", "person", "P9", data=ANNA),
            line("21:00", "create", "person"),
            event("21:20", "create", "person", "P1", device="D1", data=ANNA),
        ),
        (
            Said("A", "person", "P9", "updated", "stale"),
            # 20 minutes fast: after correction within clock_skew, so no left-over. The row of
            # P9 has the same identity and is from before the window.
            Said("A", "person", "P1", "created", "review", matched_id="P9"),
        ),
    ),
    Case(
        "an event outside the window and its margin by its corrected time is ignored",
        world(
            line("20:10", "update", "person", "P9", rid="r1"),
            event("20:40", "update", "person", "P9", rid="r1", device="D1"),
            event("19:58", "create", "person", "P1", device="D1", data=ANNA),
            row("12:00", "person", "P9"),
        ),
        (Said("A", "person", "P9", "updated", "stale"),),
    ),
    Case(
        "where no correction is known, an event is outside only beyond clock_skew",
        world(
            event("19:25:00", "create", "person", "P1", data=ANNA),
            event("19:24:59", "create", "person", "P2", data=ANNA),
            event("23:53:00", "create", "person", "P3"),
            event("23:53:01", "create", "person", "P4"),
        ),
        (
            Said("A", "person", "P1", "created", "unconfirmed", "probable", "before_snapshot"),
            Said("A", "person", "P3", "created", "unconfirmed", "probable", "after_live"),
        ),
    ),
]
