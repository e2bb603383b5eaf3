"""What is written to a customer again, and what is not."""

import polars as pl
import pytest

from tests.tables import table
from transforms.supplements import SENT, changes_since_sent

NOW = {
    "customer_id": pl.String(),
    "finding_id": pl.String(),
    "verdict": pl.String(),
    "reason": pl.String(),
    "grounds": pl.String(),
}


def changes(sent: str, now: str) -> dict[str, str]:
    """Changes by finding; all that asks for something is listed."""
    was = pl.DataFrame(table(sent), schema=SENT)
    findings = pl.DataFrame(table(now), schema=NOW)
    asking = ("lost", "stale", "resurrected", "review", "unidentified", "unconfirmed")
    listed = findings.filter(pl.col("verdict").is_in(asking)).select("finding_id")
    found = changes_since_sent(was, findings, listed)
    return dict(found.select("finding_id", "change").iter_rows())


SENT_ONE = """
customer_id | finding_id | verdict | grounds
A           | f1         | {was}   | g1
"""
NOW_ONE = """
customer_id | finding_id | verdict | reason   | grounds
A           | f1         | {now}   | {reason} | {grounds}
"""


@pytest.mark.parametrize(
    ("was", "now", "reason", "grounds", "change"),
    [
        # As it was: nothing to write.
        ("lost", "lost", "", "g1", None),
        # The evidence says more than it did: a value that the customer has not been told.
        ("lost", "lost", "", "g2", "found"),
        # A line bears witness now of what only an event had said.
        ("unconfirmed", "lost", "", "g1", "found"),
        ("review", "stale", "", "g1", "found"),
        # The gap has closed without a line: still to be checked, and not worse than was said.
        ("lost", "unconfirmed", "", "g1", None),
        # The customer is at work in the new database.
        ("lost", "restored", "", "g1", "done"),
        ("lost", "restored", "", "g2", "done"),
        ("stale", "consistent", "", "g1", "done"),
        ("resurrected", "consistent", "", "g1", "done"),
        ("stale", "consistent", "deleted_since", "g2", "done"),
        ("lost", "cancelled", "deleted_since", "g1", "done"),
        ("stale", "review", "changed_since", "g1", None),
        # The evidence shows that nothing was lost.
        ("lost", "cancelled", "", "g2", "withdrawn"),
        ("lost", "cancelled", "parent_gone", "g1", "withdrawn"),
        ("stale", "consistent", "", "g2", "withdrawn"),
    ],
)
def test_what_was_sent_and_what_is_known_now(was, now, reason, grounds, change):
    told = changes(
        SENT_ONE.format(was=was), NOW_ONE.format(now=now, reason=reason, grounds=grounds)
    )
    assert told.get("f1") == change


def test_what_was_not_listed_is_found_and_what_is_no_finding_any_more_is_withdrawn():
    sent = """
    customer_id | finding_id | verdict      | grounds
    A           | line       | unidentified | g1
    """
    now = """
    customer_id | finding_id | verdict | reason | grounds
    A           | person     | lost    |        | g2
    """
    assert changes(sent, now) == {"line": "withdrawn", "person": "found"}


def test_customers_who_were_sent_nothing_are_not_compared():
    sent = """
    customer_id | finding_id | verdict | grounds
    A           | f1         | lost    | g1
    """
    now = """
    customer_id | finding_id | verdict | reason | grounds
    A           | f1         | lost    |        | g1
    B           | f2         | lost    |        | g1
    """
    assert changes(sent, now) == {}


def test_a_change_is_told_to_the_customer_whose_it_is():
    was = pl.DataFrame(table(SENT_ONE.format(was="lost")), schema=SENT)
    nothing = pl.DataFrame(schema=NOW)
    gone = changes_since_sent(was, nothing, nothing.select("finding_id"))
    assert gone.rows() == [("A", "f1", "withdrawn", None)]
