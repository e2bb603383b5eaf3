"""Findings of customers who never were: every kind and verdict, in German and English.

Made directly as frames: a migration of ten thousand customers from its logs on would take longer
than what is measured.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import polars as pl

from data_samples.names import BRIGADES, FIRST_NAMES, LAST_NAMES, PLACES
from flows.correspondence import Correspondence
from flows.notices import Telling, notices_due, word_notices
from flows.outcome import shown_to_customers
from notifications.content import Coverage, Customer, Gap, MigrationFacts, Notice
from transforms.catalogue import Catalogue
from transforms.findings import Findings
from transforms.schemas import COMPARISONS, EVIDENCE, FINDINGS, HELD

SNAPSHOT = datetime(2021, 5, 18, 18, 0, tzinfo=UTC)
LIVE = datetime(2021, 5, 18, 21, 18, tzinfo=UTC)
FACTS = MigrationFacts(
    id="frankfurt-2021",
    title="Serverumzug nach Frankfurt",
    snapshot_at=SNAPSHOT,
    live_at=LIVE,
    coverage=Coverage(
        is_complete=False,
        gaps=(Gap(source="proxy-b", from_at=SNAPSHOT + timedelta(minutes=41), to_at=LIVE),),
    ),
    timezone="Europe/Berlin",
    country="DE",
    minimum_versions={"FE2": "2.22.160"},
    old_sources=frozenset({"proxy-a", "proxy-b"}),
    contact="https://support.example.org",
    sender_name="Support",
    sender_email="support@example.org",
)

# What a customer's list is made of, over and over: kind, verdict, action.
_CYCLE = (
    ("person", "lost", "created"),
    ("person", "lost", "created"),
    ("provisioning", "lost", "created"),
    ("feedback", "lost", "created"),
    ("person", "stale", "updated"),
    ("person", "review", "created"),
    ("online_service", "lost", "created"),
    ("availability_rule", "lost", "created"),
    ("person", "lost", "created"),
    ("provisioning", "stale", "updated"),
    ("person", "unidentified", "created"),
    ("ringtone_profile", "lost", "created"),
    ("person", "resurrected", "deleted"),
    ("app_registration", "unconfirmed", "created"),
    ("availability", "stale", "updated"),
    ("person", "restored", "created"),
)


def made(customers: int, rows: int) -> tuple[pl.DataFrame, dict[str, Customer]]:
    """Make FINDINGS of so many customers, each with so many rows in its notice."""
    source = random.Random(20210518)
    ids = [str(100_000 + number) for number in range(customers)]
    known = {id_: _customer(id_, number, source) for number, id_ in enumerate(ids)}
    findings = (finding for id_ in ids for finding in _findings(id_, rows, source))
    return pl.DataFrame(findings, schema=FINDINGS, orient="row"), known


def some_of(findings: pl.DataFrame, customers: int) -> pl.DataFrame:
    """The findings of the first so many customers."""
    ids = findings.get_column("customer_id").unique().sort().head(customers)
    return findings.filter(pl.col("customer_id").is_in(ids.implode()))


def found_of(findings: pl.DataFrame) -> Findings:
    """All that a run has found, as far as notices are made from it."""
    return Findings(
        findings=findings,
        evidence=_evidence(findings),
        unattributed=pl.DataFrame(schema=EVIDENCE),
        held=pl.DataFrame(schema=HELD),
        comparisons=pl.DataFrame(schema=COMPARISONS),
    )


def _customer(id_: str, number: int, source: random.Random) -> Customer:
    return Customer(
        id=id_,
        name=source.choice(BRIGADES).format(source.choice(PLACES)),
        email=f"leitung@ff-{id_}.example",
        # Two of three write German.
        locale="en" if number % 3 == 2 else "de",
        timezone="Europe/Berlin",
    )


def _findings(customer_id: str, rows: int, source: random.Random) -> Iterator[tuple[Any, ...]]:
    for number in range(rows):
        kind, verdict, action = _CYCLE[number % len(_CYCLE)]
        recorded = _fields(kind, customer_id, source)
        current: dict[str, str] | None = None
        if verdict in {"review", "stale", "resurrected"}:
            current = _fields(kind, customer_id, source)
        if verdict == "unidentified":
            recorded = {}
        at = SNAPSHOT + (LIVE - SNAPSHOT) * source.random()
        has_line = verdict != "unconfirmed" and number % 7 != 0
        has_event = verdict != "unidentified"
        yield (
            f"{source.getrandbits(64):016x}",
            customer_id,
            kind,
            None if verdict == "unidentified" else f"{kind}-{customer_id}-{number}",
            action,
            verdict,
            "confirmed" if has_line else "probable",
            None,
            at,
            at,
            [*(["access_log"] if has_line else []), *(["client_event"] if has_event else [])],
            int(has_line),
            int(has_event),
            orjson.dumps(recorded).decode(),
            orjson.dumps(current).decode() if current else None,
            f"P-{number}" if verdict == "restored" else None,
            0.97 if verdict == "restored" else None,
        )


def _fields(kind: str, customer_id: str, source: random.Random) -> dict[str, str]:
    first, last = source.choice(FIRST_NAMES), source.choice(LAST_NAMES)
    # One that the list names, so that its name stands there instead of its id.
    person_id = f"person-{customer_id}-{source.choice((0, 1, 8))}"
    return {
        "person": {
            "first_name": first,
            "last_name": last,
            "email": f"{first}.{last}@ff-{customer_id}.example".lower(),
            "mobile": f"0151 {source.randrange(10**7):07d}",
        },
        "provisioning": {"person_id": person_id, "app": "aPager PRO", "state": "accepted"},
        "feedback": {
            "alarm_id": f"A-{source.randrange(1000)}",
            "person_id": person_id,
            "status": source.choice(("YES", "NO", "LATER")),
        },
        "online_service": {"name": f"Wetterwarnung {source.randrange(1000)}", "type": "RSS"},
        "availability_rule": {
            "person_id": person_id,
            "name": f"Schicht {source.randrange(1000)}",
            "rule": "Mo-Fr 22:00-06:00",
        },
        "ringtone_profile": {
            "device_id": f"iphone-{source.getrandbits(32):08x}",
            "name": f"Laut {source.randrange(100)}",
        },
        "app_registration": {
            "person_id": person_id,
            "device_id": f"iphone-{source.getrandbits(32):08x}",
            "platform": "iOS",
        },
        "availability": {"state": source.choice(("AVAILABLE", "NOT_AVAILABLE"))},
    }[kind]


def _evidence(findings: pl.DataFrame) -> pl.DataFrame:
    """One witness for each finding, of a client that is too old."""
    known = {
        "at": pl.col("first_at"),
        "line_at": pl.when(pl.col("lines") > 0).then("first_at"),
        "event_at": pl.when(pl.col("events") > 0).then("first_at"),
        "paired_by": pl.when((pl.col("lines") > 0) & (pl.col("events") > 0)).then(
            pl.lit("entity_id")
        ),
        "source": pl.when(pl.col("lines") > 0).then(pl.lit("proxy-a")),
        "client_ip": pl.lit("192.0.2.44"),
        "user_agent": pl.lit("FE2/2.22.158 (Windows Server 2019; Java 11)"),
    }
    shared = ("customer_id", "kind", "action", "entity_id", "finding_id", "fields")
    return findings.select(
        known.get(name, pl.col(name) if name in shared else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in EVIDENCE.items()
    )


def telling_of(
    found: Findings,
    customers: Mapping[str, Customer],
    catalogue: Catalogue,
    facts: MigrationFacts = FACTS,
    rows: Mapping[str, pl.DataFrame] | None = None,
) -> Telling:
    """What a first run has to tell these customers."""
    return Telling(
        found=found,
        rows=rows or {},
        customers=customers,
        facts=facts,
        catalogue=catalogue,
        shown=shown_to_customers(found.findings, catalogue),
    )


def first_notices(telling: Telling) -> Iterator[Notice]:
    """Word them: nobody was sent anything before."""
    nobody = Correspondence(latest={}, standings={}, sent={})
    return word_notices(telling, notices_due(telling, nobody, {}, announce_final=False))
