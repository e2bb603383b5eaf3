import os
import signal
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from flows.folders import BusyError
from flows.ledger import LockLostError, open_ledger
from flows.ledger.lock import SILENCE, _take, hold, holder
from flows.ledger.process import this_process
from flows.ledger.runs import all_runs, start_run
from flows.ledger.tables import locks
from tests.flows.ledger.processes import take_it, together

AT = datetime(2021, 5, 20, 9, tzinfo=UTC)


def who(ledger):
    with ledger.reading() as tx:
        return holder(tx)


def pretend(ledger, **values):
    """Write into the lock's row what another process would have written."""
    with ledger.begin() as tx:
        tx.connection.execute(sa.update(locks).values(**values))


@pytest.mark.parametrize("purpose", ["run", "send", "purge"])
def test_one_process_at_a_time_and_the_other_is_told_which(ledger, purpose):
    with hold(ledger, purpose):
        found = who(ledger)
        assert (found.purpose, found.process) == (purpose, this_process())
        with pytest.raises(BusyError) as caught, hold(ledger, "run"):
            pass
        told = str(caught.value)
        assert f"(process {os.getpid()} on {this_process().host}, since 20" in told
        assert "frankfurt-2021" in told
        assert "--wait" in told
    assert who(ledger) is None
    with hold(ledger, "run"):
        pass


def test_it_is_let_go_of_when_the_work_fails(ledger):
    with pytest.raises(KeyboardInterrupt), hold(ledger, "run"):
        raise KeyboardInterrupt
    assert who(ledger) is None


def test_what_a_full_disk_keeps_it_from_letting_go_of_holds_up_nobody_here(ledger):
    def refuse(_connection, _cursor, statement, *_more):
        if statement.startswith("DELETE FROM locks"):
            raise sa.exc.OperationalError(statement, {}, Exception("database or disk is full"))

    with hold(ledger, "run"):
        sa.event.listen(ledger.engine, "before_cursor_execute", refuse)
    sa.event.remove(ledger.engine, "before_cursor_execute", refuse)
    with ledger.reading() as tx:
        assert tx.connection.execute(sa.select(locks.c.purpose)).scalar_one() == "run"
    assert who(ledger) is None
    with hold(ledger, "send"):
        assert who(ledger).purpose == "send"
        with pytest.raises(BusyError), hold(ledger, "run"):
            pass
    assert who(ledger) is None


def test_migrations_do_not_exclude_each_other(url, ledger, tmp_path):
    opened = open_ledger(url, base=tmp_path, migration_id="other")
    with opened as other, hold(ledger, "run"), hold(other, "run"):
        pass


def test_who_waits_is_told_once_and_comes_next(ledger):
    order, told = [], []
    has_it = threading.Event()

    def first():
        with hold(ledger, "send"):
            has_it.set()
            time.sleep(0.7)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    has_it.wait()
    with hold(ledger, "run", wait=True, on_wait=told.append):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]
    (sentence,) = told
    assert sentence.startswith("Notices are being sent for frankfurt-2021 (process ")
    assert sentence.endswith("). Waiting for its end …")


def test_of_many_that_start_at_once_one_has_it(url, ledger, tmp_path):
    with together(4, take_it, url, tmp_path) as said:
        (winner,) = [word for word in said if isinstance(word, int)]
        others = [word for word in said if word != winner]
        assert all(f"process {winner} on" in word for word in others)
        assert who(ledger).process.pid == winner


def test_who_was_killed_has_it_no_more_and_of_many_one_takes_it_over(url, ledger, tmp_path):
    with together(1, take_it, url, tmp_path) as (pid,):
        with pytest.raises(BusyError, match=f"process {pid} "), hold(ledger, "run"):
            pass
        os.kill(pid, signal.SIGKILL)
        # Its parent has not asked for it yet: it is a zombie, and as dead.
        wait_until(lambda: who(ledger) is None)
        with together(3, take_it, url, tmp_path) as said:
            (winner,) = [word for word in said if isinstance(word, int)]
            assert who(ledger).process.pid == winner


def wait_until(is_so, seconds=10):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_of_two_that_find_it_dead_in_the_same_moment_one_takes_it_over(ledger):
    found = []

    def second():
        with ledger.begin() as tx:
            found.append(_take(tx, "send", "second"))

    with hold(ledger, "run"):
        pretend(ledger, process_start="1")
        thread = threading.Thread(target=second)
        with ledger.begin() as tx:
            assert _take(tx, "run", "first") is None
            # It waits for this transaction, having seen who is dead or not.
            thread.start()
            time.sleep(0.3)
        thread.join()
    assert [holder.token for holder in found] == ["first"]


def test_another_process_with_the_same_number_is_another_one(ledger):
    with hold(ledger, "run"):
        pretend(ledger, process_start="1")
        assert who(ledger) is None
        with hold(ledger, "send"):
            assert who(ledger).purpose == "send"
        assert who(ledger) is None


@pytest.mark.parametrize("elsewhere", [{"host": "other"}, {"place": "another boot pid:[1]"}])
def test_elsewhere_who_is_silent_for_minutes_is_dead(ledger, elsewhere):
    """Whether a process of another host, or container, runs can't be seen."""
    with hold(ledger, "run"):
        pretend(ledger, **elsewhere, pid=1 << 22, beat_at=datetime.now(UTC) - SILENCE / 2)
        with pytest.raises(BusyError), hold(ledger, "run"):
            pass
        pretend(ledger, beat_at=datetime.now(UTC) - SILENCE - timedelta(seconds=1))
        with hold(ledger, "send"):
            assert who(ledger).process == this_process()


def test_here_who_lives_is_never_dead_however_long_it_was_silent(ledger):
    with hold(ledger, "run"):
        pretend(ledger, beat_at=datetime.now(UTC) - timedelta(days=2))
        with pytest.raises(BusyError), hold(ledger, "run"):
            pass


def test_who_lost_it_writes_nothing_more(ledger):
    with hold(ledger, "run") as mine:
        with mine.begin() as tx:
            start_run(tx, "a", at=AT)
        pretend(ledger, host="other", beat_at=AT)
        with hold(ledger, "send") as other:
            with pytest.raises(LockLostError, match="taken over by another"), mine.begin() as tx:
                start_run(tx, "b", at=AT)
            with other.begin() as tx:
                start_run(tx, "c", at=AT)
            # Reading does no harm.
            with mine.reading() as tx:
                assert [run.run_id for run in all_runs(tx)] == ["a", "c"]


def test_who_lost_it_does_not_let_go_of_it(ledger):
    with hold(ledger, "run"):
        pretend(ledger, token="another's")
    assert who(ledger).token == "another's"


def test_it_gives_signs_of_life(ledger, monkeypatch):
    monkeypatch.setattr("flows.ledger.lock.BEAT", timedelta(milliseconds=20))
    with hold(ledger, "run") as held:
        before = who(ledger).beat_at
        wait_until(lambda: who(ledger).beat_at > before)
        # Also while the work writes for long, which is its turn then.
        with held.begin() as tx:
            start_run(tx, "a", at=AT)
            time.sleep(0.2)
        before = who(ledger).beat_at
        wait_until(lambda: who(ledger).beat_at > before)
    assert who(ledger) is None


def test_no_thread_is_left(ledger):
    with hold(ledger, "run"):
        assert "ledger-lock" in [thread.name for thread in threading.enumerate()]
    assert "ledger-lock" not in [thread.name for thread in threading.enumerate()]
