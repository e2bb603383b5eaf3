"""The new database lives on: what customers do there after an earlier run is no loss."""

from dataclasses import replace

import polars as pl
import pytest

from tests.notifications.sample import CATALOGUE, JOERG, finding, findings
from transforms.findings import Findings
from transforms.history import EARLIER, is_present, with_grounds, with_history
from transforms.schemas import COMPARISONS, EVIDENCE, HELD


def found(*rows: dict[str, object], with_row: tuple[str, ...] = ()) -> Findings:
    """Findings; those of `with_row` have their own row in the new database."""
    held = [
        {"finding_id": row["finding_id"], "has_row": row["finding_id"] in with_row} for row in rows
    ]
    nothing = pl.DataFrame(schema=EVIDENCE)
    return Findings(
        findings=findings(*rows),
        evidence=nothing,
        unattributed=nothing,
        held=pl.DataFrame(held, schema=HELD),
        comparisons=pl.DataFrame(schema=COMPARISONS),
    )


def remembered(run: Findings) -> pl.DataFrame:
    """What the ledger keeps of a run."""
    kept = with_grounds(run.findings).join(is_present(run), on="finding_id")
    return kept.select(*EARLIER)


def verdicts(run: Findings) -> dict[str, tuple[str, str | None]]:
    rows = run.findings.select("finding_id", "verdict", "reason").iter_rows()
    return {finding_id: (verdict, reason) for finding_id, verdict, reason in rows}


def after(first: Findings, second: Findings) -> dict[str, tuple[str, str | None]]:
    return verdicts(with_history(second, remembered(first), CATALOGUE))


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
    first = found(finding("a", "person", before, fields=JOERG), with_row=("a",))
    second = found(finding("a", "person", now, reason=reason, fields=JOERG))
    assert after(first, second) == {"a": ("consistent", "deleted_since")}


def test_what_was_created_again_and_then_deleted_was_deleted_since():
    first = found(finding("a", "person", "restored", fields=JOERG))
    second = found(finding("a", "person", "lost", fields=JOERG))
    assert after(first, second) == {"a": ("consistent", "deleted_since")}


def test_what_no_earlier_run_has_seen_is_lost():
    first = found(finding("a", "person", "review", fields=JOERG))
    second = found(finding("a", "person", "lost", fields=JOERG))
    assert after(first, second) == {"a": ("lost", None)}
    assert verdicts(with_history(second, pl.DataFrame(schema=EARLIER), CATALOGUE)) == {
        "a": ("lost", None)
    }


def test_a_deletion_that_is_undone_later_is_told():
    deletion = {"action": "deleted"}
    first = found(finding("a", "person", "consistent", **deletion))
    second = found(finding("a", "person", "resurrected", **deletion), with_row=("a",))
    assert after(first, second) == {"a": ("resurrected", None)}


def test_a_change_that_an_earlier_run_saw_was_overwritten_since():
    change = {"action": "updated", "fields": {"mobile": "1"}}
    first = found(finding("a", "person", "consistent", **change), with_row=("a",))
    second = found(
        finding("a", "person", "review", reason="changed_since", **change), with_row=("a",)
    )
    assert after(first, second) == {"a": ("consistent", "changed_since")}


def test_a_change_of_which_only_late_logs_tell_is_looked_at_even_so():
    change = {"action": "updated"}
    first = found(
        finding("a", "person", "consistent", fields={"mobile": "1"}, **change), with_row=("a",)
    )
    second = found(
        finding("a", "person", "review", reason="changed_since", fields={"mobile": "2"}, **change),
        with_row=("a",),
    )
    assert after(first, second) == {"a": ("review", "changed_since")}


def test_what_belongs_to_somebody_deleted_since_is_not_wanted_back_but_records_stay():
    person = {"entity_id": "P-1", "fields": JOERG}
    sent = {"fields": {"person_id": "P-1", "app": "aPager PRO"}}
    answer = {"fields": {"person_id": "P-1", "alarm_id": "A", "status": "YES"}}
    state = {"entity_id": "P-1", "action": "updated"}

    def run(verdict: str, *with_row: str) -> Findings:
        return found(
            finding("a", "person", verdict, **person),
            finding("b", "provisioning", "lost", **sent),
            finding("c", "feedback", "lost", **answer),
            finding("d", "availability", "stale", **state),
            with_row=with_row,
        )

    assert after(run("consistent", "a"), run("lost")) == {
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
    first = found(finding("b", "person", "consistent", fields=JOERG), with_row=("b",))
    rows = [finding(one, "person", "lost", fields=JOERG) for one in "cab"]
    second = found(*rows)
    settled = with_history(second, remembered(first), CATALOGUE).findings
    assert settled.schema == second.findings.schema
    assert settled["finding_id"].to_list() == ["c", "a", "b"]
    assert replace(second, findings=settled).held.equals(second.held)
