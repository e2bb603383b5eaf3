"""What somebody does in a small migration, and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from tests.oracle.worlds_data import ID_LETTERS

SECOND = timedelta(seconds=1)
NEW_UPSTREAM = "10.9.0.1:443"
NEAR = (0, 0, 0, 1, -1, 9, 10, 11, -10, -11, 59, 60, 61, 299, 300, 301, -300, -301)


@dataclass(frozen=True)
class Deed:
    """What somebody did: a write with all that there is to know of it."""

    at: datetime
    customer_id: str
    kind: str
    action: str
    entity_id: str
    data: dict[str, str | None]
    device_id: str | None
    on_new_site: bool
    is_kept: bool
    is_newcomer: bool = False  # one of those put into the address book on one evening


def moment(rng: Random, moments: list[datetime]) -> datetime:
    """One of these moments or close by, often just within or beyond a skew."""
    return rng.choice(moments) + rng.choice(NEAR) * SECOND


def any_id(rng: Random, kind: str) -> str:
    """One of few."""
    return f"{ID_LETTERS[kind]}{rng.randint(1, 5)}"


def owner_of(rng: Random, customers: tuple[str, ...], id_: str) -> str:
    """Whose thing this is: mostly of one customer, sometimes of any."""
    usual = customers[ord(id_[1]) % len(customers)]
    return usual if rng.random() < 0.8 else rng.choice(customers)
