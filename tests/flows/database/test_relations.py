"""Rows that do not say whose they are: by a join, and by a SELECT of the catalogue's own."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from flows.database import Source, open_snapshot
from flows.database.first_rows import first_rows
from tests.flows.database.found import found
from transforms.catalogue import Catalogue
from transforms.errors import AmbiguousKeyError, DatabaseError

LIVE = datetime(2021, 5, 18, 21, 18, tzinfo=UTC)
PLAIN = {"label": {"en": "Address"}, "fields": ["town", "id"], "columns": {"id": "id"}}
JOINED = {
    **PLAIN,
    "table": "addresses",
    "fields": ["town", "shop_id"],
    "columns": {"id": "id", "updated_at": "changed_at", "deleted_at": "gone"},
    "customer_via": {"column": "order_id", "table": "orders", "customer_id": "shop_id"},
}
# Nothing in it is a parameter, and it ends where its parenthesis is.
SELECTED = {
    **PLAIN,
    "fields": ["town"],
    "columns": {"id": "id", "updated_at": "changed_at"},
    "query": "WITH o AS (SELECT * FROM orders) SELECT a.id AS id, o.shop_id AS customer_id,"
    " a.changed_at AS changed_at, a.town AS town, ':b %s 100%' AS note"
    " FROM addresses a LEFT JOIN o ON o.id = a.order_id"
    " WHERE a.gone IS NULL AND a.town NOT LIKE ':town%';",
}
TABLES = """
CREATE TABLE shops (id varchar(20) PRIMARY KEY);
CREATE TABLE orders (id int, shop_id varchar(20));
CREATE TABLE addresses (id int, order_id int, shop_id varchar(20), changed_at varchar(40),
  town varchar(40), gone varchar(40));
INSERT INTO orders VALUES (1, 's1'), (2, 's2');
INSERT INTO addresses VALUES (10, 1, 'x', '2021-05-18T18:14:05Z', 'Jena', NULL),
  (20, 2, NULL, NULL, 'Gera', NULL), (30, 3, NULL, NULL, 'Apolda', NULL),
  (40, 1, NULL, NULL, 'Weimar', '2021-05-18T18:14:05Z')
"""


def catalogue(kind) -> Catalogue:
    customers = {"table": "shops", "columns": {"id": "id"}}
    return Catalogue.model_validate({"customers": customers, "kinds": {"address": kind}})


class InAFile:
    """SQLite, filled as the servers are."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "new.db"
        self.everything = self.reader = f"sqlite:///{self.file}"

    def run(self, sql: str) -> None:
        with sqlite3.connect(self.file) as connection:
            connection.executescript(sql)
        connection.close()

    def let_read(self, *tables: str) -> None:
        """Whoever has the file may read it."""


@pytest.fixture
def in_a_file(tmp_path):
    return InAFile(tmp_path)


SERVER = [pytest.mark.slow, pytest.mark.xdist_group("servers")]


@pytest.fixture(
    params=[
        "in_a_file",
        pytest.param("on_postgres", marks=SERVER),
        pytest.param("on_mariadb", marks=SERVER),
    ]
)
def shops(request):
    place = request.getfixturevalue(request.param)
    place.run(TABLES)
    place.let_read("shops", "orders", "addresses")
    return place


def opened(place, kind):
    source = Source(url=place.reader, base=Path(), live_at=LIVE, waits=())
    return open_snapshot(source, catalogue(kind))


def rows(place, kind, *keys, by="id") -> list[dict]:
    with opened(place, kind) as snapshot:
        described = snapshot.catalogue.kinds["address"]
        if by == "id":
            return found(snapshot, described, *keys).to_dicts()
        customers = pl.Series(keys, dtype=pl.String)
        return snapshot.rows_of_customers(described, customers).sort("id").collect().to_dicts()


@pytest.mark.parametrize("kind", [JOINED, SELECTED])
class TestBoth:
    def test_only_the_rows_of_these_customers_are_read(self, shops, kind):
        (row,) = rows(shops, kind, "s1", "none", by="customer")
        assert (row["id"], row["customer_id"], row["fields"]["town"]) == ("10", "s1", "Jena")
        assert row["updated_at"] == datetime(2021, 5, 18, 18, 14, 5, tzinfo=UTC)

    def test_a_row_is_found_by_its_id(self, shops, kind):
        found = rows(shops, kind, "10", "20", "20x", "40")
        assert [(row["id"], row["customer_id"]) for row in found] == [("10", "s1"), ("20", "s2")]

    def test_a_row_whose_customer_is_not_found_is_there_and_nobodys(self, shops, kind):
        with opened(shops, kind) as snapshot:
            owners = snapshot.owners(snapshot.catalogue.kinds["address"], pl.Series(["30"]))
        assert owners.collect()["customer_id"].to_list() == [None]

    def test_an_id_twice_is_refused(self, shops, kind):
        shops.run("INSERT INTO orders VALUES (1, 's1')")
        with pytest.raises(AmbiguousKeyError, match="of the new database has 1 ids more than once"):
            rows(shops, kind, "10")


def test_an_id_of_several_columns_is_made_one_by_a_select(shops):
    """As the product's API writes it."""
    is_mariadb = shops.reader.startswith("mariadb")
    both = "concat(order_id, '-', id)" if is_mariadb else "order_id || '-' || id"
    query = f"SELECT {both} AS id, order_id AS customer_id, town FROM addresses"
    kind = {**PLAIN, "fields": ["town"], "query": query}
    assert [row["id"] for row in rows(shops, kind, "1-10", "1-20", "10")] == ["1-10"]
    assert "1-10" in {row["id"] for row in rows(shops, kind, "1", by="customer")}


@pytest.mark.parametrize(
    ("town", "begins"),
    [("Weimar", "address (deleted): id 40, customer_id s1"), ("Jena", "address: id 10, customer")],
)
def test_a_first_row_that_is_marked_as_deleted_is_shown_as_such(shops, town, begins):
    shops.run(f"DELETE FROM addresses WHERE town <> '{town}'")
    with opened(shops, JOINED) as snapshot:
        (line,) = first_rows(snapshot, ZoneInfo("Europe/Berlin"))
    assert line.startswith(begins)


def test_a_column_of_the_same_name_is_another(shops):
    (row,) = rows(shops, JOINED, "10")
    assert (row["customer_id"], row["fields"]["shop_id"]) == ("s1", "x")


def test_a_table_may_be_joined_with_itself(shops):
    shops.run("INSERT INTO addresses VALUES (50, 10, NULL, NULL, 'Suhl', NULL)")
    via = {"column": "order_id", "table": "addresses", "customer_id": "shop_id"}
    (row,) = rows(shops, {**JOINED, "customer_via": via}, "x", by="customer")
    assert (row["id"], row["customer_id"]) == ("50", "x")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"column": "ORDER_ID"}, r"the column addresses\.ORDER_ID \(did you mean order_id\?\)"),
        ({"column": "ordr_id"}, r"the column addresses\.ordr_id \(did you mean order_id\?\)"),
        ({"id": "nr"}, r"the column orders\.nr \(known are id, shop_id\)"),
        ({"table": "order"}, r"the table order \(did you mean orders\?\)"),
    ],
)
def test_what_a_join_names_must_be_there(shops, change, says):
    kind = {**JOINED, "customer_via": {**JOINED["customer_via"], **change}}
    with pytest.raises(DatabaseError, match=says), opened(shops, kind):
        pass


@pytest.mark.slow
@pytest.mark.xdist_group("servers")
def test_columns_of_different_types_are_not_joined(place):
    place.run(TABLES)
    place.let_read("shops", "orders", "addresses")
    via = {"column": "town", "table": "orders", "customer_id": "shop_id"}
    with (
        pytest.raises(DatabaseError, match=r"kinds\.address\.customer_via joins addresses\.town"),
        opened(place, {**JOINED, "customer_via": via}),
    ):
        pass


def test_a_select_must_give_the_columns_that_are_named(shops):
    kind = {**SELECTED, "query": "SELECT id, town AS twon, changed_at FROM addresses"}
    with pytest.raises(DatabaseError) as caught, opened(shops, kind):
        pass
    assert str(caught.value).startswith(
        "The query of kinds.address gives no column customer_id (known are changed_at, id, twon); "
        "town (did you mean twon?)."
    )


def test_a_select_that_the_database_refuses_is_named(shops):
    kind = {**SELECTED, "query": "SELECT id FROM nowhere"}
    with (
        pytest.raises(DatabaseError, match=r"What kinds\.address of the catalogue names .*nowhere"),
        opened(shops, kind),
    ):
        pass


@pytest.mark.slow
@pytest.mark.xdist_group("servers")
def test_a_select_has_the_types_of_its_columns(place):
    place.run(
        "CREATE TABLE shops (id int);"
        "CREATE TABLE things (id bigint, shop varchar(9), flag boolean, price decimal(9,2),"
        f" doc {'jsonb' if place.is_postgres else 'text'}, at timestamp NULL);"
        "INSERT INTO things VALUES"
        " (7, 's1', true, 12.5, '{\"a\":1}', '2021-05-18 18:14:05')"
    )
    place.let_read("shops", "things")
    kind = {
        **SELECTED,
        "fields": ["flag", "price", "doc"],
        "columns": {"id": "id", "customer_id": "shop", "created_at": "at"},
        "query": "SELECT id, shop, flag, price, doc, at FROM things",
    }
    (row,) = rows(place, kind, "7", "x", "07")
    assert row["fields"] == {"flag": "true", "price": "12.50", "doc": '{"a":1}'}
    assert len(rows(place, kind, "s1", "S1", by="customer")) == 1
