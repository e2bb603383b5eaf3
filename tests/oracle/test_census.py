"""The random worlds hold persons of every kind that the rules tell apart, each often."""

from collections import Counter

import pytest

from tests.oracle.census import census

# With the laws, which look at the same worlds.
pytestmark = pytest.mark.xdist_group("census")

RULES = (
    "all over the same",
    "certain: both names and both contacts agree",
    "certain: both names agree, alone",
    "certain: the row has no given name",
    "certain: the family name does not agree",
    "possible: a contact is the same, the other agrees",
    "possible: a contact is the same, alone",
    "possible: both names agree, the given one is the same",
    "possible: both names agree, so does a contact",
    "possible: both names agree, no contact differs",
    "possible: one name, and a contact is the same",
    "possible: one name, and both contacts agree",
)
OUTCOMES = ("certain", "same claim", "possible", "twin", "swapped")
OF_A_NAME = ("same", "slip", "two_slips", "partly", "unknown", "different")
OF_A_CONTACT = ("same", "slip", "two_slips", "unknown", "different")
PARTS = (
    *(f"{name} {part}" for name in ("given", "family") for part in OF_A_NAME),
    *(f"{contact} {part}" for contact in ("email", "phone") for part in OF_A_CONTACT),
)


@pytest.fixture(scope="module")
def again() -> Counter[str]:
    """How the matched persons of 400 worlds compare to their rows."""
    return census(400)["again"]


@pytest.mark.parametrize("trait", [*RULES, *OUTCOMES, *PARTS])
def test_each_rule_decides_often(again: Counter[str], trait: str) -> None:
    assert again[trait] >= 10
