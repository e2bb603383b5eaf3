import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from flows.ledger import open_ledger
from flows.ledger.findings import JUDGED, record_findings, stored_changes, stored_findings
from flows.ledger.lock import hold
from flows.ledger.notices import (
    NoticeContent,
    NoticeItem,
    Outcome,
    all_deliveries,
    approve,
    begin_sending,
    end_delivery,
    find_notices,
    history,
    items_of,
    last_sent_items,
    put_content,
    sending_accepted,
    start_delivery,
)
from flows.ledger.purging import Personal, count_personal, purge, purged_at
from flows.ledger.runs import PurgedError, RunState, all_runs, end_run, start_run
from flows.ledger.source_files import KnownFile, known_files, remember_files
from flows.ledger.tables import PURGE, AnyText, metadata

AT = datetime(2021, 6, 20, 9, tzinfo=UTC)
# All that is personal in the ledgers of these tests; no other text may have a part of it.
SECRETS = (
    *("4711-Brackwede", "Jörg Müller", "kdo@ff-beispiel", "anna.schmidt", "f0-e1-d2"),
    *("events/ff-brackwede", "550 no mailbox", "by phone with", "grounds-of", "offset-secret"),
    *("message-id-1", "print-of-file"),
)


def live(ledger):
    """A migration with something in every table."""
    finding = "f0-e1-d2"
    rows = [
        (finding, "4711-Brackwede", "person", "lost", "confirmed", None, True, False, "grounds-of")
    ]
    judged = pl.DataFrame([(*row, None) for row in rows], schema=JUDGED, orient="row")
    others = judged.with_columns(finding_id=pl.lit("other"), customer_id=pl.lit("customer 1"))
    content = NoticeContent(
        customer_id="4711-Brackwede",
        revision=1,
        content_hash="hash",
        recipient="kdo@ff-beispiel.de",
        is_supplement=False,
        is_final=False,
        items=[NoticeItem(finding, "person", "lost", None, "grounds-of", "Jörg Müller", AT)],
    )
    with ledger.begin() as tx:
        run = start_run(tx, "a", at=AT)
        file = KnownFile(
            source="fe2",
            label="events/ff-brackwede.jsonl",
            size_bytes=7,
            modified_ns=7,
            fingerprint="print-of-file",
            reading_key="k",
            parts='{"offset-secret": 1}',
            first_run=1,
            last_run=1,
        )
        remember_files(tx, [file])
        record_findings(tx, run, pl.concat([judged, others]))
        record_findings(tx, run, pl.concat([judged.with_columns(verdict=pl.lit("stale")), others]))
        put_content(tx, content, run=run, at=AT)
        put_content(tx, replace(content, customer_id="customer 1"), run=run, at=AT)
        key = ("4711-Brackwede", 1)
        who = {"who": "anna.schmidt", "at": AT}
        approve(tx, *key, content_hash="hash", why="by phone with Jörg Müller", **who)
        begin_sending(tx, *key, content_hash="hash", recipient="kdo@ff-beispiel.de", **who)
        attempt = {"message_id": "<message-id-1@x>", "recipient": "kdo@ff-beispiel.de", "at": AT}
        number = start_delivery(tx, *key, **attempt)
        end = {"outcome": Outcome.ACCEPTED, "answer": "550 no mailbox kdo@ff-beispiel.de", "at": AT}
        end_delivery(tx, *key, number, **end)
        sending_accepted(tx, *key, **who)
        end_run(tx, run, state=RunState.DONE, result="Final", at=AT, counts={"lost": 1})


def rows_of(ledger, *migrations):
    """Every table's rows; of these migrations, if any are named."""

    def rows(tx, table):
        every = (tuple(row) for row in tx.connection.execute(sa.select(table)))
        return sorted((row for row in every if not migrations or row[0] in migrations), key=str)

    with ledger.reading() as tx:
        return {table.name: rows(tx, table) for table in metadata.sorted_tables}


@pytest.fixture
def purged(ledger):
    live(ledger)
    with hold(ledger, "purge") as held:
        purge(held, at=AT)
    return ledger


def test_every_table_was_in_use(ledger):
    """Or else the tests below would look at nothing."""
    live(ledger)
    with hold(ledger, "run"):
        assert [name for name, rows in rows_of(ledger).items() if not rows] == []
    told = str(rows_of(ledger))
    assert [secret for secret in SECRETS if secret not in told] == []


def test_nothing_personal_is_left_in_any_row(purged):
    told = str(rows_of(purged))
    assert [secret for secret in SECRETS if secret in told] == []


def test_counts_and_the_audit_trail_stay(purged):
    with purged.reading() as tx:
        assert purged_at(tx) == AT
        (run,) = all_runs(tx)
        assert (run.result, run.counts, run.version != "") == ("Final", {"lost": 1}, True)
        found = stored_findings(tx)
        assert sorted(found["verdict"]) == ["lost", "stale"]
        (change,) = stored_changes(tx).rows(named=True)
        assert (change["verdict_before"], change["verdict_after"]) == ("lost", "stale")
        (sent,) = [each for each in find_notices(tx) if each.state == "sent"]
        customer = sent.customer_id
        # The same customer and finding in all tables.
        (stale,) = found.filter(pl.col("verdict") == "stale").rows(named=True)
        assert stale["customer_id"] == customer
        assert stale["finding_id"] == change["finding_id"]
        (item,) = items_of(tx, customer, 1)
        assert item.finding_id == stale["finding_id"]
        assert [*last_sent_items(tx)] == [customer]
        told = [(entry.action, entry.who) for entry in history(tx, customer, 1)]
        assert told == [
            ("create", "cutover-recon"),
            ("approve", "somebody 1"),
            ("begin sending", "somebody 1"),
            ("accepted by the mail server", "somebody 1"),
        ]
        (delivery,) = all_deliveries(tx)
        assert (delivery.customer_id, delivery.outcome) == (customer, "accepted")
        (file,) = known_files(tx)
        assert (file.label, file.size_bytes, file.parts) == ("file 1", 7, "")


def test_a_customer_who_is_called_like_a_number_is_not_mixed_up(purged):
    with purged.reading() as tx:
        customers = {notice.customer_id for notice in find_notices(tx)}
    assert customers == {"purged customer 1", "purged customer 2"}


def test_the_numbers_say_nothing_of_the_order(ledger):
    with ledger.begin() as tx:
        rows = [
            (f"{n:02}", f"{n:02}", "k", "lost", None, None, True, False, None) for n in range(40)
        ]
        judged = pl.DataFrame([(*row, None) for row in rows], schema=JUDGED, orient="row")
        record_findings(tx, 1, judged.with_columns(reason=pl.col("finding_id")))
    with hold(ledger, "purge") as held:
        purge(held, at=AT)
    with ledger.reading() as tx:
        found = stored_findings(tx).sort("reason")
    for column in ("finding_id", "customer_id"):
        numbers = [int(name.split()[1]) for name in found[column]]
        assert sorted(numbers) == [*range(1, 41)]
        assert numbers != sorted(numbers)


def test_nothing_is_left_in_the_files(ledger, url, tmp_path):
    live(ledger)
    assert [secret for secret in SECRETS if secret not in on_disk(ledger)] == []
    with hold(ledger, "purge") as held:
        purge(held, at=AT)
        assert [secret for secret in SECRETS if secret in on_disk(ledger)] == []
    assert [secret for secret in SECRETS if secret in on_disk(ledger)] == []


def test_nothing_is_left_of_what_others_have_deleted(tmp_path):
    """By a program that does not overwrite what it deletes."""
    opened = open_ledger("sqlite:///ledger.db", base=tmp_path, migration_id="frankfurt-2021")
    with opened as ledger:
        live(ledger)
        other = sqlite3.connect(tmp_path / "ledger.db")
        other.executescript("PRAGMA secure_delete = OFF; DELETE FROM source_files;")
        other.close()
        assert "events/ff-brackwede" in on_disk(ledger)
        with hold(ledger, "purge") as held:
            purge(held, at=AT)
        assert "events/ff-brackwede" not in on_disk(ledger)


def on_disk(ledger):
    """What the database's files hold: also of rows that were deleted."""
    if ledger.engine.dialect.name == "sqlite":
        with ledger.reading() as tx:
            file = Path(tx.connection.exec_driver_sql("PRAGMA database_list").all()[0][2])
            files = [*file.parent.glob("ledger.db*")]
        assert len(files) == 3
    else:
        files = postgres_files(ledger)
    return b"".join(path.read_bytes() for path in files).decode("utf-8", "replace")


def postgres_files(ledger):
    """Those of the tables, their indexes, and of what is known of their values."""
    wanted = (
        "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relname = 'pg_statistic' OR "
        "relkind IN ('r', 'i') AND relnamespace = current_schema()::regnamespace"
    )
    engine = ledger.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
        folder = Path(connection.exec_driver_sql("SHOW data_directory").scalar())
        paths = connection.exec_driver_sql(wanted).scalars().all()
    assert len(paths) > 2 * len(metadata.tables)
    return [folder / path for path in paths]


def test_other_migrations_keep_everything(ledger, url, tmp_path):
    with open_ledger(url, base=tmp_path, migration_id="other") as other:
        live(other)
        live(ledger)
        before = rows_of(other, "other")
        with hold(ledger, "purge") as held:
            purge(held, at=AT)
        assert rows_of(other, "other") == before
    assert [name for name, rows in before.items() if not rows] == ["locks"]


def test_no_run_follows(purged):
    with (
        pytest.raises(PurgedError, match=r"purged on 2021-06-20.*another id"),
        purged.begin() as tx,
    ):
        start_run(tx, "b", at=AT)


def test_it_may_be_done_again(purged):
    before = rows_of(purged)
    with hold(purged, "purge") as held:
        purge(held, at=AT.replace(year=2022))
    assert rows_of(purged) == before


def test_it_says_before_how_much_it_is(ledger):
    live(ledger)
    with ledger.reading() as tx:
        assert count_personal(tx) == Personal(customers=2, findings=2, files=1, people=1)


def test_an_empty_migration_can_be_purged(ledger):
    with hold(ledger, "purge") as held:
        purge(held, at=AT)
    with ledger.reading() as tx:
        assert count_personal(tx) == Personal(customers=0, findings=0, files=0, people=0)


def test_every_text_was_judged_personal_or_not():
    """A new column has to be marked in `tables`, or named here."""
    harmless = {
        *("migration_id", "state", "action", "state_before", "state_after", "content_hash"),
        *("kind", "verdict", "confidence", "reason", "closure", "outcome", "version", "result"),
        *("verdict_before", "verdict_after", "reason_before", "reason_after"),
        *("closure_before", "closure_after", "run_id", "source", "reading_key", "counts"),
    }
    texts = [
        column
        for table in metadata.sorted_tables
        # Its row is gone with the process.
        if table.name != "locks"
        for column in table.c
        if isinstance(column.type, sa.String | sa.JSON | AnyText)
    ]
    assert [str(column) for column in texts if not column.info.get(PURGE)] == [
        str(column) for column in texts if column.name in harmless and not column.info.get(PURGE)
    ]
