"""What became of each line and event of a migration, and why a finding may ask for nothing."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.laws.migrations import LINES_OF_A_WORLD
from tests.oracle.core import core_findings
from tests.oracle.model import Event, Line, World
from transforms.asking import ASKING

# A row of the findings, and one of the evidence.
Finding = dict[str, Any]
Evidence = dict[str, Any]
Witness = Line | Event


def key_of(witness: Witness) -> tuple[str, str, int]:
    """As the evidence names it; events once whatever the file."""
    if isinstance(witness, Line):
        return witness.source, witness.file, witness.line
    return "event", witness.event_id, 0


def keys_of(evidence: Evidence) -> Iterator[tuple[str, str, int]]:
    if evidence["line"] is not None:
        yield evidence["source"], evidence["file"], evidence["line"]
    if evidence["event_id"] is not None:
        yield "event", evidence["event_id"], 0


def place_of(witness: Witness) -> int:
    """Which world of the night it is of."""
    return witness.line // LINES_OF_A_WORLD


@dataclass(frozen=True)
class Judged:
    """A migration, and what the core says of it."""

    world: World
    findings: dict[str, Finding]
    evidence: dict[str, list[Evidence]]
    finding_ids: dict[tuple[str, str, int], str]
    unattributed: frozenset[tuple[str, str, int]]

    @classmethod
    def of(cls, world: World) -> "Judged":
        found = core_findings(world)
        evidence: dict[str, list[Evidence]] = defaultdict(list)
        for row in found.evidence.to_dicts():
            evidence[row["finding_id"]].append(row)
        return cls(
            world=world,
            findings={row["finding_id"]: row for row in found.findings.to_dicts()},
            evidence=evidence,
            finding_ids={
                key: id_ for id_, rows in evidence.items() for row in rows for key in keys_of(row)
            },
            unattributed=frozenset(
                key for row in found.unattributed.to_dicts() for key in keys_of(row)
            ),
        )

    def witnesses(self) -> Iterator[Witness]:
        yield from self.world.lines
        yield from self.world.events

    def finding_of(self, witness: Witness) -> Finding | None:
        """The finding whose evidence it is; None: it is nobody's, given twice, or outside."""
        id_ = self.finding_ids.get(key_of(witness))
        return self.findings[id_] if id_ else None

    def asks(self, witness: Witness) -> bool:
        finding = self.finding_of(witness)
        return finding is not None and finding["verdict"] in ASKING

    def is_unattributed(self, witness: Witness) -> bool:
        return key_of(witness) in self.unattributed

    def ground(self, finding: Finding) -> str | None:
        """Why this verdict is right to ask for nothing, or that it asks; None where nothing is."""
        if finding["verdict"] in ASKING:
            return "asks"
        if self._has_row(finding):
            return "row"
        if any(row["action"] == "delete" for row in self.evidence[finding["finding_id"]]):
            return "deletion"
        if finding["reason"] == "parent_gone" and any(map(self.ground, self._gone(finding))):
            return "parent gone"
        return None

    def _has_row(self, finding: Finding) -> bool:
        ids = {finding["entity_id"], finding["matched_id"]}
        return any(
            row.kind == finding["kind"]
            and row.id in ids
            and row.customer_id == finding["customer_id"]
            for row in self.world.rows
        )

    def _gone(self, finding: Finding) -> Iterator[Finding]:
        """The deleted and cancelled things that it belongs to, by its evidence or its row."""
        refers_to = self.world.catalogue.kinds[finding["kind"]].refers_to
        told = [json.loads(finding[name] or "{}") for name in ("fields", "current")]
        named = {
            (kind, finding["entity_id"] if field == "id" else known.get(field))
            for field, kind in refers_to.items()
            for known in told
        }
        for other in self.findings.values():
            is_gone = other["verdict"] == "cancelled" or other["action"] == "deleted"
            if (
                is_gone
                and other["customer_id"] == finding["customer_id"]
                and (other["kind"], other["entity_id"]) in named
            ):
                yield other
