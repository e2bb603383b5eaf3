"""Whose write it was, where nothing but its device can tell."""

import pytest

from tests.tables import reconciled

LINE = "at | kind | action | entity | customer | device"


@pytest.mark.parametrize(
    ("devices", "customer"), [({"d1": ["1"]}, "1"), ({"d1": ["1", "2"]}, None), ({}, "3")]
)
def test_events_are_asked_only_of_devices_that_the_database_does_not_know(devices, customer):
    """Not of one that it knows as several customers': that is known, and decides nothing."""
    found = reconciled(
        lines=f"{LINE}\n 18:10 | feedback | create | | | d1",
        told=f"{LINE}\n 18:40 | person | create | P1 | 3 | d1",
        devices=devices,
    )
    owners = found.findings.remove(kind="person")["customer_id"].to_list()
    assert owners == ([customer] if customer else [])
    assert found.unattributed.height == (customer is None)
