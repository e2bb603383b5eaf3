import re
from pathlib import Path

import pytest

from flows.catalogue import load_catalogue
from transforms.catalogue import (
    Columns,
    CustomersTable,
    CustomerVia,
    DevicesTable,
    EventType,
    Export,
    Identity,
    Kind,
    Route,
)
from transforms.errors import CatalogueError

SMALL = """
[customers]
table = "customers"
columns = { id = "id" }
[kinds.order]
label = { en = "Order" }
table = "orders"
columns = { id = "id" }
fields = ["number"]
events = { "order.placed" = "create" }
routes = [{ action = "create", method = "POST", path = "/orders" }]
"""
# An export of one column, before the table of its kind.
EXPORT = "[kinds.order.export]\nfile = 'a.csv'\ncolumns = {{ A = {} }}\n[kinds.order]"


@pytest.fixture
def load(tmp_path):
    def load(text):
        file = tmp_path / "catalogue.toml"
        file.write_text(text, "utf-8")
        return load_catalogue(file)

    return load


def test_without_a_path_it_is_the_one_that_the_product_ships():
    assert load_catalogue(None).kinds["person"].table == "persons"


def test_a_catalogue_of_another_product(load):
    assert load(SMALL).kinds["order"].events["order.placed"].action == "create"


@pytest.mark.parametrize(
    ("instead_of", "written", "says"),
    [
        ("table = 'orders'", "", "kinds.order: table is missing, or query, where"),
        ("fields = ['number']", "feilds = ['number']", "kinds.order.feilds is no known key"),
        ("'create' }", "'make' }", 'kinds.order.events."order.placed" = "make": input should be'),
        ("path = '/orders'", "path = 'orders'", 'kinds.order.routes[0].path = "orders"'),
        ("action = 'create'", "acton = 'create'", "did you mean action?"),
        (
            "fields = ['number']",
            "fields = ['number', 'number']",
            "kinds.order.fields: names number twice; name each once",
        ),
        (
            "[kinds.order]",
            "[kinds.order]\nidentity = { exact = ['number', 'number'] }",
            "kinds.order.identity.exact: names number twice; name each once",
        ),
        (
            "[kinds.order]",
            "[kinds.order]\nidentity = { exact = ['nmber'] }",
            "kinds.order: identity names nmber, which fields does not list (number)",
        ),
        (
            "[kinds.order]",
            "[kinds.order]\nvalue_labels = { state = { open = { en = 'open' } } }",
            "kinds.order: value_labels names state, which fields does not list (number)",
        ),
        ("columns = { id = 'id' }\n[k", "columns = {}\n[k", 'customers: columns lacks "id"'),
        (
            "table = 'orders'",
            "table = 'a.b.orders'",
            'kinds.order.table = "a.b.orders" is no table; write its name such as "persons", or',
        ),
        ("table = 'orders'", "table = 'crm.'", 'kinds.order.table = "crm." is no table'),
        (
            "columns = { id = 'id' }\nf",
            "columns = { id = ['a', 'b'] }\nf",
            "kinds.order.columns.id: names several columns, and an id is one; let a view",
        ),
        (
            "[kinds.order]",
            "[kinds.order]\nquery = 'SELECT 1'",
            "kinds.order: names both table and query; leave out",
        ),
        (
            "columns = { id = 'id' }\nf",
            "customer_via={column = 'a', table = 'b' }\ncolumns={id = 'a', customer_id = 'c' }\nf",
            "kinds.order: says whose a row is twice, by columns.customer_id and by customer_via",
        ),
        (
            "table = 'orders'",
            "query = 'SELECT 1'\ncustomer_via = { column = 'a', table = 'b' }",
            "kinds.order: has customer_via beside query; let the SELECT itself join",
        ),
        (
            "columns = { id = 'id' }\nf",
            "columns = { id = 'id' }\ncustomer_via = { table = 'shops' }\nf",
            "kinds.order.customer_via.column is missing",
        ),
        (
            "table = 'orders'",
            "query = 'DELETE FROM orders'",
            'kinds.order.query = "DELETE FROM orders" is no SELECT; write one SELECT such as',
        ),
        (
            "path = '/orders'",
            "path = '/shops/{shop-id}/orders'",
            'kinds.order.routes[0].path = "/shops/{shop-id}/orders" has a brace that is no',
        ),
        (
            "path = '/orders'",
            "path = '/orders?mode=new'",
            'kinds.order.routes[0].path = "/orders?mode=new" holds a query; name the values',
        ),
        (
            "path = '/orders'",
            "path = '/my%20orders'",
            'kinds.order.routes[0].path = "/my%20orders" is encoded; write it decoded',
        ),
        (
            "method = 'POST'",
            "method = []",
            "kinds.order.routes[0].method has too few entries. Right is a method such as",
        ),
        (
            "method = 'POST'",
            "method = 'POST, PUT'",
            'kinds.order.routes[0].method = "POST, PUT": string should match pattern',
        ),
        (
            "path = '/orders' }",
            "path = '/orders' }, { action = 'update', method = 'POST', path = '/orders' }",
            "catalogue.toml: The routes create of kinds.order and update of kinds.order both fit",
        ),
        (
            "path = '/orders'",
            "path = '/{shop}/{shop}'",
            "catalogue.toml: The path '/{shop}/{shop}' has {shop} twice",
        ),
        (
            "[kinds.order]",
            "[kinds.order]\nidentity = { exact = ['number'], email = 'number' }",
            "kinds.order.identity: names exact beside email, phone or name",
        ),
        (
            "[kinds.order]",
            EXPORT.format("'nmber'"),
            "kinds.order: export names nmber, which is no field (number); write a field's name",
        ),
        (
            "[kinds.order]",
            EXPORT.format("{ field = 'nmber' }"),
            "kinds.order: export names nmber, which is no field (number)",
        ),
        (
            "[kinds.order]",
            EXPORT.format("'{number} {nmber}'"),
            "kinds.order: export names nmber, which is no field (number)",
        ),
        (
            "[kinds.order]",
            EXPORT.format("'number'").replace("a.csv", "Notice.html"),
            'kinds.order.export.file = "Notice.html" is a name of the notice\'s own files',
        ),
        (
            "[kinds.order]",
            EXPORT.format("'number'").replace("a.csv", ".."),
            'kinds.order.export.file = "..": string should match pattern',
        ),
        (
            "[customers]",
            "time_zone = 'Berlin'\n[customers]",
            'time_zone = "Berlin" is no IANA time zone such as Europe/Berlin',
        ),
        (
            "[kinds.order]",
            "[kinds.order]\ntypes = { nmber = 'number' }",
            "kinds.order: types names nmber, which fields does not list (number)",
        ),
        (
            "[kinds.order]",
            "[kinds.order]\ntypes = { number = 'float' }",
            "kinds.order.types.number = \"float\": input should be 'text', 'number', 'boolean'",
        ),
        (
            "[kinds.order]",
            EXPORT.format("{ field = 'number', phone_prefix = 49 }"),
            "catalogue.toml: kinds.order.export.columns.A.phone_prefix = 49 is no text.",
        ),
    ],
)
def test_a_mistake_is_named_with_its_key(load, instead_of, written, says):
    text = SMALL.replace('"', "'")
    assert instead_of in text
    with pytest.raises(CatalogueError) as caught:
        load(text.replace(instead_of, written, 1))
    assert caught.value.exit_code == 2
    assert "catalogue.toml: " in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("prefix", "found", "right"),
    [
        ("+49", "+49", "0049"),
        ("=49", "=49", "0049"),
        ("-43", "-43", "0043"),
        ("@", "@", "0049"),
        (r"\t0041", r"\t0041", "0041"),
        (r"\r49", r"\r49", "0049"),
        (" +49", " +49", "0049"),
        ("\uff0b49", "\uff0b49", "0049"),
    ],
)
def test_a_prefix_that_would_make_formulas_of_all_numbers_is_refused(load, prefix, found, right):
    written = EXPORT.format(f"{{ field = 'number', phone_prefix = \"{prefix}\" }}")
    with pytest.raises(CatalogueError) as caught:
        load(SMALL.replace("[kinds.order]", written, 1))
    file, _, said = str(caught.value).partition(": ")
    assert file.endswith("catalogue.toml")
    assert said == (
        f'kinds.order.export.columns.A.phone_prefix = "{found}" begins with a character that starts'
        " a formula in a spreadsheet, so that every row with such a number would be left out; "
        f'write "{right}".'
    )


@pytest.mark.parametrize("prefix", ["0049", "00", ""])
def test_other_prefixes_are_taken(load, prefix):
    written = EXPORT.format(f"{{ field = 'number', phone_prefix = '{prefix}' }}")
    assert load(SMALL.replace("[kinds.order]", written, 1)).kinds["order"].export


def test_an_export_holds_what_paths_name_and_routes_set(load):
    route = "path = '/{shop}/orders', sets = { state = 'new' } }"
    text = SMALL.replace('path = "/orders" }', route)
    assert load(text.replace("[kinds.order]", EXPORT.format("'{shop} {state}'"), 1)).kinds["order"]


def test_two_kinds_do_not_export_to_one_file(load):
    other = SMALL[SMALL.index("[kinds.order]") :].replace("order", "offer")
    exports = (EXPORT.format("'number'").replace("order", kind) for kind in ("order", "offer"))
    texts = (SMALL, other)
    both = "".join(
        text.replace(f"[kinds.{kind}]", export, 1)
        for text, kind, export in zip(texts, ("order", "offer"), exports, strict=True)
    )
    with pytest.raises(CatalogueError, match=r"several kinds export to 'a\.csv'; give each"):
        load(both)


def test_a_catalogue_that_is_missing(tmp_path):
    with pytest.raises(CatalogueError, match="the catalogue can't be read"):
        load_catalogue(tmp_path / "none.toml")


DOCUMENTATION = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text("utf-8")


def test_the_example_in_the_documentation_is_right(load):
    example = re.search(r"```toml\n(\[customers\].*?)```", DOCUMENTATION, re.DOTALL)
    assert example
    assert load(example[1]).devices


@pytest.mark.parametrize(
    "model",
    [
        CustomersTable,
        DevicesTable,
        Kind,
        Columns,
        CustomerVia,
        Route,
        EventType,
        Identity,
        Export,
    ],
)
def test_every_key_is_explained(model):
    for key in model.model_fields:
        assert f"`{key}`" in DOCUMENTATION, key
