import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.database import CUSTOMERS, DEVICE_CUSTOMERS, Source, open_snapshot
from flows.database_urls import locate
from tests.flows.database.found import found
from transforms.catalogue import Catalogue
from transforms.errors import AmbiguousKeyError, ConfigurationError, DatabaseError
from transforms.schemas import row_schema

CATALOGUE = Catalogue.model_validate(
    {
        "customers": {"table": "customers", "columns": {"id": "id", "email": "contact_email"}},
        "devices": {"table": "registrations", "device_id": "device_id"},
        "kinds": {
            "person": {
                "label": {"en": "Person"},
                "table": "persons",
                "columns": {"id": "id", "created_at": "created_at", "updated_at": "updated_at"},
                "fields": ["name", "active", "rule", "age"],
            },
            "state": {
                "label": {"en": "State"},
                "table": "states",
                "columns": {"id": "person_id", "updated_at": "updated_at"},
                "fields": [],
            },
        },
    }
)
LIVE = datetime(2021, 5, 18, 21, 18, tzinfo=UTC)
PERSON, STATE = CATALOGUE.kinds["person"], CATALOGUE.kinds["state"]
TABLES = """
CREATE TABLE customers (id TEXT, contact_email TEXT, secret TEXT);
CREATE TABLE registrations (device_id TEXT, customer_id TEXT);
CREATE TABLE persons (id INTEGER, customer_id TEXT, created_at DATETIME, updated_at,
                      name TEXT, active BOOLEAN, rule JSON, age REAL, secret TEXT);
CREATE TABLE states (person_id TEXT, customer_id TEXT, updated_at TEXT);
"""


@pytest.fixture
def database(tmp_path):
    return Database(tmp_path)


class Database:
    """A new database in a file, filled by SQL, and read by the product."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "new.db"
        self.run(TABLES)

    def run(self, sql):
        with sqlite3.connect(self.file) as connection:
            connection.executescript(sql)
        connection.close()

    def open(self, url="sqlite:///new.db", catalogue=CATALOGUE):
        return open_snapshot(Source(url=url, base=self.folder, live_at=LIVE), catalogue)

    def persons(self, *ids):
        with self.open() as snapshot:
            return found(snapshot, PERSON, *ids)


def test_rows_have_ids_and_fields_as_text_and_times_in_utc(database):
    database.run(
        "INSERT INTO persons VALUES (7, '1', '2021-05-18 18:14:05', '2021-05-18T20:14:05.5+02:00',"
        " 'Jörg', 1, '{\"b\": [1, 2], \"a\": null}', 12.5, 'x')"
    )
    rows = database.persons("7")
    assert rows.schema == row_schema(PERSON.fields)
    assert rows.to_dicts() == [
        {
            "id": "7",
            "customer_id": "1",
            "created_at": datetime(2021, 5, 18, 18, 14, 5, tzinfo=UTC),
            "updated_at": datetime(2021, 5, 18, 18, 14, 5, 500_000, tzinfo=UTC),
            "fields": {
                "name": "Jörg",
                "active": "true",
                "rule": '{"a":null,"b":[1,2]}',
                "age": "12.5",
            },
        }
    ]


@pytest.mark.parametrize(
    "spelling",
    [
        "'2021-05-18 18:14:05.120000'",
        "'2021-05-18T18:14:05.12Z'",
        "'2021-05-18T20:14:05.120+02:00'",
        "1621361645.12",
        "1621361645120",
        "1621361645120000",
        "'1621361645.12'",
    ],
)
def test_a_time_is_the_same_in_all_its_spellings(database, spelling):
    database.run(f"INSERT INTO persons (id, customer_id, updated_at) VALUES (1, '1', {spelling})")
    (row,) = database.persons("1").to_dicts()
    assert row["updated_at"] == datetime(2021, 5, 18, 18, 14, 5, 120_000, tzinfo=UTC)


def test_null_stays_null(database):
    database.run("INSERT INTO persons (id, customer_id, updated_at) VALUES (1, '1', '')")
    (row,) = database.persons("1").to_dicts()
    assert row["created_at"] is row["updated_at"] is None
    assert set(row["fields"].values()) == {None}


def test_what_is_no_time_is_said_without_the_value(database):
    database.run("INSERT INTO persons (id, customer_id, updated_at) VALUES (1, '1', 'Jörg 0151')")
    with pytest.raises(DatabaseError) as caught:
        database.persons("1")
    assert "persons.updated_at holds 'aaaa 9999'" in str(caught.value)


def test_text_that_is_no_utf_8_does_not_end_the_run(database):
    database.run(
        "INSERT INTO persons (id, customer_id, name) VALUES (1, '1', CAST(x'4AF6' AS TEXT))"
    )
    (row,) = database.persons("1").to_dicts()
    assert row["fields"]["name"] == "J\ufffd"


def test_only_the_rows_that_were_asked_for_and_however_many(database):
    database.run(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
        "INSERT INTO persons (id, customer_id) SELECT i, i % 2 FROM n"
    )
    wanted = [str(number) for number in range(1, 2001)]
    assert sorted(map(int, database.persons(*wanted, *wanted, "none")["id"])) == [*range(1, 2001)]
    assert database.persons().height == 0
    with database.open() as snapshot:
        rows = snapshot.rows_of_customers(PERSON, pl.Series(["1", None])).collect()
    assert rows.height == 1500
    assert set(rows["customer_id"]) == {"1"}


def test_a_kind_may_have_no_fields_and_no_creation(database):
    database.run("INSERT INTO states VALUES ('P-1', '1', '2021-05-18')")
    with database.open() as snapshot:
        rows = found(snapshot, STATE, "P-1")
    assert rows.schema == row_schema(())
    assert rows["created_at"].to_list() == [None]


def test_an_id_twice_at_one_customer_is_refused(database):
    database.run("INSERT INTO persons (id, customer_id) VALUES (1,'a'), (1,'a'), (2,'a'), (2,'b')")
    with database.open() as snapshot:
        assert snapshot.owners(PERSON, pl.Series(["2"])).collect().height == 2
    with pytest.raises(AmbiguousKeyError, match="persons of the new database has 1 ids"):
        database.persons("1", "2")


def test_customers_with_what_the_catalogue_names(database):
    database.run("INSERT INTO customers VALUES ('1', 'a@b', 's'), ('2', NULL, 's')")
    with database.open() as snapshot:
        customers = snapshot.customers(pl.Series(["1", "2", "3"])).sort("id").collect()
    assert customers.schema == CUSTOMERS
    assert customers.rows() == [("1", None, "a@b", None, None), ("2", None, None, None, None)]


def test_devices_can_belong_to_several_customers(database):
    database.run(
        "INSERT INTO registrations VALUES ('d','2'), ('d','1'), ('d','1'), ('e', NULL), ('f','3')"
    )
    with database.open() as snapshot:
        found = snapshot.device_customers(pl.Series(["d", "e"])).collect()
    assert found.schema == DEVICE_CUSTOMERS
    assert found.rows() == [("d", "1"), ("d", "2")]


def test_a_catalogue_without_devices(database):
    catalogue = CATALOGUE.model_copy(update={"devices": None})
    with database.open(catalogue=catalogue) as snapshot:
        assert snapshot.device_customers(pl.Series(["d"])).collect().height == 0


def test_all_reads_see_the_same_moment(database):
    database.run("PRAGMA journal_mode=WAL; INSERT INTO customers VALUES ('1', NULL, NULL);")
    one = pl.Series(["1", "2"])
    with database.open() as snapshot:
        before = snapshot.customers(one).collect()
        database.run("INSERT INTO customers VALUES ('2', NULL, NULL)")
        assert snapshot.customers(one).collect().equals(before)


def test_nothing_can_be_written(database):
    with pytest.raises(DatabaseError, match="readonly"), database.open() as snapshot:
        snapshot.connection.exec_driver_sql("DELETE FROM customers")


def test_everything_that_is_missing_is_named_at_once_with_what_is_near(database):
    database.run(
        "ALTER TABLE persons RENAME COLUMN active TO is_activ; ALTER TABLE states RENAME TO stats"
    )
    with pytest.raises(DatabaseError) as caught, database.open():
        pass
    message = str(caught.value)
    assert "the column persons.active (did you mean is_activ?)" in message
    assert "the table states (did you mean stats?)" in message


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "does not exist"), (b"no database" * 100, "can't be read: file is not a database")],
)
def test_what_is_no_database_is_named(database, content, says):
    database.file.unlink()
    if content:
        database.file.write_bytes(content)
    with pytest.raises(DatabaseError, match=says) as caught, database.open():
        pass
    assert str(database.file) in str(caught.value)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite://", "names no file"),
        ("oracel://u:geheim@h/n", "no database that is known"),
        ("mysql+mysqldb://u:geheim@h/n?password=geheim", "needs the driver MySQLdb"),
        ("postgresql://u:geheim@h:port/n", "can't be understood"),
        ("postgresql://u:p@geheim@127.0.0.1:1/n", "can't be understood.*written as %40"),
        ("mysql://u:geheim@127.0.0.1:1/n?sslmode=geheim", "does not know.*among sslmode"),
        ("mysql://u:geheim@127.0.0.1:1/n?read_timeout=geheim", "can't take, among read_timeout"),
        ("postgresql+asyncpg://u:geheim@h/n", "not asynchronous"),
    ],
)
def test_a_url_that_fits_no_driver(database, url, says):
    with pytest.raises(ConfigurationError, match=says) as caught, database.open(url):
        pass
    assert "geheim" not in str(caught.value)


def test_a_path_is_relative_to_the_migration_file(database):
    assert locate("sqlite:///sub/new.db", Path("/base")).database == "/base/sub/new.db"
    assert locate("sqlite:////abs/new.db", Path("/base")).database == "/abs/new.db"
    assert locate("postgresql://h/n", Path("/base")).database == "n"
