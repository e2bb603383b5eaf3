"""A replica that is not yet at live_at would show everything as lost."""

import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from flows.database.replicas import refuse_stale
from tests.mariadb import running_replica
from tests.postgres import running_standby
from transforms.errors import DatabaseError

LIVE = datetime(2021, 5, 18, 21, 18, tzinfo=UTC)


class Server:
    """Answers to statements; an exception is raised."""

    def __init__(self, name, **answers):
        self.dialect = SimpleNamespace(name=name)
        self.answers = answers

    def exec_driver_sql(self, statement):
        key = next(key for key in self.answers if key in statement.lower())
        answer = self.answers[key]
        if isinstance(answer, Exception):
            raise answer
        return SimpleNamespace(one=lambda: answer, mappings=lambda: answer)


def denied(*, lost=False):
    cause = Exception(1227, "Access denied; you need the REPLICA MONITOR privilege")
    return sa.exc.OperationalError("SHOW", {}, cause, connection_invalidated=lost)


def behind(seconds, name="Seconds_Behind_Master"):
    return [{"Connection_name": "", name: seconds}]


def since_live():
    return (datetime.now(UTC) - LIVE).total_seconds()


@pytest.mark.parametrize(
    "server",
    [
        Server("sqlite"),
        Server("postgresql", pg_is_in_recovery=(False, None)),
        # A former replica that is the primary now: what it replayed last is long ago.
        Server("postgresql", pg_is_in_recovery=(False, LIVE - timedelta(days=1))),
        Server("postgresql", pg_is_in_recovery=(True, LIVE + timedelta(seconds=1))),
        Server("postgresql", pg_is_in_recovery=(True, None)),
        Server("mariadb", replica=[]),
        Server("mariadb", replica=behind(0)),
        Server("mysql", replica=behind(3, "Seconds_Behind_Source")),
        Server("mysql", replica=behind(None)),
        Server("mysql", replica=denied(), slave=denied()),
    ],
)
def test_what_is_at_live_at_or_does_not_tell_is_read(server):
    refuse_stale(server, "the database", LIVE)


# Made when asked, as what is behind by now is less behind a minute later.
LATE = {
    "postgresql": lambda: Server(
        "postgresql", pg_is_in_recovery=(True, LIVE - timedelta(seconds=1))
    ),
    "mariadb": lambda: Server("mariadb", replica=behind(since_live() + 60)),
    "mysql": lambda: Server(
        "mysql", replica=[*behind(0), *behind(since_live() + 60, "Seconds_Behind_Source")]
    ),
    "an older mysql": lambda: Server("mysql", replica=denied(), slave=behind(since_live() + 60)),
}


@pytest.mark.parametrize("server", LATE)
def test_what_lags_behind_is_refused_with_both_times(server):
    with pytest.raises(DatabaseError, match=r"only to 2021-05-18T21:1[67]:.*21:18:00Z\): every"):
        refuse_stale(LATE[server](), "the database", LIVE)


def test_a_connection_that_is_lost_over_it_is_no_answer():
    with pytest.raises(sa.exc.OperationalError):
        refuse_stale(Server("mariadb", replica=denied(lost=True)), "the database", LIVE)


@pytest.mark.slow
@pytest.mark.xdist_group("servers")
def test_a_real_standby_tells_how_far_it_is(postgres, on_postgres):
    with running_standby(postgres) as standby:
        on_postgres.run("CREATE TABLE now_at_work (id int)")
        holds_up_to(standby, "SELECT pg_last_xact_replay_timestamp() IS NOT NULL")


@pytest.mark.slow
@pytest.mark.xdist_group("servers")
def test_a_real_replica_tells_how_far_it_is(mariadb, on_mariadb):
    with running_replica(mariadb, on_mariadb.name) as replica:
        on_mariadb.run("CREATE TABLE now_at_work (id int)")
        holds_up_to(replica.admin, "SELECT count(*) FROM information_schema.processlist")


def holds_up_to(url: sa.URL, once: str) -> None:
    """It has replayed what was written now, so it is read for a move that ended, and no other."""
    now = datetime.now(UTC)
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        for _ in range(300):
            try:
                assert connection.exec_driver_sql(once).scalar()
                refuse_stale(connection, "the database", now - timedelta(minutes=1))
                with pytest.raises(DatabaseError, match="is a replica that has replayed"):
                    refuse_stale(connection, "the database", now + timedelta(hours=1))
            except (AssertionError, DatabaseError, pytest.fail.Exception):
                connection.rollback()
                time.sleep(0.1)
            else:
                return
    pytest.fail("the replica does not say that it is one")
