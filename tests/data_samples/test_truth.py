"""The truth agrees with itself and with the new database, for several seeds and sizes."""

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data_samples.model import Migration, Row, Settings
from data_samples.new_database import write_database
from data_samples.plan import CUSTOMERS_PER_ROUND, build, cases
from data_samples.proxies import PROXIES
from data_samples.schema import KINDS, columns
from data_samples.stamps import database_time
from data_samples.timeline import (
    ACCEPTED_SILENCE,
    CLOCK_SKEW,
    LATE_GAP,
    LIVE,
    SERVER_SKEW,
    SNAPSHOT,
    ZONES,
    Zone,
)
from data_samples.truth_files import tally

VERDICTS = {
    *("lost", "stale", "resurrected", "restored", "review", "unidentified"),
    *("unconfirmed", "cancelled", "consistent"),
}
REASONS = {
    *(None, "parent_gone", "id_reused", "update_of_missing", "changed_since"),
    *("before_snapshot", "after_live"),
}
ID_COLUMNS = {kind.table: kind.id_column for kind in KINDS}
TABLES = {kind.name: kind.table for kind in KINDS}


@pytest.fixture(
    scope="module",
    params=[Settings(), Settings(seed=7, customers=80), Settings(seed=8, uncertainty_minutes=5)],
    ids=["sample", "two rounds", "uncertain end"],
)
def migration(request: pytest.FixtureRequest) -> Migration:
    return build(request.param)


@pytest.fixture(scope="module")
def rows(migration: Migration) -> dict[tuple[str, str], Row]:
    found = [*migration.background, *(row for case in migration.planted for row in case.rows)]
    return {
        (row.table, row.values[ID_COLUMNS[row.table]]): row
        for row in found
        if row.table != "customers"
    }


def truths(migration: Migration):
    return [(case.case, truth) for case in migration.planted for truth in case.truths]


def row_of(truth, rows) -> Row | None:
    return rows.get((TABLES[truth.kind], truth.entity))


def test_every_case_occurs_for_each_of_its_kinds_in_each_round(migration: Migration):
    planted = Counter((case.case, case.kind) for case in migration.planted)
    rounds = migration.settings.customers // CUSTOMERS_PER_ROUND
    expected = {(case.name, kind.name) for case in cases() for kind in case.kinds}
    assert set(planted) == expected
    assert min(planted.values()) == rounds


def test_no_two_cases_share_a_name():
    assert max(Counter(case.name for case in cases()).values()) == 1
    assert all(case.build.__doc__ for case in cases())


def test_each_entity_is_said_once_unless_its_id_was_issued_twice(migration: Migration):
    said = Counter(
        (truth.customer, truth.kind, truth.entity)
        for case, truth in truths(migration)
        if truth.entity and case != "id_reused_by_same_customer_with_evidence"
    )
    assert max(said.values()) == 1


def test_verdicts_are_from_the_vocabulary(migration: Migration):
    opinions = [
        opinion
        for _, truth in truths(migration)
        for opinion in (truth.first, truth.final)
        if opinion
    ]
    assert {opinion.verdict for opinion in opinions} == VERDICTS
    assert {opinion.reason for opinion in opinions} == REASONS
    assert {opinion.confidence for opinion in opinions} == {"confirmed", "probable"}
    assert all(truth.first or truth.final for _, truth in truths(migration))


def test_every_kind_gets_every_verdict_that_it_can(migration: Migration):
    seen = {(truth.kind, truth.final.verdict) for _, truth in truths(migration) if truth.final}
    missing = {(kind.name, verdict) for kind in KINDS for verdict in VERDICTS} - seen
    assert missing == {
        *(("availability", verdict) for verdict in ("resurrected", "unidentified", "restored")),
        *(("feedback", verdict) for verdict in ("resurrected", "cancelled", "restored")),
    }


def test_the_last_customer_has_nothing_to_hear_of(migration: Migration):
    assert migration.customers[-1].id not in {truth.customer for _, truth in truths(migration)}


def test_what_is_lost_is_not_in_the_database(migration: Migration, rows):
    for case, truth in truths(migration):
        if truth.final and truth.final.verdict in {"lost", "restored"}:
            reissued = truth.final.reason == "id_reused"
            assert (row_of(truth, rows) is not None) == reissued, case


def test_what_is_stale_or_back_is_in_the_database_and_old(migration: Migration, rows):
    for case, truth in truths(migration):
        if truth.final and truth.final.verdict in {"stale", "resurrected"}:
            row = row_of(truth, rows)
            assert row is not None, case
            assert row.values["customer_id"] == truth.customer, case
            assert row.values["updated_at"] < database_time(SNAPSHOT), case


def test_what_restores_was_made_after_the_move_for_the_same_customer(migration: Migration, rows):
    uncertain = timedelta(minutes=migration.settings.uncertainty_minutes)
    for case, truth in truths(migration):
        if truth.final and truth.final.verdict == "restored":
            row = rows[TABLES[truth.kind], truth.matched]
            assert row.values["customer_id"] == truth.customer, case
            assert row.values["created_at"] > database_time(LIVE + uncertain), case


def test_one_row_restores_one_thing_unless_a_retry_made_it_twice(migration: Migration):
    matched = Counter(
        (truth.kind, truth.matched)
        for case, truth in truths(migration)
        if truth.final and truth.final.verdict == "restored" and case != "restored_retry"
    )
    assert max(matched.values()) == 1


def test_events_alone_never_confirm(migration: Migration):
    for case in migration.planted:
        if not case.lines:
            assert {truth.final.confidence for truth in case.truths if truth.final} <= {"probable"}


def test_a_customer_has_at_most_one_lonely_case_of_a_kind(migration: Migration):
    lonely = {case.name for case in cases() if case.lonely}
    found = Counter((case.customer, case.kind) for case in migration.planted if case.case in lonely)
    assert max(found.values()) == 1


def test_lines_keep_out_of_what_their_proxy_did_not_log(migration: Migration):
    for case in migration.planted:
        for line in case.lines:
            if line.proxy == "edge":
                assert not ACCEPTED_SILENCE.holds(line.at), case.case
            if line.proxy == "proxy-b":
                assert LATE_GAP.holds(line.at) == line.late, case.case


def test_covered_time_keeps_away_from_the_gaps():
    for span in ZONES[Zone.COVERED]:
        for gap in (LATE_GAP, ACCEPTED_SILENCE):
            assert span.end <= gap.start - CLOCK_SKEW or span.start >= gap.end + CLOCK_SKEW


def test_the_database_holds_all_rows_with_times_in_utc(migration: Migration, tmp_path: Path):
    write_database(migration, tmp_path / "new.db")
    with closing(sqlite3.connect(tmp_path / "new.db")) as connection:
        for kind in KINDS:
            found = connection.execute(f"SELECT * FROM {kind.table}").description
            assert tuple(column[0] for column in found) == columns(kind)
        (created,) = connection.execute("SELECT min(created_at) FROM persons").fetchone()
        count = connection.execute("SELECT count(*) FROM customers").fetchone()
    assert datetime.fromisoformat(created).replace(tzinfo=UTC) < SNAPSHOT - SERVER_SKEW
    assert count == (migration.settings.customers,)


def test_what_comes_to_nothing_is_counted(migration: Migration):
    total = tally(migration)
    assert min(total.unattributed_lines, total.unattributed_events, total.outside_lines) > 0
    assert min(total.outside_events, total.duplicate_events, total.unknown_events) > 0


def test_every_proxy_witnesses_writes(migration: Migration):
    seen = {line.proxy for case in migration.planted for line in case.lines if line.writes}
    assert seen == set(PROXIES)
