"""Blocks are parsed while others are read and written, and come in their order."""

import threading
import time

import pytest

from flows.ahead import in_order


def test_results_come_in_the_order_of_the_items_however_long_each_takes():
    def slow_at_first(number):
        time.sleep(0.05 if number == 0 else 0)
        return number * 10

    assert list(in_order(slow_at_first, range(5))) == [0, 10, 20, 30, 40]


def test_two_are_worked_on_at_once():
    both = threading.Barrier(2, timeout=10)
    assert list(in_order(lambda item: both.wait() >= 0 and item, "ab")) == ["a", "b"]


def test_no_more_than_two_are_taken_before_the_first_result_is_wanted():
    taken = []
    results = in_order(str, (taken.append(number) or number for number in range(9)))
    assert next(results) == "0"
    assert taken == [0, 1]


def test_what_goes_wrong_is_raised_in_its_turn():
    results = in_order(lambda number: 1 // number, [1, 0, 1])
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_what_is_wrong_with_the_items_is_raised_too():
    def items():
        yield 1
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        list(in_order(str, items()))
