"""On a real PostgreSQL and a real MariaDB: one moment, nothing written, and values as they are."""

import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.database import Source, open_snapshot
from tests.flows.database.found import found
from transforms.catalogue import Catalogue
from transforms.errors import DatabaseError

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("servers")]

LIVE = datetime(2021, 5, 18, 21, 18, tzinfo=UTC)
CATALOGUE = Catalogue.model_validate(
    {
        "customers": {"table": "customers", "columns": {"id": "id", "email": "mail"}},
        "devices": {"table": "phones", "device_id": "serial"},
        "kinds": {
            "person": {
                "label": {"en": "Person"},
                "table": "persons",
                "columns": {"id": "id", "created_at": "created_at", "updated_at": "updated_at"},
                "fields": ["name", "active", "rule", "state", "born"],
            }
        },
    }
)
PERSON = CATALOGUE.kinds["person"]
TABLES = """
CREATE TABLE customers (id varchar(20) PRIMARY KEY, mail varchar(80), secret varchar(80));
CREATE TABLE phones (serial varchar(20) PRIMARY KEY, customer_id varchar(20));
"""
PERSONS = {
    True: """
CREATE TYPE state AS ENUM ('on', 'off');
CREATE TABLE persons (id bigint PRIMARY KEY, customer_id varchar(20), created_at timestamptz,
  updated_at timestamp, name varchar(80), active boolean, rule jsonb, state state, born date);
""",
    False: """
CREATE TABLE persons (id bigint PRIMARY KEY, customer_id varchar(20), created_at timestamp(3) NULL,
  updated_at datetime(3), name varchar(80), active bool, rule json, state enum('on', 'off'),
  born date);
""",
}


@pytest.fixture
def new(place):
    """The tables of the catalogue, of which the account may read these three and nothing else."""
    place.run(TABLES + PERSONS[place.is_postgres])
    place.run("CREATE TABLE secrets (id varchar(20))")
    place.let_read("customers", "phones", "persons")
    return place


def source(url: str, **changes) -> Source:
    return Source(url=url, base=Path(), live_at=LIVE, waits=(), **changes)


def persons(url, *ids, catalogue=CATALOGUE):
    with open_snapshot(source(url), catalogue) as snapshot:
        kind = catalogue.kinds["person"]
        return found(snapshot, kind, *ids)


ROW = """
INSERT INTO persons VALUES (7, '1', '2021-05-18 18:14:05.5+00:00', '2021-05-18 18:14:06',
  'Jörg', true, '{"b": [1, 2], "a": null}', 'on', '1980-02-29')
"""


def test_rows_have_ids_and_fields_as_text_and_times_in_utc(new):
    new.run(ROW if new.is_postgres else "SET time_zone = '+00:00';" + ROW.replace("+00:00", ""))
    (row,) = persons(new.reader, "7", "8", "P-1", "07").to_dicts()
    assert row == {
        "id": "7",
        "customer_id": "1",
        "created_at": datetime(2021, 5, 18, 18, 14, 5, 500_000, tzinfo=UTC),
        "updated_at": datetime(2021, 5, 18, 18, 14, 6, tzinfo=UTC),
        "fields": {
            "name": "Jörg",
            "active": "true",
            "rule": '{"a":null,"b":[1,2]}' if new.is_postgres else '{"b": [1, 2], "a": null}',
            "state": "on",
            "born": "1980-02-29",
        },
    }


def test_all_tables_are_seen_as_they_were_at_one_moment(new):
    """Also those that were first read after something was written to them."""
    new.run("INSERT INTO customers VALUES ('1', NULL, NULL)")
    one = pl.Series(["1", "2"])
    with open_snapshot(source(new.reader), CATALOGUE) as snapshot:
        assert snapshot.customers(one).collect().height == 1
        new.run("INSERT INTO customers VALUES ('2', NULL, NULL)")
        new.run("INSERT INTO persons (id, customer_id) VALUES (1, '2'); DELETE FROM phones")
        assert snapshot.customers(one).collect().height == 1
        assert snapshot.rows_of_customers(PERSON, one).collect().height == 0


def test_the_moment_is_that_of_the_beginning(new):
    """Not that of the first read of a row: between the two, the other tables could change."""
    with open_snapshot(source(new.reader), CATALOGUE) as snapshot:
        new.run("INSERT INTO customers VALUES ('1', NULL, NULL)")
        assert snapshot.customers(pl.Series(["1"])).collect().height == 0


@pytest.mark.parametrize("account", ["reader", "everything"])
@pytest.mark.parametrize(
    "statement", ["DELETE FROM customers", "CREATE TABLE mine (id int)", "DROP TABLE customers"]
)
def test_nothing_can_be_written_even_by_who_may_do_everything(new, account, statement):
    new.run("INSERT INTO customers VALUES ('1', NULL, NULL)")
    url = getattr(new, account)
    with (
        pytest.raises(DatabaseError, match=r"(?i)read.only|denied"),
        open_snapshot(source(url), CATALOGUE) as snapshot,
    ):
        snapshot.connection.exec_driver_sql(statement)
    with open_snapshot(source(url), CATALOGUE) as snapshot:
        assert snapshot.customers(pl.Series(["1"])).collect().height == 1


READING = re.compile(
    r"(?i)^(select|show|set|begin|start transaction|commit|rollback|savepoint|release|"
    r"/\*.*?\*/ *select)\b"
)
WRITING = re.compile(r"(?i)\b(insert|update|delete|create|alter|drop|truncate|for update|into)\b")


def test_nothing_but_reading_reaches_the_server(new):
    """As its own log has it."""
    new.run(ROW if new.is_postgres else ROW.replace("+00:00", ""))
    if new.is_postgres:
        new.run(f"ALTER ROLE {new.role} SET log_statement = 'all'")
    new.forget_log()
    with open_snapshot(source(new.reader), CATALOGUE) as snapshot:
        ids = pl.Series(["7"])
        assert snapshot.owners(PERSON, ids).collect().height == 1
        snapshot.rows_of_customers(PERSON, ids).collect()
        snapshot.customers(ids).collect()
        snapshot.device_customers(ids).collect()
    statements = said_by_reader(new)
    assert any("persons" in statement for statement in statements)
    assert [each for each in statements if not READING.match(each)] == []
    # Names of columns such as created_at are no words of these.
    assert [each for each in statements if WRITING.search(re.sub(r"'[^']*'", "", each))] == []


def said_by_reader(place):
    """The statements of the reader's connection in the server's log."""
    if place.is_postgres:
        said = re.findall(
            r"(?:statement|execute [^:]*): (.*?)(?=\n\S*\d{4}-\d\d-\d\d |\Z)",
            place.logged(),
            re.DOTALL,
        )
    else:
        said, mine = [], set()
        for line in place.logged().splitlines():
            match = re.match(r"(?:\d{6} +[\d:]+)?\s+(\d+) (\w+)\t(.*)", line)
            if match and match[2] == "Connect" and place.role in match[3]:
                mine.add(match[1])
            elif match and match[1] in mine and match[2] in {"Query", "Execute", "Prepare"}:
                said.append(match[3])
    return [each.strip() for each in said]


def test_a_statement_that_takes_too_long_is_ended(new):
    sleep = "SELECT pg_sleep(5)" if new.is_postgres else "SELECT SLEEP(5) FROM customers"
    new.run("INSERT INTO customers VALUES ('1', NULL, NULL)")
    short = source(new.reader, statement_timeout=timedelta(seconds=1))
    with (
        pytest.raises(DatabaseError, match=r"longer than database\.statement_timeout"),
        open_snapshot(short, CATALOGUE) as snapshot,
    ):
        snapshot.connection.exec_driver_sql(sleep).all()


def test_a_table_that_may_not_be_read_is_named_at_once(new):
    new.run(f"REVOKE SELECT ON persons FROM {new._who}")
    with (
        pytest.raises(DatabaseError, match=r"persons.*needs SELECT|lacks.*the table persons"),
        open_snapshot(source(new.reader), CATALOGUE),
    ):
        pass


def test_the_columns_that_are_named_are_enough(new):
    new.run(f"REVOKE SELECT ON customers FROM {new._who}")
    new.run(f"GRANT SELECT (id, mail) ON customers TO {new._who}")
    new.run("INSERT INTO customers VALUES ('1', 'a@b', 's')")
    with open_snapshot(source(new.reader), CATALOGUE) as snapshot:
        assert snapshot.customers(pl.Series(["1"])).collect()["email"].to_list() == ["a@b"]


def test_a_view_is_as_good_as_a_table(new):
    new.run("ALTER TABLE persons RENAME TO people; CREATE VIEW persons AS SELECT * FROM people")
    new.let_read("persons")
    new.run(ROW if new.is_postgres else ROW.replace("+00:00", ""))
    assert persons(new.reader, "7")["fields"].struct.field("active").to_list() == ["true"]


def test_what_is_missing_is_named_with_what_is_near(new):
    new.run("ALTER TABLE persons RENAME COLUMN active TO is_activ; DROP TABLE phones")
    with pytest.raises(DatabaseError) as caught, open_snapshot(source(new.reader), CATALOGUE):
        pass
    assert "the column persons.active (did you mean is_activ?)" in str(caught.value)
    assert "the table phones" in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_a_wrong_password_is_said_at_once_and_not_tried_again(new):
    wrong = new.reader.replace("geheim", "falsch")
    if new.is_postgres:
        # The tests' own server lets everybody in.
        wrong = new.reader.replace(new.role, "nobody_knows")
    with pytest.raises(DatabaseError, match="can't be read") as caught:
        persons(wrong, "1")
    assert "falsch" not in str(caught.value)


def test_a_reader_waits_for_nobody_who_writes(new):
    new.run(ROW if new.is_postgres else ROW.replace("+00:00", ""))
    with new._inside.connect().execution_options(isolation_level="READ COMMITTED") as writer:
        writer.exec_driver_sql("UPDATE persons SET name = 'x'")
        found = []
        reader = threading.Thread(target=lambda: found.append(persons(new.reader, "7")))
        reader.start()
        reader.join(timeout=60)
        writer.rollback()
    assert found[0]["fields"].struct.field("name").to_list() == ["Jörg"]


def test_the_server_is_told_of_one_moment_and_no_writing(new):
    with open_snapshot(source(new.everything), CATALOGUE) as snapshot:
        ask = snapshot.connection.exec_driver_sql
        if new.is_postgres:
            assert ask("SHOW transaction_isolation").scalar() == "repeatable read"
            assert ask("SHOW transaction_read_only").scalar() == "on"
            assert ask("SHOW default_transaction_read_only").scalar() == "on"
            assert ask("SHOW statement_timeout").scalar() == "10min"
        else:
            assert ask("SELECT @@tx_isolation").scalar() == "REPEATABLE-READ"
            assert ask("SELECT @@tx_read_only, @@autocommit").one() == (1, 0)
            assert ask("SELECT @@max_statement_time").scalar() == 600


def test_a_table_without_snapshots_is_refused(on_mariadb):
    on_mariadb.run(TABLES + PERSONS[False] + "; ALTER TABLE persons ENGINE = Aria")
    on_mariadb.let_read("customers", "phones", "persons")
    with (
        pytest.raises(DatabaseError, match=r"persons .* is kept by Aria, which knows no snapshot"),
        open_snapshot(source(on_mariadb.reader), CATALOGUE),
    ):
        pass
