"""Each customer's case: what was found and what their own traffic shows, read from frames once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from notifications.findings import Fields, Finding, read_findings
from transforms.catalogue import Catalogue
from transforms.data_subjects import data_subjects
from transforms.schemas import row_schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What the customer's own requests show: user agents, and the last use of the old address."""

    agents: frozenset[str] = frozenset()
    last_through_old_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that one customer's notice is made from. Nothing in it is another customer's.

    `referred` are values of rows in the new database that findings refer to without having
    written them, by kind and id. `data_subjects` counts the persons whose data are concerned.
    """

    customer_id: str
    findings: tuple[Finding, ...] = ()
    referred: Mapping[tuple[str, str], Fields] = field(default_factory=dict)
    traffic: Traffic = Traffic()
    data_subjects: int = 0


def read_cases(
    findings: pl.DataFrame,
    evidence: pl.DataFrame,
    rows: Mapping[str, pl.DataFrame],
    catalogue: Catalogue,
    *,
    old_sources: frozenset[str],
) -> dict[str, Case]:
    """Read the cases of all customers of `findings` (FINDINGS), by customer id.

    `evidence` (EVIDENCE) may hold more customers than are asked for. `rows` has for each kind
    a frame of `row_schema`; a kind that is not in it has no rows.
    """
    told = read_findings(findings, evidence, catalogue)
    traffic = _traffic(evidence, old_sources)
    subjects = _subjects(findings, catalogue)
    referred = _referred(told, rows, catalogue)
    return {
        customer_id: Case(
            customer_id=customer_id,
            findings=tuple(own),
            referred=referred.get(customer_id, {}),
            traffic=traffic.get(customer_id, Traffic()),
            data_subjects=subjects.get(customer_id, 0),
        )
        for customer_id, own in told.items()
    }


def _traffic(evidence: pl.DataFrame, old_sources: frozenset[str]) -> dict[str, Traffic]:
    is_old = pl.col("source").is_in(sorted(old_sources))
    seen = (
        evidence.drop_nulls("customer_id")
        .group_by("customer_id")
        .agg(
            agents=pl.col("user_agent").drop_nulls().unique(),
            last_through_old_at=pl.col("line_at").filter(is_old).max(),
        )
    )
    return {
        customer_id: Traffic(agents=frozenset(agents), last_through_old_at=last)
        for customer_id, agents, last in seen.iter_rows()
    }


def _subjects(findings: pl.DataFrame, catalogue: Catalogue) -> dict[str, int]:
    counted = (
        data_subjects(findings, catalogue)
        .group_by("customer_id")
        .agg(pl.col("subject").drop_nulls().n_unique())
    )
    return dict(counted.iter_rows())


def _referred(
    told: Mapping[str, list[Finding]], rows: Mapping[str, pl.DataFrame], catalogue: Catalogue
) -> dict[str, dict[tuple[str, str], Fields]]:
    """Look up what findings refer to: only ever among the same customer's own rows."""
    wanted: dict[str, set[tuple[str, str]]] = {}
    for customer_id, own in told.items():
        for finding in own:
            for kind, row_id in references(finding, catalogue):
                wanted.setdefault(kind, set()).add((customer_id, row_id))
    found: dict[str, dict[tuple[str, str], Fields]] = {}
    for kind, keys in wanted.items():
        fields = catalogue.kinds[kind].fields
        frame = rows.get(kind, pl.DataFrame(schema=row_schema(fields)))
        asked = pl.DataFrame(sorted(keys), schema=["customer_id", "id"], orient="row")
        own_rows = frame.join(asked, on=["customer_id", "id"], how="semi")
        for customer_id, row_id, values in own_rows.select(
            "customer_id", "id", "fields"
        ).iter_rows():
            found.setdefault(customer_id, {})[kind, row_id] = values
    return found


def references(finding: Finding, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield kind and id of what a finding refers to, as recorded or as the row has it now."""
    for name, kind in catalogue.kinds[finding.kind].refers_to.items():
        if value := finding.value(name):
            yield kind, value
