"""How each engine looks for what it is asked: by an index, never by reading a large table."""

import re
import sqlite3
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from flows.database import Snapshot, Source, open_snapshot
from transforms.catalogue import Catalogue

LIVE = datetime(2021, 5, 18, 21, 18, tzinfo=UTC)


def kind(**given):
    columns = {"id": "id", "updated_at": "updated_at"}
    return {"label": {"en": "Thing"}, "columns": columns, "fields": ["name"], **given}


BY_ORDER = {"column": "order_id", "table": "orders", "customer_id": "customer_id"}
CATALOGUE = Catalogue.model_validate(
    {
        "customers": {"table": "customers", "columns": {"id": "id"}},
        "devices": {"table": "phones", "device_id": "device_id"},
        "kinds": {
            "person": kind(table="persons"),
            "order": kind(table="orders"),
            "letter": kind(table="letters"),
            "item": kind(table="items", customer_via=BY_ORDER),
            "visit": kind(query="SELECT id, customer_id, updated_at, name FROM visits"),
        },
    }
)
# Of which index each reading makes use, on all engines.
INDEXES = {
    "customers": {"customers_id"},
    "device_customers": {"phones_id"},
    "owners of person": {"persons_id"},
    "rows of person": {"persons_customer"},
    "owners of order": {"orders_id"},
    "rows of order": {"orders_customer"},
    "owners of letter": {"letters_id"},
    "rows of letter": {"letters_customer"},
    "owners of item": {"items_id", "orders_id"},
    "rows of item": {"orders_customer", "items_order"},
    "owners of visit": {"visits_id"},
    "rows of visit": {"visits_customer"},
}
# As texts, numbers, and texts that are filled with blanks; ten rows of each customer.
ROWS = 30_000
IDS = {"persons": "varchar(20)", "orders": "bigint", "letters": "char(12)", "visits": "varchar(20)"}
TABLES = f"""
CREATE TABLE customers (id varchar(20) NOT NULL);
CREATE UNIQUE INDEX customers_id ON customers (id);
INSERT INTO customers SELECT n FROM numbers WHERE n < {ROWS // 10};
CREATE TABLE phones (device_id varchar(20) NOT NULL, customer_id varchar(20));
CREATE UNIQUE INDEX phones_id ON phones (device_id);
INSERT INTO phones SELECT n, n FROM numbers;
CREATE TABLE items (id bigint NOT NULL, order_id bigint, updated_at timestamp, name varchar(20));
INSERT INTO items SELECT n, n, '2021-05-18 18:14:05', 'x' FROM numbers;
CREATE UNIQUE INDEX items_id ON items (id);
CREATE INDEX items_order ON items (order_id);
""" + "".join(
    f"""
CREATE TABLE {table} (
  id {type_} NOT NULL, customer_id varchar(20), updated_at timestamp, name varchar(20)
);
INSERT INTO {table} SELECT n, n % {ROWS // 10}, '2021-05-18 18:14:05', 'x' FROM numbers;
CREATE UNIQUE INDEX {table}_id ON {table} (id);
CREATE INDEX {table}_customer ON {table} (customer_id);
"""
    for table, type_ in IDS.items()
)
NAMES = ("customers", "phones", "items", *IDS)
NUMBERS = f"CREATE TABLE numbers (n int); INSERT INTO numbers SELECT * FROM {{}}; {TABLES}"
ON_SQLITE = f"WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < {ROWS})"


@pytest.fixture
def in_a_file(tmp_path):
    """The URL of a file of SQLite's."""
    with sqlite3.connect(tmp_path / "new.db") as connection:
        numbers = NUMBERS.format(f"({ON_SQLITE} SELECT n FROM s)")
        connection.executescript(f"{numbers}; ANALYZE;")
    connection.close()
    return f"sqlite:///{tmp_path}/new.db"


@pytest.fixture
def url_on_postgres(on_postgres):
    on_postgres.run(NUMBERS.format(f"generate_series(0, {ROWS})"))
    on_postgres.run("ANALYZE")
    on_postgres.let_read(*NAMES)
    return on_postgres.reader


@pytest.fixture
def url_on_mariadb(on_mariadb):
    on_mariadb.run(NUMBERS.format(f"seq_0_to_{ROWS}"))
    on_mariadb.run(f"ANALYZE TABLE {', '.join(NAMES)}")
    on_mariadb.let_read(*NAMES)
    return on_mariadb.reader


def looked_by(plan: str, rows: list) -> set[str]:
    """The indexes of a plan; where a table is read whole, its name in brackets."""
    if plan == "sqlite":
        return {_of_sqlite(row[3]) for row in rows if "LIST SUBQUERY" not in row[3]}
    if plan == "mysql":
        # A scan of a whole index is one of all rows as well.
        return {row[5] if row[3] not in {"ALL", "index"} else f"[{row[2]}]" for row in rows}
    ((document,),) = rows
    return set(_of_postgres(document[0]["Plan"] if isinstance(document, list) else document))


def _of_sqlite(detail: str) -> str:
    found = re.match(r"SEARCH \S+ USING (?:COVERING )?INDEX (\S+) \(", detail)
    return found[1] if found else f"[{detail}]"


def _of_postgres(node: dict):
    if "Index Name" in node:
        yield node["Index Name"]
    elif "Relation Name" in node and node["Node Type"] != "Bitmap Heap Scan":
        yield f"[{node['Relation Name']}]"
    for below in node.get("Plans", []):
        yield from _of_postgres(below)


EXPLAIN = {
    "sqlite": "EXPLAIN QUERY PLAN ",
    "mysql": "EXPLAIN ",
    "postgresql": "EXPLAIN (FORMAT JSON) ",
}


def engine_of(snapshot: Snapshot) -> str:
    name = snapshot.connection.dialect.name
    return "mysql" if name == "mariadb" else name


def statements_of(snapshot: Snapshot) -> list[tuple]:
    """What the snapshot asks from here on: statements with their parameters."""
    asked = []

    def remember(connection, cursor, statement, parameters, *_):
        asked.append((statement, parameters))

    sa.event.listen(snapshot.connection, "before_cursor_execute", remember)
    return asked


def plan_of(snapshot: Snapshot, statement: str, parameters) -> list:
    cursor = snapshot.connection.connection.cursor()
    cursor.execute(EXPLAIN[engine_of(snapshot)] + statement, parameters)
    return list(cursor.fetchall())


def indexes_used(url: str) -> dict[str, set[str]]:
    # So many of a table of five millions are asked for in ten thousands.
    ids = pl.Series([str(number) for number in range(500, 560)])
    customers = pl.Series(["7", "8", "9"])
    with opened(url) as snapshot:
        readings = {
            "customers": partial(snapshot.customers, customers),
            "device_customers": partial(snapshot.device_customers, ids),
        }
        for name, one in CATALOGUE.kinds.items():
            readings[f"owners of {name}"] = partial(snapshot.owners, one, ids)
            readings[f"rows of {name}"] = partial(snapshot.rows_of_customers, one, customers)
        asked = statements_of(snapshot)
        for read in readings.values():
            assert read().collect().height > 0
        plans = [plan_of(snapshot, *each) for each in asked]
        engine = engine_of(snapshot)
    return {name: looked_by(engine, plan) for name, plan in zip(readings, plans, strict=True)}


def opened(url: str):
    return open_snapshot(Source(url=url, base=Path(), live_at=LIVE, waits=()), CATALOGUE)


def test_sqlite_looks_by_the_indexes(in_a_file):
    assert indexes_used(in_a_file) == INDEXES


@pytest.mark.slow
@pytest.mark.xdist_group("servers")
@pytest.mark.parametrize("place", ["url_on_postgres", "url_on_mariadb"])
def test_servers_look_by_the_indexes(request, place):
    assert indexes_used(request.getfixturevalue(place)) == INDEXES


@pytest.mark.slow
@pytest.mark.xdist_group("servers")
def test_postgresql_knows_the_keys_when_it_plans(url_on_postgres, on_postgres, monkeypatch):
    """Otherwise it holds each row of a table without an index against each of the keys."""
    monkeypatch.setattr("flows.database.snapshot.IDS_AT_ONCE", 20)
    on_postgres.run("DROP INDEX persons_id")
    ids = pl.Series([str(number) for number in range(500)])
    with opened(url_on_postgres) as snapshot:
        asked = statements_of(snapshot)
        assert snapshot.owners(CATALOGUE.kinds["person"], ids).collect().height == 500
        plan = plan_of(snapshot, *asked[0])
        # A prepared statement would be planned for any keys.
        prepared = "SELECT count(*) FROM pg_prepared_statements"
        assert snapshot.connection.exec_driver_sql(prepared).scalar() == 0
    assert looked_by("postgresql", plan) == {"[persons]"}
    assert re.search(r"= ANY \('\{\d+,\d+,", str(plan))


def test_a_table_without_index_is_noticed(in_a_file):
    """What the tests above rely on."""
    with sqlite3.connect(in_a_file.removeprefix("sqlite:///")) as connection:
        connection.execute("DROP INDEX persons_customer")
    connection.close()
    assert indexes_used(in_a_file)["rows of person"] == {"[SCAN persons]"}
