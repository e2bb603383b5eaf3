import polars as pl
import pytest

from flows.contacts import load_contacts, with_contacts
from flows.database import CUSTOMERS
from transforms.errors import SourceError


@pytest.fixture
def load(tmp_path):
    def load(text, encoding="utf-8"):
        file = tmp_path / "contacts.csv"
        file.write_bytes(text.encode(encoding))
        return load_contacts(file)

    return load


def test_columns_in_any_order_and_empty_cells(load):
    contacts = load("email,customer_id,locale,name\r\na@b.de,1,de_DE,Jörg\r\n,2,,\r\n")
    assert contacts.rows() == [("1", "Jörg", "a@b.de", "de_DE"), ("2", None, None, None)]


def test_as_a_german_spreadsheet_saves_it(load):
    text = 'customer_id;name;email;locale\n1;"Feuerwehr; Nord";a@b.de;de\n'
    assert load(text, "utf-8-sig")["name"].to_list() == ["Feuerwehr; Nord"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "another heading"),
        ("customer_id,name,mail,locale\n", "customer_id, name, email, locale"),
        ("customer_id,name,email,locale\n1,a,b@c\n", "csv:2: the row has not as many cells"),
        ("customer_id,name,email,locale\n1,a,b@c,de,x\n", "csv:2: the row has not as many cells"),
        ("customer_id,name,email,locale\n,a,,\n", "csv:2: customer_id is empty"),
        ("customer_id,name,email,locale\n1,,geheim,\n", "csv:2: email is not an e-mail address"),
        ('customer_id,name,email,locale\n1,"geheim\nBcc: x",,\n', "csv:3: name is not a text on"),
        ("customer_id,name,email,locale\n1,,,german\n", "csv:2: locale is not a language"),
        ("customer_id,name,email,locale\n1,,,\n1,,,\n", "name 1 customers more than once"),
        ('customer_id,name,email,locale\n1,"x"y,,\n', "csv:2: no CSV"),
    ],
)
def test_what_is_wrong_is_said_without_the_value(load, text, says):
    with pytest.raises(SourceError) as caught:
        load(text)
    assert says in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_another_encoding_and_a_missing_file(load, tmp_path):
    with pytest.raises(SourceError, match="not in UTF-8"):
        load("customer_id,name,email,locale\n1,Jörg,,\n", "latin-1")
    with pytest.raises(SourceError, match="can't be read"):
        load_contacts(tmp_path / "none.csv")


def test_contacts_win_where_they_say_something(load):
    customers = pl.DataFrame(
        [
            ("1", "Old", "old@x", "en", "Europe/Berlin"),
            ("2", "Two", "two@x", "en", None),
        ],
        schema=CUSTOMERS,
        orient="row",
    )
    contacts = load("customer_id,name,email,locale\n1,,new@x,de\n3,Three,,\n")
    merged = with_contacts(customers.lazy(), contacts).sort("id").collect()
    assert merged.schema == CUSTOMERS
    assert merged.rows() == [
        ("1", "Old", "new@x", "de", "Europe/Berlin"),
        ("2", "Two", "two@x", "en", None),
        ("3", "Three", None, None, None),
    ]
