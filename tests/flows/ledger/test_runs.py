from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flows.ledger import LedgerError, open_ledger
from flows.ledger.runs import RunState, all_runs, end_run, last_done, start_run

AT = datetime(2021, 5, 19, 8, tzinfo=UTC)


def test_runs_are_numbered_by_migration(url, ledger, tmp_path):
    with ledger.begin() as tx:
        assert start_run(tx, "a", at=AT) == 1
        end_run(tx, 1, state=RunState.DONE, result="Preliminary", at=AT, counts={"lost": 3})
        assert start_run(tx, "b", at=AT) == 2
    with open_ledger(url, base=tmp_path, migration_id="other") as other, other.begin() as tx:
        assert start_run(tx, "c", at=AT) == 1
    with ledger.reading() as tx:
        done, running = all_runs(tx)
        assert last_done(tx) == done
    assert (done.run_id, done.state, done.result, done.counts) == (
        *("a", RunState.DONE, "Preliminary", {"lost": 3}),
    )
    assert (running.run_id, running.state, running.result) == ("b", RunState.RUNNING, None)
    assert running.version


def test_times_come_back_in_utc_whatever_their_zone(ledger):
    berlin = AT.astimezone(tz=ZoneInfo("Europe/Berlin"))
    with ledger.begin() as tx:
        start_run(tx, "a", at=berlin + timedelta(microseconds=7))
        (run,) = all_runs(tx)
    assert run.started_at == AT + timedelta(microseconds=7)
    assert run.started_at.tzinfo is UTC


def test_a_local_time_is_refused(ledger):
    with pytest.raises(LedgerError, match="without a zone"), ledger.begin() as tx:
        start_run(tx, "a", at=AT.replace(tzinfo=None))


def test_a_run_that_was_killed_is_told_by_the_next_one(ledger):
    with ledger.begin() as tx:
        start_run(tx, "a", at=AT)
        later = AT + timedelta(hours=1)
        start_run(tx, "b", at=later)
        killed, _ = all_runs(tx)
    assert (killed.state, killed.result, killed.ended_at) == (RunState.FAILED, "Killed", later)
    says = "Run 1 of frankfurt-2021 is not running any more"
    with pytest.raises(LedgerError, match=says), ledger.begin() as tx:
        end_run(tx, 1, state=RunState.DONE, result="Final", at=later)


def test_what_a_transaction_wrote_is_gone_when_it_fails(ledger):
    def fail():
        with ledger.begin() as tx:
            start_run(tx, "a", at=AT)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    with ledger.reading() as tx:
        assert all_runs(tx) == []
