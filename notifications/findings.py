"""Findings read from their frames, and what is known across one customer's."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

import orjson
import polars as pl

from notifications.visible import visible
from transforms.asking import ASKING, is_acknowledgement
from transforms.catalogue import PLACEHOLDER, Catalogue, Kind
from transforms.retries import retry_groups

Fields: TypeAlias = Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One row of FINDINGS, with its JSON read, and where the line came from that knows no more."""

    finding_id: str
    group_id: str
    customer_id: str
    kind: str
    entity_id: str | None
    action: str
    verdict: str
    confidence: str
    reason: str | None
    at: datetime
    sources: tuple[str, ...]
    fields: Fields
    current: Fields
    client_ip: str | None
    is_counted: bool

    @property
    def asks(self) -> bool:
        """Whether it asks the customer for something."""
        return self.verdict in ASKING

    def value(self, field: str) -> str | None:
        """Give a field's value as it was recorded or, failing that, as the row has it now.

        The field `id` is the entity's own.
        """
        if field == "id":
            return self.entity_id
        return self.fields.get(field) or self.current.get(field)


def read_findings(
    findings: pl.DataFrame, evidence: pl.DataFrame, catalogue: Catalogue
) -> dict[str, list[Finding]]:
    """Read FINDINGS, with addresses from EVIDENCE: each customer's, in order of time."""
    addresses = dict(
        evidence.drop_nulls(["finding_id", "client_ip"])
        .sort("line_at", "client_ip", descending=True)
        .select("finding_id", "client_ip")
        .iter_rows()
    )
    groups = dict(retry_groups(findings, catalogue).iter_rows())
    told: dict[str, list[Finding]] = defaultdict(list)
    for raw in findings.sort("first_at", "finding_id").iter_rows(named=True):
        finding = _finding(raw, catalogue.kinds[raw["kind"]], groups, addresses)
        told[finding.customer_id].append(finding)
    return told


def _finding(
    raw: dict[str, Any], kind: Kind, groups: Mapping[str, str], addresses: Mapping[str, str]
) -> Finding:
    fields = orjson.loads(raw["fields"] or b"{}")
    return Finding(
        finding_id=raw["finding_id"],
        group_id=groups[raw["finding_id"]],
        customer_id=raw["customer_id"],
        kind=raw["kind"],
        entity_id=raw["entity_id"],
        action=raw["action"],
        verdict=raw["verdict"],
        confidence=raw["confidence"],
        reason=raw["reason"],
        at=raw["first_at"],
        sources=tuple(raw["sources"] or ()),
        fields=fields,
        current=orjson.loads(raw["current"] or b"{}"),
        client_ip=addresses.get(raw["finding_id"]),
        is_counted=is_acknowledgement(kind, fields),
    )


class Names:
    """What the customer's own things are called, so that a list says a name and not a number.

    What was written in the window bears the name that was written; what was only referred to, the
    name in the new database. An id that was issued twice, to things of different names, names
    neither.
    """

    def __init__(
        self,
        findings: Sequence[Finding],
        referred: Mapping[tuple[str, str], Fields],
        catalogue: Catalogue,
    ) -> None:
        told: dict[tuple[str, str], set[str]] = defaultdict(set)
        for finding in findings:
            title = title_of(catalogue.kinds[finding.kind])
            name = fill(title, finding.fields) or fill(title, finding.current)
            if finding.entity_id and name:
                told[finding.kind, finding.entity_id].add(name)
        for (kind, entity_id), values in referred.items():
            name = fill(title_of(catalogue.kinds[kind]), values)
            if name and (kind, entity_id) not in told:
                told[kind, entity_id].add(name)
        self._names = {key: names.pop() for key, names in told.items() if len(names) == 1}

    def of(self, kind: str, entity_id: str) -> str:
        """Give the name, else the id itself."""
        return visible(self._names.get((kind, entity_id), entity_id))


def fill(template: str, fields: Fields) -> str:
    """Fill in `{field}` of a catalogue's text; what is not known leaves no hole."""
    names = _placeholders(template)
    filled = PLACEHOLDER.sub(lambda match: fields.get(match.group(1)) or "", template)
    return filled if all(map(fields.get, names)) else " ".join(filled.split())


@lru_cache(maxsize=256)
def _placeholders(template: str) -> tuple[str, ...]:
    return tuple(PLACEHOLDER.findall(template))


def title_of(kind: Kind) -> str:
    """Give the template of what a thing is called: the catalogue's, else its own identity."""
    known_by = kind.identity.name or kind.identity.exact or kind.fields
    own = [field for field in known_by if field not in kind.refers_to]
    return kind.title or " ".join(f"{{{field}}}" for field in own)
