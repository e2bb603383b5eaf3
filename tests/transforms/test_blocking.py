"""Which records are worth comparing, whatever strangers have typed."""

import tracemalloc

import pytest

from transforms.blocking import worth_comparing
from transforms.identity import Person


def person(name: str) -> Person:
    return Person(given="", family=name, email="", phone="")


@pytest.mark.parametrize(
    ("row", "are_worth_it"), [("muller", True), ("mullr", True), ("mulr", False), ("huber", False)]
)
def test_names_but_for_one_letter_are_worth_comparing(row, are_worth_it):
    found = list(worth_comparing([person("muller")], [person("huber"), person(row)]))
    assert found == ([(0, 1)] if are_worth_it else [])


def test_a_name_of_many_letters_takes_no_more_memory_than_it_has_letters():
    letters = "w" * 50_000
    tracemalloc.start()
    found = list(worth_comparing([person(letters)], [person(letters + "x"), person(letters)]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == [(0, 1)]
    assert peak < 10_000_000
