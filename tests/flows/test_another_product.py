"""Nothing of FE2 is in code: another product needs a catalogue only."""

import ast
import json
import sqlite3
from pathlib import Path

import polars as pl
import pytest

from flows.cli import main
from tests.flows.migrations import combined, quiet_evening
from tests.in_process import findings_of
from tests.tables import FE2

ROOT = Path(__file__).parents[2]

CATALOGUE = """
[customers]
table = "shops"
columns = { id = "shop_id", name = "name", email = "mail" }

[kinds.order]
label = { en = "Order", de = "Bestellung" }
table = "orders"
fields = ["total", "article"]
events = { "order.placed" = "create" }
identity = { exact = ["article"] }
[kinds.order.columns]
id = "nr"
customer_id = "shop_id"
created_at = "placed_at"
updated_at = "changed_at"
[[kinds.order.routes]]
action = "create"
method = "GET"
path = "/shop/{customer_id}/order.php"
query = { do = "place" }
[[kinds.order.routes]]
action = "delete"
method = "GET"
path = "/shop/{customer_id}/order.php/{entity_id}"
query = { do = "drop" }
"""

MIGRATION = """
[migration]
id = "shops"
snapshot_at = 2021-05-18T20:00:00+02:00
live_at = 2021-05-18T23:18:00+02:00
timezone = "Europe/Berlin"
[[access_logs]]
name = "proxy"
paths = ["proxy.log"]
[[client_events]]
name = "tills"
paths = ["tills.jsonl"]
trusted = true
[database]
url = "sqlite:///shops.db"
[catalogue]
path = "catalogue.toml"
[notices]
default_locale = "en"
"""


@pytest.fixture
def shops(tmp_path: Path) -> Path:
    """Order A-7 was placed and is gone; order A-3 was dropped and is back."""
    lines = quiet_evening()
    at = lines[100][0]
    for target in ("7?do=show", "?do=place&token=secret", "/A-3?do=drop"):
        lines.append((at, combined(at, f"GET /shop/s1/order.php{target}")))
    (tmp_path / "proxy.log").write_text("".join(line for _, line in sorted(lines)))
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": "/till/1",
        "type": "order.placed",
        "time": f"{at:%Y-%m-%dT%H:%M:%S}+02:00",
        "subject": "A-7",
        "customerid": "s1",
        "data": {"total": 12.5, "article": "Hose"},
    }
    (tmp_path / "tills.jsonl").write_text(json.dumps(event))
    database = sqlite3.connect(tmp_path / "shops.db")
    database.execute("CREATE TABLE shops (shop_id, name, mail)")
    database.execute("CREATE TABLE orders (nr, shop_id, placed_at, changed_at, total, article)")
    database.execute("INSERT INTO shops VALUES ('s1', 'Shop', 'shop@example.org')")
    database.execute("INSERT INTO orders VALUES ('A-3', 's1', '2021-01-01', NULL, 3, 'Hut')")
    database.commit()
    database.close()
    (tmp_path / "catalogue.toml").write_text(CATALOGUE)
    (tmp_path / "migration.toml").write_text(MIGRATION)
    return tmp_path


@pytest.mark.xdist_group("prefect")
def test_a_web_shop_is_reconciled_by_its_catalogue(shops, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["run", str(shops / "migration.toml"), "--json"])
    assert not stop.value.code
    output = Path(json.loads(capsys.readouterr().out)["output"])
    found = pl.read_parquet(output / "findings.parquet").sort("entity_id")
    assert found.select("customer_id", "kind", "entity_id", "verdict", "confidence").rows() == [
        ("s1", "order", "A-3", "resurrected", "confirmed"),
        ("s1", "order", "A-7", "lost", "confirmed"),
    ]
    assert json.loads(found["fields"][1]) == {"article": "Hose", "total": "12.5"}
    notice = (output / "notices/s1/rev-1/notice.txt").read_text("utf-8")
    assert "Hose" in notice
    for path in output.rglob("*"):
        assert not path.is_file() or b"secret" not in path.read_bytes(), path


def test_of_a_kind_nothing_but_its_ids_may_be_known(shops):
    """Whether it is there, and since when, is enough for a verdict."""
    bare = CATALOGUE.replace('["total", "article"]', "[]").replace('exact = ["article"]', "")
    (shops / "catalogue.toml").write_text(bare)
    found = findings_of(shops / "migration.toml").findings.sort("entity_id")
    assert found.select("entity_id", "verdict").rows() == [("A-3", "resurrected"), ("A-7", "lost")]


def test_no_code_names_what_the_catalogue_of_fe2_names():
    names = {*FE2.kinds, *(kind.table for kind in FE2.kinds.values())}
    names |= {field for kind in FE2.kinds.values() for field in kind.fields} - {"name", "type"}
    # Words of this product's own as well.
    names -= {"state", "status", "device_id", "email"}
    for layer in ("transforms", "notifications", "flows"):
        for path in (ROOT / layer).rglob("*.py"):
            constants = {
                node.value
                for node in ast.walk(ast.parse(path.read_text("utf-8")))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
            assert not constants & names, path
