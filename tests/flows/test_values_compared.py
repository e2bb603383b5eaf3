"""From event and log line to verdict: what means the same as the row is no loss."""

import json
import sqlite3
from contextlib import closing

import pytest

from tests.flows.migrations import TOML, combined, quiet_evening
from tests.in_process import findings_of

ID = "0d4ab1c2-93e8-4f6a-8b1d-6f0c2a7e5b39"
SHOP = "5c1f6f0e-2a7e-4b39-8b1d-93e84f6a0d4a"
CATALOGUE = """
time_zone = "Europe/Berlin"
[customers]
table = "shops"
columns = { id = "id", email = "mail" }
[kinds.order]
label = { en = "Order" }
table = "main.orders"
fields = ["total", "paid", "due"]
types = { total = "number", paid = "boolean", due = "time" }
events = { "order.placed" = "create", "order.changed" = "update" }
routes = [
  { action = "create", method = "POST", path = "/shops/{customer_id}/orders" },
  { action = "update", method = "PUT", path = "/shops/{customer_id}/orders/{entity_id}" },
]
[kinds.order.columns]
id = "id"
customer_id = "shop"
created_at = "at"
updated_at = "at"
deleted_at = "gone"
"""
TABLES = """
CREATE TABLE shops (id TEXT, mail TEXT);
CREATE TABLE orders (id TEXT, shop TEXT, at TEXT, gone TEXT, total TEXT, paid INTEGER, due TEXT);
"""


@pytest.fixture
def judged(tmp_path):
    """The verdict on an order that was changed in the window, by what the row holds."""

    def judge(row: str) -> dict:
        (tmp_path / "logs").mkdir()
        (tmp_path / "events").mkdir()
        lines = quiet_evening()
        at = lines[100][0]
        put = f"PUT /shops/{SHOP.upper()}/orders/{ID.upper()}"
        lines.append((at, combined(at, put)))
        log = "".join(line for _, line in sorted(lines))
        (tmp_path / "logs/a.log").write_text(log, "utf-8")
        event = {
            "specversion": "1.0",
            "id": "1",
            "source": "/till",
            "type": "order.changed",
            "time": f"{at:%Y-%m-%dT%H:%M:%S}+02:00",
            "subject": ID,
            "customerid": SHOP,
            "data": {"total": 12.5, "paid": True, "due": "2021-06-01T00:00:00+02:00"},
        }
        (tmp_path / "events/a.jsonl").write_text(json.dumps(event) + "\n", "utf-8")
        (tmp_path / "catalogue.toml").write_text(CATALOGUE, "utf-8")
        file = tmp_path / "migration.toml"
        file.write_text(f'{TOML}[catalogue]\npath = "catalogue.toml"\n', "utf-8")
        with closing(sqlite3.connect(tmp_path / "new.db")) as database, database:
            database.executescript(TABLES)
            database.execute(f"INSERT INTO shops VALUES ('{SHOP.upper()}', 'a@example.org')")
            database.execute(f"INSERT INTO orders VALUES ({row})")
        (found,) = findings_of(file).findings.to_dicts()
        return found

    return judge


LONG_AGO = "'2021-05-01 12:00:00'"


def order(total="'12.50'", paid="1", due="'2021-06-01 00:00'", gone="NULL", spell=str.upper):
    return f"'{spell(ID)}', '{SHOP.upper()}', {LONG_AGO}, {gone}, {total}, {paid}, {due}"


@pytest.mark.parametrize(
    "row",
    [
        order(),
        order(total="12.5", paid="'t'", due="1622498400"),
        order(due="'2021-05-31T22:00:00Z'", spell=str.lower),
    ],
)
def test_what_means_the_same_is_there(judged, row):
    found = judged(row)
    assert (found["verdict"], found["entity_id"], found["customer_id"]) == ("consistent", ID, SHOP)
    assert (found["lines"], found["events"]) == (1, 1)


@pytest.mark.parametrize("row", [order(total="'12.51'"), order(paid="0"), order(due="NULL")])
def test_what_means_something_else_is_not(judged, row):
    assert judged(row)["verdict"] == "stale"


def test_what_is_marked_as_deleted_is_not_there(judged):
    assert judged(order(gone=LONG_AGO))["verdict"] not in {"consistent", "stale"}
