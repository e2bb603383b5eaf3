"""What each verdict rests on is handed on with it. Snapshot 18:00, live 21:18, times UTC."""

import polars as pl

from tests.tables import at, reconciled
from transforms.schemas import HELD

LINES = """at | kind | action | entity | fields
 18:10 | person | update | P1 |
 18:11 | person | create | P2 |
 18:12 | person | create | P3 |
 18:13 | person | create |    |"""
ANNA = "first_name=Anna, last_name=Vogt, email=a@x.de, mobile=+49 151 2345678"
TOLD = f"at | kind | action | entity | fields\n 18:12 | person | create | P3 | {ANNA}"
ROWS = {
    "person": f"""id | created | updated | fields
 P1 | 09:00 | 10:00 | email=b@y.de
 P2 | 20:00 | 20:00 | email=c@y.de
 R3 | 22:00 | 22:30 | {ANNA}"""
}


def held(entity: str) -> dict[str, object]:
    found = reconciled(lines=LINES, told=TOLD, rows=ROWS)
    named = found.findings.filter(pl.col("entity_id") == entity, pl.col("first_at") < at("19:00"))
    (finding_id,) = named["finding_id"]
    return found.held.row(by_predicate=pl.col("finding_id") == finding_id, named=True)


def test_every_finding_of_a_known_entity_has_it_and_no_other():
    found = reconciled(lines=LINES, told=TOLD, rows=ROWS)
    known = found.findings.drop_nulls("entity_id")["finding_id"]
    assert found.held["finding_id"].to_list() == sorted(known)
    assert found.held.schema == HELD


def test_the_entitys_own_row_with_the_times_that_were_compared():
    row = held("P1")
    assert (row["row_id"], row["has_row"]) == ("P1", True)
    assert (row["row_created_at"], row["row_updated_at"]) == (at("09:00"), at("10:00"))
    assert row["judged_at"] == at("18:10")


def test_a_row_that_has_the_id_now_is_not_its_own():
    row = held("P2")
    assert (row["row_id"], row["has_row"], row["reissued_at"]) == (None, False, at("20:00"))


def test_the_row_that_it_has_become():
    row = held("P3")
    assert not row["has_row"]
    assert (row["matched_created_at"], row["matched_updated_at"]) == (at("22:00"), at("22:30"))
