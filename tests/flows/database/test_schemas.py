"""Tables as they are: schemas, ids of any type, times of any kind, rows that are marked deleted."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.database import Source, open_snapshot
from tests.flows.database.found import found
from tests.flows.database.servers import Place
from transforms.catalogue import Catalogue
from transforms.errors import AmbiguousKeyError, DatabaseError

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("servers")]

UUID_ = "0d4ab1c2-93e8-4f6a-8b1d-6f0c2a7e5b39"


def catalogue(**kind) -> Catalogue:
    """A catalogue of one kind, thing, with these keys."""
    columns = {"id": "id", "customer_id": "customer_id", **kind.pop("columns", {})}
    top = {name: kind.pop(name) for name in ("time_zone", "devices") if name in kind}
    thing = {"label": {"en": "Thing"}, "table": "things", "columns": columns, "fields": []}
    return Catalogue.model_validate(
        {
            "customers": {"table": "customers", "columns": {"id": "id"}},
            "kinds": {"thing": {**thing, **kind}},
            **top,
        }
    )


@pytest.fixture
def new(place):
    place.run("CREATE TABLE customers (id varchar(40) PRIMARY KEY)")
    return place


def on_server(place: Place, table: str, *rows: str) -> None:
    place.run(f"CREATE TABLE things ({table})")
    for row in rows:
        place.run(f"INSERT INTO things VALUES ({row})")


def things(place: Place, described: Catalogue, *ids: str, by="id") -> list[dict]:
    live = datetime(2021, 5, 18, 21, 18, tzinfo=UTC)
    kind = described.kinds["thing"]
    source = Source(url=place.everything, base=Path(), live_at=live, waits=())
    with open_snapshot(source, described) as snapshot:
        if by == "id":
            return found(snapshot, kind, *ids).to_dicts()
        customers = pl.Series(ids, dtype=pl.String)
        return snapshot.rows_of_customers(kind, customers).sort("id").collect().to_dicts()


INTEGERS = ["bigint", "int", "smallint", "numeric(20)"]


@pytest.mark.parametrize("type_", [*INTEGERS, "varchar(40)", "char(12)", "text"])
def test_an_id_is_found_by_its_value_whatever_its_type(new, type_):
    on_server(new, f"id {type_}, customer_id {type_}", "7, 1", "77, 1")
    (row,) = things(new, catalogue(), "7", "7x", "07", " 7", "P-1", "9" * 40, "", "7.0")
    assert (row["id"], row["customer_id"]) == ("7", "1")
    assert len(things(new, catalogue(), "1", "x", by="customer")) == 2


@pytest.mark.parametrize("type_", ["varchar(40)", "char(40)", "text"])
def test_what_strangers_put_into_a_path_is_looked_for_as_it_is(new, type_):
    """A NUL is in no text of PostgreSQL's, and its driver refuses to ask for one."""
    on_server(new, f"id {type_}, customer_id varchar(9)", "'P-1', '1'")
    hostile = ["P-1\0", "P-\x001", "{P-1}", 'P"1', "P\\1", "P-1,P-2", "NULL", "", "%s", "😀", "'"]
    assert [row["id"] for row in things(new, catalogue(), *hostile, "P-1")] == ["P-1"]
    assert things(new, catalogue(), "\0") == things(new, catalogue(), "P-1\0") == []
    quoted = [key for key in hostile if key and "\0" not in key]
    for key in quoted:
        new.insert("things", ("id", "customer_id"), [(key, "1")])
    assert {row["id"] for row in things(new, catalogue(), *quoted)} == set(quoted)


def test_two_ids_that_differ_in_case_are_two(new):
    """MariaDB's collations take them for the same."""
    on_server(new, "id varchar(40), customer_id varchar(40)", "'ab', 'x'", "'AB', 'X'")
    assert [row["id"] for row in things(new, catalogue(), "ab")] == ["ab"]
    assert [row["id"] for row in things(new, catalogue(), "AB", "ab")] == ["AB", "ab"]
    assert [row["id"] for row in things(new, catalogue(), "X", by="customer")] == ["AB"]


def test_a_uuid_is_the_same_in_either_case_and_type(new):
    types = ["uuid", "varchar(40)", "char(36)"]
    values = [f"'{UUID_}'", f"'{UUID_.upper()}'", f"'{UUID_.upper()}'"]
    if not new.is_postgres:
        types.append("binary(16)")
        values.append(f"unhex('{UUID_.replace('-', '')}')")
    for type_, value in zip(types, values, strict=True):
        on_server(new, f"id {type_}, customer_id {type_}", f"{value}, {value}")
        for asked in ("id", "customer"):
            (row,) = things(new, catalogue(), UUID_, "no-uuid", by=asked)
            assert (row["id"], row["customer_id"]) == (UUID_, UUID_)
        new.run("DROP TABLE things")


def test_a_uuid_twice_in_either_case_is_refused(new):
    row = "'{}', '1'".format
    on_server(new, "id varchar(40), customer_id varchar(9)", row(UUID_), row(UUID_.upper()))
    with pytest.raises(AmbiguousKeyError, match="has 1 ids more than once"):
        things(new, catalogue(), UUID_)


def test_many_ids_twice_are_counted_and_not_joined(new):
    rows = [f"{number}, '1'" for number in (1, 1, 2, 2, 3)]
    on_server(new, "id int, customer_id varchar(9)", *rows)
    with pytest.raises(AmbiguousKeyError, match="things of the new database has 2 ids"):
        things(new, catalogue(), "1", "2", "3")


def test_ids_may_be_of_an_enum(new):
    if new.is_postgres:
        new.run("CREATE TYPE name AS ENUM ('a', 'b')")
    type_ = "name" if new.is_postgres else "ENUM('a', 'b')"
    on_server(new, f"id {type_}, customer_id varchar(9)", "'a', '1'", "'b', '1'")
    assert [row["id"] for row in things(new, catalogue(), "a", "c")] == ["a"]


def test_a_table_in_a_schema_of_its_own(new):
    schema = f"crm_{new.name}"
    new.run(f"CREATE SCHEMA {schema}; CREATE TABLE {schema}.things (id int, customer_id int)")
    new.run(f"INSERT INTO {schema}.things VALUES (7, 1)")
    try:
        assert things(new, catalogue(table=f"{schema}.things"), "7")[0]["customer_id"] == "1"
        with pytest.raises(DatabaseError, match=rf"did you mean {schema}\.things"):
            things(new, catalogue(table=f"{schema}.thing"), "7")
        with pytest.raises(DatabaseError, match=rf"did you mean {schema}\.things"):
            things(new, catalogue(table=f"{schema}x.things"), "7")
    finally:
        new.run(f"DROP SCHEMA {schema}{' CASCADE' if new.is_postgres else ''}")


@pytest.mark.parametrize("type_", ["timestamp(3) NULL", "smallint", "varchar(30)", "bigint"])
def test_what_is_marked_as_deleted_is_not_there(new, type_):
    set_ = "'2021-05-18 18:14:05'" if type_.startswith("timestamp") else "1"
    rows = [f"1, 1, {set_}", "2, 1, NULL", f"3, 1, {set_}", "3, 1, NULL"]
    if not type_.startswith("timestamp"):
        rows.append("4, 1, '0'")
    on_server(new, f"id int, customer_id int, gone {type_}", *rows)
    described = catalogue(columns={"deleted_at": "gone"})
    alive = [row["id"] for row in things(new, described, "1", "2", "3", "4")]
    assert alive == (["2", "3"] if type_.startswith("timestamp") else ["2", "3", "4"])
    assert things(new, described, "1", by="customer")


def test_a_device_that_is_marked_as_deleted_is_nobodys(new):
    on_server(new, "id int, customer_id int, is_gone boolean", "1, 1, true", "2, 1, false")
    described = catalogue(
        devices={"table": "things", "device_id": "id", "deleted_at": "is_gone"},
    )
    live = datetime(2021, 5, 18, 21, 18, tzinfo=UTC)
    source = Source(url=new.everything, base=Path(), live_at=live, waits=())
    with open_snapshot(source, described) as snapshot:
        found = snapshot.device_customers(pl.Series(["1", "2"])).collect()
    assert found.rows() == [("2", "1")]


AT = datetime(2021, 5, 18, 18, 14, 5, tzinfo=UTC)


EVERYWHERE = [
    ("varchar(40)", "'2021-05-18T20:14:05'"),
    ("varchar(40)", "'2021-05-18T18:14:05Z'"),
    ("int", "1621361645"),
    ("bigint", "1621361645000"),
    ("double precision", "1621361645.0"),
    ("numeric(20, 6)", "1621361645"),
]


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("timestamp with time zone", "'2021-05-18 18:14:05+00:00'"),
        ("timestamp without time zone", "'2021-05-18 20:14:05'"),
        *EVERYWHERE,
    ],
)
def test_a_time_of_postgresql(on_postgres, type_, value):
    assert updated_at(on_postgres, type_, value) == AT


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("datetime", "'2021-05-18 20:14:05'"),
        ("timestamp", "FROM_UNIXTIME(1621361645)"),
        *EVERYWHERE,
    ],
)
def test_a_time_of_mariadb(on_mariadb, type_, value):
    assert updated_at(on_mariadb, type_, value) == AT


def test_a_time_that_never_comes_is_said_without_the_value(on_postgres):
    with pytest.raises(DatabaseError, match=r"things\.updated holds 'aaaaaaaa', which is no point"):
        updated_at(on_postgres, "timestamp", "'infinity'")


def test_a_value_that_the_driver_can_not_read_is_not_said(on_postgres):
    on_postgres.run("CREATE TABLE customers (id varchar(40) PRIMARY KEY)")
    on_server(on_postgres, "id int, customer_id int, born date", "1, 1, 'infinity'")
    with pytest.raises(DatabaseError, match=r"a value that the driver can't read \(DataError\)"):
        things(on_postgres, catalogue(fields=["born"]), "1")


# What PostgreSQL has, and some of the values that are told in a way of their own.
TYPES = {
    "varchar(9)": ["''", "'a,\"b{}\\'", "'NULL'", "'ä\n'"],
    "char(40)": [f"'{UUID_.upper()}'", "' a '"],
    "text": ["'\\N'"],
    "bigint": ["-9223372036854775808"],
    "numeric(9,2)": ["12.50", "'NaN'"],
    "float8": ["1e300", "0.1", "'-Infinity'"],
    "boolean": ["true", "false"],
    "json": ['\'{"b": [1, null], "a": "ä"}\'', "'\"text\"'"],
    "jsonb": ["'12'", "'[]'"],
    "uuid": [f"'{UUID_}'"],
    "date": ["'2021-05-18'"],
    "timestamp": ["'2021-05-18 18:14:05.5'", "'0044-03-15 12:00:00'"],
    "timestamptz": ["'2021-05-18 18:14:05+02'", "'1890-01-01 00:00:00+00'"],
}


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "Asia/Kolkata"])
@pytest.mark.parametrize("style", ["ISO, MDY", "German, DMY"])
def test_columns_as_arrays_say_the_same_as_row_by_row(on_postgres, monkeypatch, zone, style):
    """Also where a role has a zone and a style of dates of its own."""
    on_postgres.run("CREATE TABLE customers (id varchar(40) PRIMARY KEY)")
    columns = ", ".join(f"c{n} {type_}" for n, type_ in enumerate(TYPES))
    columns += ", at timestamptz, local timestamp"
    rows = [
        f"'{n}-{m}', 'x', {', '.join(value if n == k else 'NULL' for k in range(len(TYPES)))}, "
        + ("NULL, NULL" if m else "'2021-05-18 18:14:05.123456+02', '2021-10-31 02:30:00'")
        for n, values in enumerate(TYPES.values())
        for m, value in enumerate(values)
    ]
    on_server(on_postgres, f"id text, customer_id text, {columns}", *rows)
    on_postgres.run(f"ALTER ROLE ALL SET timezone = '{zone}'")
    on_postgres.run(f"ALTER ROLE ALL SET datestyle = '{style}'")
    described = catalogue(
        columns={"created_at": "at", "updated_at": "local"},
        fields=[f"c{n}" for n in range(len(TYPES))],
        time_zone="Europe/Berlin",
    )
    try:
        at_once = things(on_postgres, described, "x", by="customer")
        monkeypatch.setattr("flows.database.fetching._IN_ARRAYS", ())
        assert at_once == things(on_postgres, described, "x", by="customer")
    finally:
        on_postgres.run("ALTER ROLE ALL RESET timezone; ALTER ROLE ALL RESET datestyle")
    assert len(at_once) == len(rows)
    moments = {row["updated_at"] for row in at_once} - {None}
    assert moments == {datetime(2021, 10, 31, 0, 30, tzinfo=UTC)}


def test_a_day_zero_is_no_time(on_mariadb):
    assert updated_at(on_mariadb, "varchar(40)", "'0000-00-00 00:00:00'") is None


def updated_at(place, type_, value):
    """A time without a zone is meant in the catalogue's; a moment is one everywhere."""
    place.run("CREATE TABLE customers (id varchar(40) PRIMARY KEY)")
    on_server(place, f"id int, customer_id int, updated {type_}", f"1, 1, {value}")
    described = catalogue(columns={"updated_at": "updated"}, time_zone="Europe/Berlin")
    (row,) = things(place, described, "1")
    return row["updated_at"]


def test_in_the_hour_that_comes_twice_the_first_is_meant(new):
    local = "timestamp" if new.is_postgres else "datetime"
    on_server(new, f"id int, customer_id int, updated {local}", "1, 1, '2021-10-31 02:30:00'")
    described = catalogue(columns={"updated_at": "updated"}, time_zone="Europe/Berlin")
    (row,) = things(new, described, "1")
    assert row["updated_at"] == datetime(2021, 10, 31, 0, 30, tzinfo=UTC)


def test_fields_are_spelled_as_the_catalogue_says(new):
    moment = "timestamptz" if new.is_postgres else "datetime"
    numbers = "amount numeric(10, 2), flag int, level int"
    on_server(
        new,
        f"id int, customer_id int, {numbers}, rule text, at {moment}",
        f"""1, 1, 12.50, 1, 1, '{{"b": 1, "a": [1, 2]}}',
          '2021-05-18 18:14:05{"+00:00" if new.is_postgres else ""}'""",
    )
    described = catalogue(
        fields=["amount", "flag", "level", "rule", "at"],
        types={"amount": "number", "flag": "boolean", "rule": "json", "at": "time"},
    )
    (row,) = things(new, described, "1")
    assert row["fields"] == {
        "amount": "12.5",
        "flag": "true",
        "level": "1",
        "rule": '{"a":[1,2],"b":1}',
        "at": "2021-05-18T18:14:05Z",
    }
