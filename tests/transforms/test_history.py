"""The new database lives on: what customers delete there after an earlier run is no loss."""

import polars as pl
import pytest

from tests.notifications.sample import CATALOGUE, JOERG, finding, findings
from transforms.findings import Findings
from transforms.history import EARLIER, seen_rows, with_grounds, with_history
from transforms.schemas import COMPARISONS, EVIDENCE, HELD, row_schema

NOTHING = pl.DataFrame(schema=EARLIER)


def found(*rows: dict[str, object], own: dict[str, str] | None = None) -> Findings:
    """Findings; `own` names the row of the new database that each of some has there."""
    held = [
        {
            "finding_id": row["finding_id"],
            "has_row": row["finding_id"] in (own or {}),
            "row_id": (own or {}).get(str(row["finding_id"])),
        }
        for row in rows
    ]
    nothing = pl.DataFrame(schema=EVIDENCE)
    return Findings(
        findings=findings(*rows),
        evidence=nothing,
        unattributed=nothing,
        held=pl.DataFrame(held, schema=HELD),
        comparisons=pl.DataFrame(schema=COMPARISONS),
    )


def there(*ids: str, customer: str = "4711") -> dict[str, pl.DataFrame]:
    """The persons that the new database has now."""
    rows = [{"id": each, "customer_id": customer} for each in ids]
    return {"person": pl.DataFrame(rows, schema=row_schema(CATALOGUE.kinds["person"].fields))}


def after(
    first: Findings, second: Findings, rows: dict[str, pl.DataFrame]
) -> dict[str, tuple[str, str | None]]:
    settled = with_history(second, seen_rows(first, NOTHING), rows, CATALOGUE)
    told = settled.findings.select("finding_id", "verdict", "reason").iter_rows()
    return {finding_id: (verdict, reason) for finding_id, verdict, reason in told}


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [
        ("consistent", "lost", None),
        ("stale", "review", "update_of_missing"),
        ("stale", "lost", None),
        ("consistent", "unconfirmed", None),
    ],
)
def test_what_an_earlier_run_saw_and_is_gone_was_deleted_since(before, now, reason):
    first = found(finding("a", "person", before, fields=JOERG), own={"a": "P-1"})
    second = found(finding("a", "person", now, reason=reason, fields=JOERG))
    assert after(first, second, there()) == {"a": ("consistent", "deleted_since")}


def test_what_was_created_again_and_then_deleted_was_deleted_since():
    first = found(finding("a", "person", "restored", fields=JOERG, matched_id="P-9"))
    second = found(finding("a", "person", "lost", fields=JOERG))
    assert after(first, second, there()) == {"a": ("consistent", "deleted_since")}


@pytest.mark.parametrize(
    "first",
    [
        found(finding("a", "person", "consistent", fields=JOERG), own={"a": "P-1"}),
        found(finding("a", "person", "restored", fields=JOERG, matched_id="P-1")),
    ],
)
def test_a_row_that_is_still_there_was_somebody_elses_all_along(first):
    """Late logs tell that its id was given out again, or whom else it belongs to."""
    second = found(finding("a", "person", "lost", reason="id_reused", fields=JOERG))
    assert after(first, second, there("P-1")) == {"a": ("lost", "id_reused")}
    elsewhere = there("P-1", customer="4712")
    assert after(first, second, elsewhere) == {"a": ("consistent", "deleted_since")}


def test_what_no_earlier_run_has_seen_is_lost():
    first = found(finding("a", "person", "review", fields=JOERG, matched_id="P-9"))
    second = found(finding("a", "person", "lost", fields=JOERG))
    assert after(first, second, there()) == {"a": ("lost", None)}


def test_a_deletion_that_is_undone_later_is_told():
    first = found(finding("a", "person", "consistent", action="deleted"), own={"a": "P-1"})
    second = found(finding("a", "person", "resurrected", action="deleted"), own={"a": "P-1"})
    assert after(first, second, there()) == {"a": ("resurrected", None)}


def test_what_was_seen_is_forgotten_unless_it_is_why_a_finding_is_closed():
    first = found(finding("a", "person", "restored", fields=JOERG, matched_id="P-9"))
    lost = found(finding("a", "person", "lost", fields=JOERG))
    seen = seen_rows(first, NOTHING)
    assert seen.rows() == [("a", "P-9")]
    closed = with_history(lost, seen, there(), CATALOGUE)
    assert seen_rows(closed, seen).rows() == [("a", "P-9")]
    known_better = with_history(lost, seen, there("P-9"), CATALOGUE)
    assert seen_rows(known_better, seen).rows() == [("a", None)]


def test_what_belongs_to_somebody_deleted_since_is_not_wanted_back_but_records_stay():
    person = {"entity_id": "P-1", "fields": JOERG}
    sent = {"fields": {"person_id": "P-1", "app": "aPager PRO"}}
    answer = {"fields": {"person_id": "P-1", "alarm_id": "A", "status": "YES"}}
    state = {"entity_id": "P-1", "action": "updated"}

    def run(verdict: str, own: dict[str, str]) -> Findings:
        return found(
            finding("a", "person", verdict, **person),
            finding("b", "provisioning", "lost", **sent),
            finding("c", "feedback", "lost", **answer),
            finding("d", "availability", "stale", **state),
            own=own,
        )

    assert after(run("consistent", {"a": "P-1"}), run("lost", {}), there()) == {
        "a": ("consistent", "deleted_since"),
        "b": ("cancelled", "deleted_since"),
        "c": ("lost", None),
        "d": ("cancelled", "deleted_since"),
    }


def test_a_further_witness_changes_no_grounds_and_a_further_value_does():
    one = finding("a", "person", fields=JOERG, sources=("access_log",))
    both = finding("a", "person", fields=JOERG)
    other = finding("a", "person", fields=JOERG | {"mobile": "1"})
    names = [with_grounds(findings(row))["grounds"].item() for row in (one, both, other)]
    assert names[0] == names[1] != names[2]


def test_history_leaves_order_and_columns_as_they_are():
    first = found(finding("b", "person", "consistent", fields=JOERG), own={"b": "P-1"})
    rows = [finding(one, "person", "lost", fields=JOERG) for one in "cab"]
    second = found(*rows)
    settled = with_history(second, seen_rows(first, NOTHING), there(), CATALOGUE).findings
    assert settled.schema == second.findings.schema
    assert settled["finding_id"].to_list() == ["c", "a", "b"]
