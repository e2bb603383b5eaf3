"""A connection that is lost in the middle: the whole truth of one moment, or a clear error."""

import random
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from flows.database import Snapshot, Source, read_snapshot
from tests.flows.database.found import found
from transforms.catalogue import Catalogue
from transforms.errors import DatabaseError

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("servers")]

NAMES = ("first", "second", "third", "fourth")
CATALOGUE = Catalogue.model_validate(
    {
        "customers": {"table": "customers", "columns": {"id": "id"}},
        "kinds": {
            name: {
                "label": {"en": name},
                "table": f"{name}_things",
                "columns": {"id": "id", "customer_id": "customer_id"},
                "fields": ["version"],
            }
            for name in NAMES
        },
    }
)
ROWS = 2000
KEYS = pl.Series([str(number) for number in range(ROWS)])


def filled(place):
    """Four tables whose rows all have one version: a mixed reading would have two."""
    place.run("CREATE TABLE customers (id varchar(20) PRIMARY KEY)")
    place.let_read("customers")
    for name in NAMES:
        place.run(f"CREATE TABLE {name}_things (id int, customer_id varchar(20), version int)")
        rows = [(number, "1", 1) for number in range(ROWS)]
        place.insert(f"{name}_things", ("id", "customer_id", "version"), rows)
        place.let_read(f"{name}_things")
    return place


@pytest.fixture
def new(place):
    return filled(place)


def next_version(place):
    together = "; ".join(f"UPDATE {name}_things SET version = version + 1" for name in NAMES)
    place.run(f"BEGIN; {together}; COMMIT")


class Reading:
    """Reads all four tables; `at` is called before each with its name and the try's number."""

    def __init__(self, at=lambda name, number: None):
        self.at, self.tries = at, 0

    def __call__(self, snapshot: Snapshot) -> dict[str, set[str]]:
        self.tries += 1
        seen = {}
        for name, kind in CATALOGUE.kinds.items():
            self.at(name, self.tries)
            rows = found(snapshot, kind, *KEYS)
            assert rows.height == ROWS
            seen[name] = set(rows["fields"].struct.field("version"))
        return seen


def all_of(version):
    return {name: {version} for name in NAMES}


def read(place, reading, waits=(0.05, 0.5, 2.0)):
    live = datetime(2021, 5, 18, tzinfo=UTC)
    source = Source(url=place.reader, base=Path(), live_at=live, waits=waits)
    return read_snapshot(source, CATALOGUE, reading)


@pytest.mark.parametrize("table", NAMES)
def test_all_is_read_anew_in_a_new_snapshot(new, table):
    def lose(name, number):
        if name == table and number == 1:
            assert new.end_reading() == 1
            next_version(new)

    reading = Reading(lose)
    assert read(new, reading) == all_of("2")
    assert reading.tries == 2


def test_a_connection_that_is_lost_again_and_again_ends_in_a_clear_error(new):
    reading = Reading(lambda name, number: name == "third" and new.end_reading())
    with pytest.raises(DatabaseError, match="lost 3 times while reading; nothing") as caught:
        read(new, reading, waits=(0.01, 0.01))
    assert reading.tries == 3
    assert "geheim" not in str(caught.value)


def test_what_is_wrong_is_not_tried_again(new):
    new.run(f"REVOKE SELECT ON fourth_things FROM {new._who}")
    reading = Reading()
    with pytest.raises(DatabaseError, match="fourth_things"):
        read(new, reading)
    assert reading.tries == 0


@pytest.mark.parametrize("table", NAMES)
def test_a_backend_that_dies_takes_the_server_down_for_a_while(on_postgres, table):
    """PostgreSQL ends all connections then, and lets nobody in until it has recovered."""
    new = filled(on_postgres)
    reading = Reading(lambda name, number: (name, number) == (table, 1) and new.kill_backend())
    assert read(new, reading, waits=(0.1, 1.0, 5.0, 10.0)) == all_of("1")
    assert reading.tries >= 2


@pytest.mark.parametrize("comes_back", [True, False])
def test_a_server_that_dies(on_mariadb, mariadb, comes_back):
    def die(name, number):
        if name == "third" and number == 1:
            mariadb.kill()
            if comes_back:
                mariadb.start()

    new = filled(on_mariadb)
    reading = Reading(die)
    if comes_back:
        assert read(new, reading) == all_of("1")
        return
    try:
        with pytest.raises(DatabaseError, match="lost 3 times"):
            read(new, reading, waits=(0.01, 0.01))
    finally:
        mariadb.start()


def test_at_ten_random_moments_it_is_one_version_or_an_error(new):
    outcomes = disturbed(new, new.end_reading, waits=(0.01,), times=10)
    assert "read" in outcomes


def test_killed_at_fifty_random_moments_it_is_one_version_or_an_error(on_postgres):
    """The server is away for a while each time, and comes back by itself."""
    new = filled(on_postgres)
    outcomes = disturbed(new, new.kill_backend, waits=(0.05, 0.2, 0.5, 1.0, 3.0, 5.0), times=50)
    assert outcomes.count("read") > 40


def disturbed(new, disturb, waits, times):
    """What becomes of readings while all is changed, and while connections die."""
    rng = random.Random(20210518)
    began = time.monotonic()
    read(new, Reading())
    whole = time.monotonic() - began
    outcomes = []
    for _ in range(times):
        timers = [
            threading.Timer(rng.uniform(0, whole), unless_down, [disturb]),
            threading.Timer(rng.uniform(0, whole), unless_down, [next_version, new]),
        ]
        for timer in timers:
            timer.start()
        try:
            seen = read(new, Reading(), waits)
        except DatabaseError:
            outcomes.append("error")
        else:
            outcomes.append("read")
            assert len(set.union(*seen.values())) == 1
        for timer in timers:
            timer.join()
    return outcomes


def unless_down(do, *arguments):
    """The server that was killed takes everybody's connections with it."""
    with suppress(sa.exc.OperationalError):
        do(*arguments)
