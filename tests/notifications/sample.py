"""A made-up fire service and what it lost in one evening, as findings and evidence."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import polars as pl

import transforms
from notifications.content import Coverage, Customer, Gap, MigrationFacts
from notifications.report_data import ReportData, SourceCounts, WorklistEntry
from transforms.balance import EventCounts, LineCounts, NoticeRowCounts, WitnessCounts, balance
from transforms.catalogue import Catalogue
from transforms.schemas import EVIDENCE, FINDINGS, QUARANTINE, SEEN

SNAPSHOT = datetime(2021, 5, 18, 18, 0, tzinfo=UTC)
LIVE = datetime(2021, 5, 18, 21, 18, tzinfo=UTC)

GAP = Gap(source="proxy-b", from_at=SNAPSHOT + timedelta(minutes=41), to_at=LIVE)
FACTS = MigrationFacts(
    id="frankfurt-2021",
    title="Serverumzug nach Frankfurt",
    snapshot_at=SNAPSHOT,
    live_at=LIVE,
    coverage=Coverage(is_complete=True),
    timezone="Europe/Berlin",
    country="DE",
    minimum_versions={"FE2": "2.22.160"},
    old_sources=frozenset({"proxy-a", "proxy-b"}),
    contact="https://support.example.org",
    sender_name="Support",
    sender_email="support@example.org",
)
CUSTOMER = Customer(
    id="4711",
    name="Freiwillige Feuerwehr Beispielstadt",
    email="leitung@ff-beispiel.de",
    locale="de-DE",
    timezone="Europe/Berlin",
)


def catalogue() -> Catalogue:
    shipped = Path(transforms.__file__).parent / "fe2.toml"
    return Catalogue.model_validate(tomllib.loads(shipped.read_text("utf-8")))


CATALOGUE = catalogue()


def at(clock: str) -> datetime:
    """A time of that evening in Berlin, as `20:14:05`."""
    return datetime.fromisoformat(f"2021-05-18T{clock}+02:00").astimezone(UTC)


def finding(
    finding_id: str,
    kind: str,
    verdict: str = "lost",
    clock: str = "20:14:05",
    *,
    entity_id: str | None = "-",
    action: str = "created",
    customer_id: str = "4711",
    confidence: str = "confirmed",
    reason: str | None = None,
    sources: tuple[str, ...] = ("access_log", "client_event"),
    fields: dict[str, str | None] | None = None,
    current: dict[str, str | None] | None = None,
    matched_id: str | None = None,
) -> dict[str, object]:
    """One row of FINDINGS; the entity's id follows from the finding's unless given."""
    return {
        "finding_id": finding_id,
        "customer_id": customer_id,
        "kind": kind,
        "entity_id": f"{kind}-{finding_id}" if entity_id == "-" else entity_id,
        "action": action,
        "verdict": verdict,
        "confidence": confidence,
        "reason": reason,
        "first_at": at(clock),
        "last_at": at(clock),
        "sources": list(sources),
        "lines": int("access_log" in sources),
        "events": int("client_event" in sources),
        "fields": orjson.dumps(fields or {}).decode(),
        "current": None if current is None else orjson.dumps(current).decode(),
        "matched_id": matched_id,
        "match_score": None,
    }


def findings(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=FINDINGS)


def evidence(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame([{"customer_id": "4711", **row} for row in rows], schema=EVIDENCE)


def person(first: str, last: str, email: str | None = None, mobile: str | None = None) -> dict:
    return {"first_name": first, "last_name": last, "email": email, "mobile": mobile}


JOERG = person("Jörg", "Müller", "j.mueller@ff-beispiel.de", "+49 151 2345678")
ANNA = person("Anna", "Weiß", "a.weiss@ff-beispiel.de", "0170 7654321")
KLAUS = person("Klaus", "Groß", "k.gross@ff-beispiel.de", "0160 1112223")
MARIA = person("Maria", "Huber", "m.huber@ff-beispiel.de", "+43 664 1234567")


def evening() -> pl.DataFrame:
    """All verdicts, all kinds, as one customer may have them."""
    app = {"app": "aPager PRO", "state": "sent"}
    accepted = {"app": "aPager PRO", "state": "accepted"}
    log, event = ("access_log",), ("client_event",)
    return findings(
        finding("f01", "person", entity_id="P-1", fields=JOERG),
        finding("f02", "person", clock="20:15:40", entity_id="P-2", fields=ANNA),
        finding("f03", "person", clock="20:15:48", entity_id="P-2b", fields=ANNA),
        finding(
            "f04",
            "person",
            clock="20:51:02",
            entity_id="P-3",
            confidence="probable",
            sources=event,
            fields=person("Petra", "Öztürk", "p.oeztuerk@ff-beispiel.de", "0171 5550001"),
        ),
        finding(
            "f05",
            "person",
            "stale",
            "21:02:11",
            entity_id="P-0",
            action="updated",
            fields={"mobile": "+49 171 9998887"},
            current=person("Hans", "Maier", "h.maier@ff-beispiel.de", "+49 171 1112223"),
        ),
        finding("f06", "person", "restored", "20:22:00", entity_id="P-4", fields=MARIA),
        finding(
            "f07",
            "person",
            "review",
            "20:31:17",
            entity_id="P-5",
            fields=KLAUS,
            current=person("Klaus", "Gross", "k.gross@ff-beispiel.de", "0160 1112224"),
        ),
        finding(
            "f08",
            "person",
            "resurrected",
            "21:40:00",
            entity_id="P-9",
            action="deleted",
            current=person("Ulrich", "Alt", "u.alt@ff-beispiel.de"),
        ),
        finding("f09", "person", "unidentified", "22:03:44", entity_id=None, sources=log),
        finding("f10", "provisioning", clock="20:16:30", fields={"person_id": "P-1", **accepted}),
        finding("f11", "provisioning", clock="20:17:02", fields={"person_id": "P-2", **app}),
        finding(
            "f12",
            "provisioning",
            "stale",
            "20:40:10",
            action="updated",
            fields={"state": "accepted"},
            current={"person_id": "P-0", **app},
        ),
        finding(
            "f13",
            "feedback",
            clock="21:10:09",
            fields={"alarm_id": "A-88", "person_id": "P-0", "status": "YES"},
        ),
        *(
            finding(
                f"f{14 + n}",
                "feedback",
                clock=f"21:10:1{n}",
                fields={"alarm_id": "A-88", "person_id": f"P-{n}", "status": "RECEIVED"},
            )
            for n in range(3)
        ),
        finding(
            "f17",
            "online_service",
            clock="20:33:00",
            fields={"name": "Wetterwarnung", "type": "RSS"},
        ),
        finding(
            "f18",
            "availability_rule",
            clock="20:44:21",
            fields={"person_id": "P-0", "name": "Nachtschicht", "rule": "Mo-Fr 22:00-06:00"},
        ),
        finding(
            "f19",
            "ringtone_profile",
            clock="22:10:00",
            fields={"device_id": "iphone-7", "name": "Laut"},
        ),
        finding(
            "f20",
            "app_registration",
            "unconfirmed",
            "22:12:30",
            confidence="probable",
            sources=event,
            fields={"person_id": "P-1", "device_id": "iphone-7", "platform": "iOS"},
        ),
        finding(
            "f21",
            "availability",
            "stale",
            "22:30:00",
            entity_id="P-0",
            action="updated",
            fields={"state": "AVAILABLE"},
            current={"state": "NOT_AVAILABLE"},
        ),
        finding("f22", "person", "cancelled", entity_id="P-6", fields=person("Weg", "Gelöscht")),
        finding("f23", "person", "consistent", entity_id="P-0", fields=person("Hans", "Maier")),
    )


def traffic() -> pl.DataFrame:
    """What the customer's own clients sent: an old FE2, and one request after the move."""
    return evidence(
        {
            "finding_id": "f09",
            "kind": "person",
            "at": at("22:03:44"),
            "line_at": at("22:03:44"),
            "source": "proxy-a",
            "client_ip": "192.0.2.44",
            "user_agent": "FE2/2.22.158 (Windows)",
        },
        {
            "finding_id": "f23",
            "kind": "person",
            "at": at("23:20:00"),
            "line_at": at("23:20:00"),
            "source": "proxy-b",
            "client_ip": "192.0.2.44",
            "user_agent": "FE2/2.22.158 (Windows)",
        },
    )


def writes() -> pl.DataFrame:
    """One write for each finding of the evening, as its line and its event show it."""
    told = evening().iter_rows(named=True)
    return evidence(
        *(
            {
                "customer_id": one["customer_id"],
                "kind": one["kind"],
                "finding_id": one["finding_id"],
                "at": one["first_at"],
                "source": "proxy-a" if one["lines"] else None,
                "paired_by": "request_id" if one["lines"] and one["events"] else None,
            }
            for one in told
        )
    )


def report_data(**changes: object) -> ReportData:
    """A run over the evening, with one gap and one line that could not be read."""
    seconds = [
        (source, SNAPSHOT + timedelta(seconds=30 * n))
        for source, until in (("proxy-a", 396), ("proxy-b", 82))
        for n in range(until)
    ]
    given: dict[str, object] = {
        "facts": replace(FACTS, coverage=Coverage(is_complete=False, gaps=(GAP,))),
        "catalogue": CATALOGUE,
        "run_id": "run-1",
        "made_at": LIVE + timedelta(hours=12),
        "lines": LineCounts(
            read=20_000, malformed=2, no_write=19_950, outside=10, duplicate=3, writes=35
        ),
        "events": EventCounts(
            read=30, malformed=1, unknown_type=2, outside=0, duplicate=4, taken=23
        ),
        "formats": ("html", "txt", "eml", "pdf", "xlsx", "csv"),
        "evidence": writes(),
        "shown": NoticeRowCounts(asking=20, rows=16, retries=1, acknowledgements=3),
        "sources": (
            SourceCounts(name="proxy-a", lines=15_000, malformed=2),
            SourceCounts(name="proxy-b", lines=5_000, malformed=0),
        ),
        "worklist": (
            WorklistEntry(
                customer_id="4711",
                name="Freiwillige Feuerwehr Beispielstadt",
                verdicts={"lost": 14, "stale": 3, "review": 1, "resurrected": 1},
                revision=1,
                folder="notices/4711/rev-1",
                email="leitung@ff-beispiel.de",
                persons_missing=3,
            ),
            WorklistEntry(
                customer_id="<b>42</b>",
                name=None,
                verdicts={"lost": 1},
                revision=1,
                folder="notices/%3Cb%3E42%3C%2Fb%3E/rev-1",
                email=None,
            ),
        ),
        "findings": evening(),
        "seen": pl.DataFrame(seconds, schema=SEEN, orient="row"),
        "unattributed": evidence(
            {
                "customer_id": None,
                "kind": "feedback",
                "action": "create",
                "at": at("21:12:00"),
                "source": "proxy-a",
                "file": "logs/a.log",
                "line": 812,
                "client_ip": "192.0.2.9",
                "device_id": "phone-3",
            }
        ),
        "quarantine": pl.DataFrame(
            [
                ("proxy-a", "logs/a.log", 17, "no_match", "\x16\x03\x01 <script>alert(1)</script>"),
                ("proxy-a", "logs/a.log", 99, "no_match", "-"),
            ],
            schema=QUARANTINE,
            orient="row",
        ),
        "unknown_types": {"person.winked": 2},
    }
    told = given | changes
    witnesses = WitnessCounts(paired=36, alone=20, unattributed=2, in_findings=56)
    agreed = balance(told["lines"], told["events"], witnesses, told["shown"])
    return ReportData(**told, balance=agreed)
