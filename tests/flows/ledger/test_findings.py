import polars as pl
import pytest

from flows.ledger import open_ledger
from flows.ledger.findings import (
    CHANGES,
    JUDGED,
    STORED,
    Recorded,
    record_findings,
    rows_seen,
    stored_changes,
    stored_findings,
)
from transforms.errors import AmbiguousKeyError

LOST = {
    "finding_id": "f1",
    "customer_id": "4711",
    "kind": "person",
    "verdict": "lost",
    "confidence": "confirmed",
    "reason": None,
    "asks": True,
    "seen_row": None,
    "grounds": "g1",
    "closure": None,
}


def frame(*rows):
    return pl.DataFrame(rows, schema=JUDGED)


@pytest.fixture
def record(ledger):
    """Records what one run after the other found."""

    def recorded(*rows):
        with ledger.begin() as tx:
            recorded.run += 1
            return record_findings(tx, recorded.run, frame(*rows))

    recorded.run = 0
    return recorded


def stored(ledger, finding_id="f1"):
    with ledger.reading() as tx:
        found = stored_findings(tx)
    assert found.schema == STORED
    return found.row(by_predicate=pl.col("finding_id") == finding_id, named=True)


def changes(ledger):
    with ledger.reading() as tx:
        found = stored_changes(tx)
    assert found.schema == CHANGES
    return found.rows()


def test_a_finding_comes_back_as_it_was_judged(ledger, record):
    odd = LOST | {"finding_id": "f2", "customer_id": 'a\0"b;\n, \\N', "reason": "", "grounds": None}
    assert record(odd, LOST) == Recorded(new=2)
    runs = {"first_run": 1, "changed_run": 1, "closed_run": None, "gone_run": None}
    assert stored(ledger, "f1") == LOST | runs
    assert stored(ledger, "f2") == odd | runs
    assert changes(ledger) == []


def test_the_same_again_changes_nothing_in_whatever_order(ledger, record):
    other = LOST | {"finding_id": "f2"}
    record(LOST, other)
    assert record(other, LOST) == Recorded()
    assert stored(ledger)["changed_run"] == 1


def test_only_what_changed_is_written_and_the_change_is_kept(ledger, record):
    other = LOST | {"finding_id": "f2"}
    record(LOST, other)
    repaired = LOST | {"verdict": "restored", "reason": "id", "asks": False, "closure": "repaired"}
    assert record(repaired, other) == Recorded(changed=1)
    runs = {"first_run": 1, "changed_run": 2, "closed_run": 2, "gone_run": None}
    assert stored(ledger) == repaired | runs
    assert stored(ledger, "f2")["changed_run"] == 1
    assert changes(ledger) == [("f1", 2, "lost", "restored", None, "id", None, "repaired")]


def test_a_closure_keeps_its_run_until_it_is_another(ledger, record):
    closed = LOST | {"closure": "repaired"}
    record(closed)
    record(closed | {"grounds": "g2"})
    assert stored(ledger)["closed_run"] == 1
    record(closed | {"closure": "deleted_since"})
    assert stored(ledger)["closed_run"] == 3
    record(LOST)
    assert stored(ledger)["closed_run"] is None


def test_the_row_that_the_last_run_saw_is_known_and_forgotten_with_it(ledger, record):
    here = LOST | {"verdict": "consistent", "seen_row": "P-1"}
    record(LOST | {"finding_id": "f2"}, here)
    with ledger.reading() as tx:
        assert rows_seen(tx).rows() == [("f1", "P-1")]
    record(LOST | {"finding_id": "f2"}, LOST)
    with ledger.reading() as tx:
        assert rows_seen(tx).is_empty()


def test_what_is_not_found_any_more_stays_known_as_gone_and_may_come_back(ledger, record):
    other = LOST | {"finding_id": "f2"}
    record(LOST, other)
    assert record(other) == Recorded(gone=1)
    assert stored(ledger)["gone_run"] == 2
    record(other | {"reason": "stale"})
    assert stored(ledger)["gone_run"] == 2
    assert record(LOST, other | {"reason": "stale"}) == Recorded(changed=1)
    assert stored(ledger)["gone_run"] is None
    assert stored(ledger)["first_run"] == 1
    of_f1 = [row for row in changes(ledger) if row[0] == "f1"]
    assert of_f1 == [
        ("f1", 2, "lost", None, None, None, None, None),
        ("f1", 4, None, "lost", None, None, None, None),
    ]


def test_a_run_may_find_nothing(ledger, record):
    assert record() == Recorded()
    record(LOST)
    assert record() == Recorded(gone=1)


def test_migrations_do_not_see_each_other(url, ledger, record, tmp_path):
    record(LOST)
    with open_ledger(url, base=tmp_path, migration_id="other") as other, other.begin() as tx:
        assert record_findings(tx, 1, frame(LOST | {"verdict": "stale"})) == Recorded(new=1)
        assert record_findings(tx, 2, frame()) == Recorded(gone=1)
        assert rows_seen(tx).is_empty()
    assert stored(ledger)["verdict"] == "lost"
    assert changes(ledger) == []


def test_an_id_that_stands_twice_is_refused(ledger, record):
    with pytest.raises(AmbiguousKeyError):
        record(LOST, LOST)


def test_a_run_that_fails_has_recorded_nothing(ledger, record):
    def fail():
        with ledger.begin() as tx:
            record_findings(tx, 1, frame(LOST))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert record(LOST) == Recorded(new=1)
