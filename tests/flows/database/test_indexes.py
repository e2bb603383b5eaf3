"""`check` names the columns for want of whose index large tables would be read over and over."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.database import Source, open_snapshot
from flows.database.indexes import without_index
from transforms.catalogue import Catalogue

LIVE = datetime(2021, 5, 18, 21, 18, tzinfo=UTC)


def kind(**given):
    columns = {"id": "id", "updated_at": "updated_at"}
    return {"label": {"en": "Thing"}, "columns": columns, "fields": [], **given}


BY_ORDER = {"column": "order_id", "table": "orders", "customer_id": "customer_id"}
CATALOGUE = Catalogue.model_validate(
    {
        "customers": {"table": "customers", "columns": {"id": "id"}},
        "devices": {"table": "phones", "device_id": "device_id"},
        "kinds": {
            "order": kind(table="orders"),
            "item": kind(table="items", customer_via=BY_ORDER),
            "visit": kind(table="visits"),
            "note": kind(table="notes"),
            "own": kind(query="SELECT id, customer_id, updated_at FROM bare"),
        },
    }
)
OWN = "id int NOT NULL, customer_id varchar(20), updated_at timestamp"
TABLES = f"""
CREATE TABLE customers (id varchar(20) PRIMARY KEY);
CREATE TABLE phones (device_id varchar(20) UNIQUE, customer_id varchar(20));
CREATE TABLE orders ({OWN}, PRIMARY KEY (id));
CREATE INDEX orders_customer ON orders (customer_id, updated_at);
CREATE TABLE items (id int NOT NULL PRIMARY KEY, order_id int, updated_at timestamp);
CREATE INDEX items_order ON items (order_id);
CREATE TABLE visits ({OWN}, UNIQUE (id));
CREATE INDEX visits_customer ON visits (customer_id);
CREATE TABLE bare ({OWN});
CREATE VIEW notes AS SELECT * FROM bare;
"""
WORSE = """
DROP INDEX orders_customer{on_orders};
DROP INDEX items_order{on_items};
DROP INDEX visits_customer{on_visits};
CREATE INDEX visits_customer ON visits (updated_at, customer_id);
"""
NAMES = ("customers", "phones", "orders", "items", "visits", "bare", "notes")
FILL = "".join(
    f"INSERT INTO {name} ({key}) VALUES (1), (2), (3);"
    for name, key in {
        "customers": "id",
        "phones": "device_id",
        **dict.fromkeys(("orders", "items", "visits", "bare"), "id"),
    }.items()
)
MISSING = [
    "no index begins with orders.customer_id: orders is read whole for every 200 customers",
    "no index begins with items.order_id: items is read whole for every 200 customers",
    "no index begins with visits.customer_id: visits is read whole for every 200 customers",
]


@pytest.fixture(autouse=True)
def _two_rows_are_few(monkeypatch):
    monkeypatch.setattr("flows.database.indexes._SMALL_ROWS", 2)


def in_a_file(path: Path, *scripts: str) -> str:
    with sqlite3.connect(path) as connection:
        for script in scripts:
            connection.executescript(script)
    connection.close()
    return f"sqlite:///{path}"


def said_of(url: str) -> list[str]:
    source = Source(url=url, base=Path(), live_at=LIVE, waits=())
    with open_snapshot(source, CATALOGUE) as snapshot:
        return list(without_index(snapshot))


NO_PLACE = {"on_orders": "", "on_items": "", "on_visits": ""}
ON_TABLES = {name: name.replace("_", " ").replace("on", " ON") for name in NO_PLACE}


def test_nothing_is_said_of_a_file_that_has_them(tmp_path):
    assert said_of(in_a_file(tmp_path / "new.db", TABLES, FILL)) == []


def test_missing_ones_are_named(tmp_path):
    scripts = (TABLES, FILL, WORSE.format(**NO_PLACE))
    assert said_of(in_a_file(tmp_path / "new.db", *scripts)) == MISSING


def test_nothing_is_said_of_small_tables(tmp_path, monkeypatch):
    monkeypatch.setattr("flows.database.indexes._SMALL_ROWS", 3)
    scripts = (TABLES, FILL, WORSE.format(**NO_PLACE))
    assert said_of(in_a_file(tmp_path / "new.db", *scripts)) == []


def test_an_index_of_some_rows_is_none(tmp_path):
    partial = "CREATE INDEX some ON orders (customer_id) WHERE updated_at IS NULL;"
    without = "DROP INDEX orders_customer;"
    url = in_a_file(tmp_path / "new.db", TABLES, FILL, without, partial)
    assert said_of(url) == MISSING[:1]


@pytest.mark.slow
@pytest.mark.xdist_group("servers")
def test_servers_tell_as_well(place):
    place.run(TABLES + FILL)
    place.let_read(*NAMES)
    assert said_of(place.reader) == []
    place.run(WORSE.format(**(NO_PLACE if place.is_postgres else ON_TABLES)))
    assert said_of(place.reader) == MISSING
