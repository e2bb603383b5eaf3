"""Nobody's notice holds a byte of another customer's data, in whatever format and however deep.

Each customer of a migration has words that nobody else has, in every place where a stranger's text
can stand. All are judged in one frame, as a run has it, and share what customers do share: ids of
rows, which the databases of many give out alike, the name of a person, the minute.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.content import Customer
from notifications.pack import render_pack
from notifications.readback import read_back
from tests.benchmarks.made_findings import first_notices, telling_of
from tests.notifications.sample import CATALOGUE, FACTS, evidence, finding, findings, person
from tests.notifications.unpacking import all_of
from transforms.findings import Findings
from transforms.schemas import COMPARISONS, EVIDENCE, HELD, row_schema

FORMATS = ("html", "txt", "pdf", "xlsx", "csv", "eml")
LETTERS = "abdeghkmnopqrstuvwz"
ALL = frozenset(
    {
        *("notice.html", "notice.txt", "notice.pdf", "notice.eml"),
        *("reprovisioning.xlsx", "reprovisioning.csv", "persons-import.csv"),
    }
)
LISTS = ALL - {"persons-import.csv"}
WORDED = LISTS - {"reprovisioning.csv"}
# Where a customer must find their own words: else the search would prove nothing.
SHOWN = {
    "first_name": ALL,
    "last_name": ALL,
    "mail": ALL,
    "mobile": ALL,
    "stale_before": LISTS - {"reprovisioning.csv"},
    "stale_after": LISTS,
    "review_recorded": LISTS,
    "review_present": LISTS - {"reprovisioning.csv"},
    "service": LISTS,
    "rule": LISTS,
    "own_person": LISTS,
    "alarm": LISTS,
    "device": LISTS,
    "address": LISTS,
    "again": WORDED - {"reprovisioning.xlsx"},
    "deleted": LISTS - {"reprovisioning.csv"},
    "id_alone": LISTS,
    "customer_id": WORDED,
    "customer_name": WORDED,
    "contact": {"notice.eml"},
}
# What serves for the verdicts and is never shown to anybody.
NOT_SHOWN = ("agent", "entity_id", "event_id", "request_id", "file", "cancelled", "not_mine")


def word(customer: int, place: str) -> str:
    """A word of its own for each customer and place; none is a part of another."""
    digest = hashlib.sha256(f"{customer}/{place}".encode()).digest()
    if place == "mobile":
        return f"0049151{int.from_bytes(digest[:4]) % 10**7:07}"
    if place == "address":
        return ".".join(str(100 + byte % 100) for byte in digest[:4])
    return "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:12])


@dataclass(frozen=True)
class World:
    """Customers in their order; `shared` is an id that a row of each of them has."""

    locales: tuple[str, ...]
    shared: str
    referring: frozenset[int]

    def words(self, customer: int) -> Mapping[str, str]:
        return {place: word(customer, place) for place in (*SHOWN, *NOT_SHOWN)}

    def customers(self) -> dict[str, Customer]:
        own = [self.words(number) for number in range(len(self.locales))]
        return {
            words["customer_id"]: Customer(
                id=words["customer_id"],
                name=f"Wehr {words['customer_name']}",
                email=f"{words['contact']}@wehr.example",
                locale=locale,
            )
            for words, locale in zip(own, self.locales, strict=True)
        }

    def found(self) -> Findings:
        numbers = range(len(self.locales))
        return Findings(
            findings=findings(*(row for n in numbers for row in self._findings(n))),
            evidence=pl.concat([self._evidence(n) for n in numbers]),
            unattributed=pl.DataFrame(schema=EVIDENCE),
            held=pl.DataFrame(schema=HELD),
            comparisons=pl.DataFrame(schema=COMPARISONS),
        )

    def rows(self) -> dict[str, pl.DataFrame]:
        """The new database: under the shared id, each customer has a person of another name."""
        schema = row_schema(CATALOGUE.kinds["person"].fields)
        rows = [
            {
                "id": self.shared,
                "customer_id": word(n, "customer_id"),
                "fields": person(word(n, "own_person"), "Muster"),
            }
            for n in range(len(self.locales))
            if n in self.referring
        ]
        return {"person": pl.DataFrame(rows, schema=schema)}

    def _findings(self, number: int) -> list[dict[str, object]]:
        own = self.words(number)
        someone = person(own["first_name"], own["last_name"], f"{own['mail']}@x.example")
        twin = person("Alex", "Muster", "alex@muster.example")
        kinds: list[tuple[str, str, str, dict[str, object]]] = [
            ("lost", "person", "lost", {"fields": someone | {"mobile": f"+{own['mobile'][2:]}"}}),
            ("twin", "person", "lost", {"fields": twin}),
            ("stale", "person", "stale", {
                "action": "updated",
                "fields": {"last_name": own["stale_after"]},
                "current": person("Alex", own["stale_before"]),
            }),
            ("review", "person", "review", {
                "fields": person("Alex", own["review_recorded"]),
                "current": person("Alex", own["review_present"]),
            }),
            ("restored", "person", "restored", {"fields": person(own["again"], "Muster")}),
            ("cancelled", "person", "cancelled", {"fields": person(own["cancelled"], "Muster")}),
            ("deleted", "person", "resurrected", {
                "action": "deleted", "current": person(own["deleted"], "Muster"),
            }),
            ("alone", "person", "lost", {"entity_id": own["id_alone"]}),
            ("nameless", "person", "unidentified", {"entity_id": None}),
            ("service", "online_service", "lost", {"fields": {"name": own["service"]}}),
            ("rule", "availability_rule", "lost", {
                "fields": {"person_id": self.shared, "name": own["rule"]},
            }),
            ("feedback", "feedback", "lost", {
                "fields": {"alarm_id": own["alarm"], "person_id": self.shared, "status": "YES"},
            }),
            ("device", "app_registration", "lost", {
                "fields": {"device_id": own["device"], "platform": "iOS"},
            }),
        ]  # fmt: skip
        if number not in self.referring:
            # Nothing else names the person whom the rule is for.
            kinds.append(
                ("own", "person", "consistent", {
                    "entity_id": self.shared, "fields": person(own["own_person"], "Muster"),
                })
            )  # fmt: skip
        ids = {"entity_id": own["entity_id"], "customer_id": own["customer_id"]}
        return [
            finding(f"{number}-{name}", kind, verdict, **(ids | more))
            for name, kind, verdict, more in kinds
        ]

    def _evidence(self, number: int) -> pl.DataFrame:
        own = self.words(number)
        common = {
            "customer_id": own["customer_id"],
            "kind": "person",
            "user_agent": f"FE2/2.22.1 ({own['agent']})",
            "event_id": own["event_id"],
            "request_id": own["request_id"],
            "file": f"{own['file']}.log",
            "fields": own["not_mine"],
            "source": "proxy-a",
        }
        return evidence(
            common | {"finding_id": f"{number}-nameless", "client_ip": own["address"]},
            common | {"finding_id": f"{number}-lost", "line_at": FACTS.live_at},
        )


WORLDS = st.builds(
    World,
    locales=st.lists(st.sampled_from(["de-DE", "en"]), min_size=2, max_size=3).map(tuple),
    shared=st.sampled_from(["P-1", "1"]),
    referring=st.frozensets(st.integers(0, 2)),
)


def packs(world: World) -> dict[str, dict[str, str]]:
    """Everything in each customer's pack, by customer."""
    facts = replace(FACTS, old_sources=frozenset({"proxy-a"}))
    telling = telling_of(world.found(), world.customers(), CATALOGUE, facts, world.rows())
    notices = first_notices(telling)
    unpacked = {}
    for notice in notices:
        pack = render_pack(notice, FORMATS)
        read_back(pack, notice)
        unpacked[notice.customer_id] = all_of(pack)
    return unpacked


@given(WORLDS)
@settings(max_examples=4)
def test_no_word_of_one_customer_is_in_anothers_pack_in_any_format(world):
    unpacked = packs(world)
    assert unpacked.keys() == world.customers().keys()
    for number in range(len(world.locales)):
        own = world.words(number)
        for customer_id, pack in unpacked.items():
            assert pack.keys() == ALL
            for name, text in pack.items():
                found = {place for place, each in own.items() if holds(text, place, each)}
                if customer_id == own["customer_id"]:
                    missing = {place for place, shown in SHOWN.items() if name in shown} - found
                    assert not missing, f"{name} lacks the customer's own {missing}"
                    assert not found & set(NOT_SHOWN), name
                else:
                    assert not found, f"{name} holds another customer's {found}"


def holds(text: str, place: str, each: str) -> bool:
    """Whether the word is in the text; a number also as it was typed."""
    return each in text or (place == "mobile" and f"+{each[2:]}" in text)
