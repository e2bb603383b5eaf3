"""What a client created twice because it got no answer and tried again, shown as one.

Both entities stay findings of their own (each has its id, and each was lost), but whoever works
through a list would create the same thing twice. Every finding that asks for something is either
a row of a notice, or shown together with such a row, or an acknowledgement that is counted.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import orjson
import polars as pl

from transforms.asking import ASKING, is_acknowledgement
from transforms.catalogue import Catalogue, Kind
from transforms.claims import RETRY
from transforms.schemas import Schema

GROUPS: Final[Schema] = {"finding_id": pl.String(), "group_id": pl.String()}

# Per customer: findings that ask for something = rows + retries + acknowledgements.
NOTICE_COUNTS: Final[Schema] = {
    "customer_id": pl.String(),
    "asking": pl.Int64(),
    "rows": pl.Int64(),
    "retries": pl.Int64(),
    "acknowledgements": pl.Int64(),
}

_SHOWN_AS_ONE: Final = ("lost", "review", "restored", "unconfirmed")

_Identity = tuple[str | None, ...]


class _Same(NamedTuple):
    """What two findings have in common when one client tried twice."""

    customer_id: str
    kind: str
    verdict: str
    identity: _Identity


def retry_groups(findings: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Which findings (FINDINGS) are shown as one: `finding_id`, `group_id`, one row a finding.

    `group_id` is the smallest finding_id of the group; a finding that stands alone has its own.
    Together are created things of one customer and kind, of one verdict, with the same values in
    all fields of the kind's identity, each within a minute after the one before. Verdicts never
    mix: what asks for something must not vanish behind what does not. Where too little is known
    to say that two are the same (a name, or any exact field, is missing), both are listed; two
    people of one family may share all the rest. Acknowledgements are counted, never grouped.
    """
    alike: dict[_Same, list[tuple[int, str]]] = defaultdict(list)
    candidates = findings.filter(
        (pl.col("action") == "created") & pl.col("verdict").is_in(_SHOWN_AS_ONE)
    ).select(
        *("finding_id", "customer_id", "kind", "verdict", "fields"),
        at=pl.col("first_at").dt.epoch("us"),
    )
    for finding_id, customer_id, kind, verdict, fields, at in candidates.iter_rows():
        identity = _identity(catalogue.kinds[kind], orjson.loads(fields or b"{}"))
        if identity and at is not None:
            alike[_Same(customer_id, kind, verdict, identity)].append((at, finding_id))
    group_of = {
        finding_id: min(group)
        for members in alike.values()
        for group in _within_a_minute(members)
        for finding_id in group
    }
    ids = findings.get_column("finding_id")
    return pl.DataFrame(
        {"finding_id": ids, "group_id": [group_of.get(each, each) for each in ids]}, schema=GROUPS
    )


def notice_counts(findings: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """For each customer with findings that ask for something, how notices show them.

    Columns: NOTICE_COUNTS, sorted by customer_id. A customer with `rows` = 0 gets no notice.
    """
    acknowledged = pl.col("is_acknowledgement")
    repeated = ~acknowledged & (pl.col("finding_id") != pl.col("group_id"))
    return (
        _asking(findings, catalogue)
        .join(retry_groups(findings, catalogue), on="finding_id", validate="1:1")
        .group_by("customer_id")
        .agg(
            asking=pl.len().cast(pl.Int64),
            rows=(~acknowledged & ~repeated).sum().cast(pl.Int64),
            retries=repeated.sum().cast(pl.Int64),
            acknowledgements=acknowledged.sum().cast(pl.Int64),
        )
        .select(*NOTICE_COUNTS)
        .sort("customer_id")
    )


def listed_findings(findings: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Name the findings that stand in a notice's lists, by themselves or with another one.

    Column: `finding_id`. What a machine sent is counted and not listed.
    """
    return _asking(findings, catalogue).filter(~pl.col("is_acknowledgement")).select("finding_id")


def _asking(findings: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """What asks for something, with `is_acknowledgement`."""
    asking = findings.filter(pl.col("verdict").is_in(ASKING))
    marks = [
        is_acknowledgement(catalogue.kinds[kind], orjson.loads(fields or b"{}"))
        for kind, fields in asking.select("kind", "fields").iter_rows()
    ]
    return asking.with_columns(pl.Series("is_acknowledgement", marks, dtype=pl.Boolean()))


def _identity(kind: Kind, fields: Mapping[str, str | None]) -> _Identity | None:
    """Give the values that a second try repeats, or None where they tell too little."""
    known_by = kind.identity
    needed = known_by.exact or known_by.name
    if not needed or not all(map(fields.get, needed)) or is_acknowledgement(kind, fields):
        return None
    return tuple(map(fields.get, known_by.fields))


def _within_a_minute(members: list[tuple[int, str]]) -> Iterator[list[str]]:
    """Split into groups of findings of which each came within a minute after the one before."""
    limit = RETRY.total_seconds() * 1_000_000
    group: list[str] = []
    before = 0
    for at, finding_id in sorted(members):
        if group and at - before > limit:
            yield group
            group = []
        group.append(finding_id)
        before = at
    yield group
