"""What the explanation of one finding says, from small tables."""

from typing import Any

import polars as pl

from notifications.explanation.building import explain
from notifications.explanation.content import Explanation
from notifications.explanation.grounds import Grounds
from tests.tables import FE2, WINDOW, reconciled, rows_of, silences
from transforms.history import EARLIER, seen_rows, with_history
from transforms.schemas import LINES


def explained(
    entity: str | None = "P1",
    *,
    lines_read: str = "",
    earlier: dict[str, Any] | None = None,
    **given: Any,
) -> Explanation:
    """The explanation of the one finding of this entity; `given` is of `tables.reconciled`.

    `earlier` is what was different when an earlier run looked.
    `lines_read` is the text of every line in evidence; where it is empty, no line was kept.
    """
    found = reconciled(**given)
    if earlier:
        before = reconciled(**(given | earlier))
        nothing = pl.DataFrame(schema=EARLIER)
        rows = {kind: rows_of(kind, text) for kind, text in (given.get("rows") or {}).items()}
        found = with_history(found, seen_rows(before, nothing), rows, FE2)
    own = found.findings.filter(pl.col("entity_id").eq_missing(pl.lit(entity, pl.String)))
    (finding_id,) = own["finding_id"]
    (kind,) = own["kind"]
    of_finding = pl.col("finding_id") == finding_id
    evidence = found.evidence.filter(of_finding)
    kept = evidence.drop_nulls("line").select("source", "file", "line", text=pl.lit(lines_read))
    return explain(
        Grounds(
            finding_id=finding_id,
            findings=found.findings.filter(pl.col("customer_id") == own["customer_id"][0]),
            evidence=evidence,
            held=found.held.filter(of_finding),
            lines=kept if lines_read else pl.DataFrame(schema=LINES),
            comparisons=found.comparisons.filter(of_finding),
            silences=silences(given.get("gaps", "source")),
            window=given.get("window", WINDOW),
            kind=FE2.kinds[kind],
            timezone="UTC",
        )
    )
