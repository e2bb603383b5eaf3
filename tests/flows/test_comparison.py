"""The same questions asked again: has the new database changed where it matters?"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from flows.catalogue import load_catalogue
from flows.comparison import ASKED, ask_again
from flows.settings import load_settings
from tests.flows.migrations import write_migration
from tests.in_process import compared_of

PERSON = (
    "INSERT INTO persons VALUES ('{id}', '{owner}', '2021-05-19', '2021-05-19', 'A', 'B', '', '')"
)


@pytest.fixture
def migration(tmp_path: Path) -> Path:
    file = write_migration(tmp_path)
    change(file, PERSON.format(id="P-8", owner="4711"))
    change(file, PERSON.format(id="P-9", owner="4711"))
    return file


def change(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file.parent / "new.db")) as database, database:
        for statement in statements:
            database.execute(statement)


def again(file: Path, asked) -> str:
    settings = load_settings(file)
    return ask_again(settings, load_catalogue(settings.catalogue_path), asked)


def test_a_database_that_is_as_it_was_answers_the_same(migration):
    compared = compared_of(migration)
    assert compared.asked.schema == ASKED
    assert again(migration, compared.asked) == compared.answers


@pytest.mark.parametrize(
    "statement",
    [
        # Created again, changed, deleted: rows of a customer with evidence.
        PERSON.format(id="P-10", owner="4711"),
        "UPDATE persons SET first_name = 'C' WHERE id = 'P-9'",
        "DELETE FROM persons WHERE id = 'P-9'",
        # The lost id, given to somebody else.
        PERSON.format(id="P-1", owner="4712"),
        "UPDATE customers SET contact_email = 'other@example.org' WHERE id = '4711'",
    ],
)
def test_what_bears_on_the_evidence_changes_the_answers(migration, statement):
    compared = compared_of(migration)
    change(migration, statement)
    assert again(migration, compared.asked) != compared.answers


@pytest.mark.parametrize(
    "statements",
    [
        # Another customer's row, of whom no evidence tells.
        [PERSON.format(id="P-11", owner="4712")],
        # The same rows, in another order on the disk.
        [
            "CREATE TABLE p AS SELECT * FROM persons ORDER BY id DESC",
            "DELETE FROM persons",
            "INSERT INTO persons SELECT * FROM p",
            "DROP TABLE p",
        ],
    ],
)
def test_what_does_not_bear_on_it_leaves_them(migration, statements):
    compared = compared_of(migration)
    change(migration, *statements)
    assert again(migration, compared.asked) == compared.answers
