"""The example of another product, `docs/examples/webshop`: exactly its files, on PostgreSQL."""

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from flows.cli import main
from tests.postgres import empty_schema, running_server

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "webshop"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prefect")]


def uuid(number: int) -> str:
    return f"0d4ab1c2-93e8-4f6a-8b1d-{number:012x}"


HATS, BOOKS = uuid(0xA), uuid(0xB)
PLACED, CONFIRMED, BACK, DROPPED, CHANGED = map(uuid, range(1, 6))
MOVED, SUBSCRIBED = uuid(0x10), uuid(0x20)

# The evening as it was: minute after 20:00, request, status, Location.
REQUESTS = [
    (10, f"POST /shops/{HATS}/orders", 200, "-"),
    (11, f"POST /shops/{HATS}/orders", 201, f"/shops/{HATS}/orders/{PLACED}"),
    (12, f"POST /shops/{HATS}/orders/{CONFIRMED}/confirm", 204, "-"),
    (13, f"DELETE /shops/{HATS}/orders/{BACK.upper()}", 204, "-"),
    (14, f"DELETE /shops/{HATS}/orders/{DROPPED}", 204, "-"),
    (15, f"PATCH /shops/{HATS}/orders/{CHANGED}", 200, "-"),
    (16, f"PUT /orders/{CONFIRMED}/addresses/{MOVED}", 200, "-"),
    (17, f"GET /shops/{BOOKS}/newsletter.php?do=show", 302, "-"),
    (
        18,
        f"GET /shops/{BOOKS}/newsletter.php?do=subscribe&email=jo%40example.org",
        302,
        f"/shops/{BOOKS}/newsletter/{SUBSCRIBED}",
    ),
]
EVENTS = [
    (11, "order.placed", HATS, PLACED, {"number": "H-7", "total": 12.5, "state": "open"}),
    (15, "order.changed", HATS, CHANGED, {"total": 9.0, "options": {"wrap": "red", "gift": True}}),
    (16, "address.changed", HATS, MOVED, {"street": "Neuer Weg 2"}),
    (
        18,
        "newsletter.subscribed",
        BOOKS,
        SUBSCRIBED,
        {"list": "news", "email": "jo@example.org", "phone": "0151 2345678", "state": "pending"},
    ),
]
BEFORE = "2021-05-01 12:00:00+02"
ROWS = f"""
INSERT INTO shops VALUES ('{HATS}', 'Hut & Co', 'hut@example.org', 'de'),
  ('{BOOKS}', 'Books Ltd', 'books@example.org', 'en');
INSERT INTO orders VALUES
  ('{CONFIRMED}', '{HATS}', 'H-2', 20, 'open', NULL, '{BEFORE}', NULL, NULL),
  ('{BACK}', '{HATS}', 'H-3', 30, 'open', NULL, '{BEFORE}', NULL, NULL),
  ('{DROPPED}', '{HATS}', 'H-4', 40, 'open', NULL, '{BEFORE}', NULL, '2021-05-18 20:14:01+02'),
  ('{CHANGED}', '{HATS}', 'H-5', 9.00, 'open', '{{"gift": true, "wrap": "red"}}', '{BEFORE}',
   '2021-05-18 20:15:00+02', NULL);
INSERT INTO order_addresses VALUES ('{MOVED}', '{CONFIRMED}', 'Jörg Müller', 'Alter Weg 1',
  'Jena', '2021-05-01 12:00:00', NULL)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[sa.URL]:
    with running_server() as url:
        yield url


@pytest.fixture
def shop(server, tmp_path, monkeypatch) -> Path:
    """The migration file of the example, with the logs, events and rows of one evening."""
    folder = tmp_path / "webshop"
    shutil.copytree(EXAMPLE, folder)
    (folder / "logs").mkdir()
    (folder / "events").mkdir()
    (folder / "logs/shop-proxy.log").write_text("".join(log()), "utf-8")
    (folder / "events/tills.jsonl").write_text("".join(map(event, EVENTS)), "utf-8")
    url = empty_schema(server)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in ((EXAMPLE / "schema.sql").read_text("utf-8") + ROWS).split(";"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    monkeypatch.setenv("CUTOVER_DATABASE__URL", url)
    return folder / "migration.toml"


def at(minute: float) -> datetime:
    return datetime(2021, 5, 18, 20) + timedelta(minutes=minute)  # noqa: DTZ001 - local


def log() -> list[str]:
    polling = [(minute / 2, "GET /health", 200, "-") for minute in range(-60, 460)]
    return [
        f'192.0.2.1 - - [{at(minute):%d/%b/%Y:%H:%M:%S} +0200] "{request} HTTP/1.1" {status} 5 "-"'
        f' "Till/3.1" "{location}"\n'
        for minute, request, status, location in sorted(polling + REQUESTS)
    ]


def event(told) -> str:
    minute, type_, shop, subject, data = told
    return (
        json.dumps(
            {
                "specversion": "1.0",
                "id": f"{type_}-{minute}",
                "source": "/till/1",
                "type": type_,
                "time": f"{at(minute):%Y-%m-%dT%H:%M:%S}+02:00",
                "subject": subject,
                "customerid": shop,
                "data": data,
            }
        )
        + "\n"
    )


def called(capsys, *arguments) -> str:
    with pytest.raises(SystemExit) as stop:
        main(list(map(str, arguments)))
    out = capsys.readouterr().out
    assert not stop.value.code, out
    return out


def test_check_shows_a_row_of_each_kind(shop, capsys):
    out = called(capsys, "check", shop)
    assert f"    order_address: id {MOVED}, customer_id {HATS}, created_at 2021-05-01 12:00" in out
    assert '; recipient "Xxxx Xxxxxx"; street "Xxxxx Xxx 9"; city "Xxxx"' in out
    assert "    subscription: no rows" in out.splitlines()


def test_the_shop_is_reconciled_and_told_in_its_own_words(shop, capsys):
    output = Path(json.loads(called(capsys, "run", shop, "--json"))["output"])
    found = pl.read_parquet(output / "findings.parquet")
    assert {
        (row["kind"], row["entity_id"]): (row["customer_id"], row["verdict"], row["confidence"])
        for row in found.iter_rows(named=True)
    } == {
        ("order", PLACED): (HATS, "lost", "confirmed"),
        ("order", CONFIRMED): (HATS, "stale", "confirmed"),
        ("order", BACK): (HATS, "resurrected", "confirmed"),
        ("order", DROPPED): (HATS, "consistent", "confirmed"),
        ("order", CHANGED): (HATS, "consistent", "confirmed"),
        ("order_address", MOVED): (HATS, "stale", "confirmed"),
        ("subscription", SUBSCRIBED): (BOOKS, "lost", "confirmed"),
    }
    german = (output / f"notices/{HATS}/rev-1/notice.txt").read_text("utf-8")
    for words in ("Bestellungen", "H-7", "Betrag: 12.5", "Zustand: bestätigt", "Neuer Weg 2"):
        assert words in german, german
    english = (output / f"notices/{BOOKS}/rev-1/notice.txt").read_text("utf-8")
    for words in ("Subscription", "jo@example.org", "State: not yet confirmed"):
        assert words in english, english
    export = output / f"notices/{BOOKS}/rev-1/subscriptions-import.csv"
    header, row = export.read_text("utf-8-sig").splitlines()
    assert (header, row) == ("E-Mail,Liste,Telefon,Quelle", "jo@example.org,news,00491512345678,")
    for text in (german, english):
        assert not any(word in text for word in ("FE2", "Provision", "Alarm", "Person"))
