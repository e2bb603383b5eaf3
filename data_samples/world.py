"""The world before the migration: customers, and a source of new ids, people, phones and times."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from data_samples.model import Customer, Device, Row
from data_samples.names import BRIGADES, FIRST_NAMES, LAST_NAMES, PLACES, address, mobile
from data_samples.schema import CUSTOMER_COLUMNS
from data_samples.timeline import LIVE, SNAPSHOT, ZONES, Zone

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:88.0) Gecko/20100101 Firefox/88.0"
FE2_VERSIONS = ("2.22.158", "2.22.160", "2.22.163", "2.20.97")
# Ids of what is lost or was there before, and of what the new site gave out, never meet by chance.
_OLD_IDS, _NEW_IDS = 100_000, 500_000


class World:
    """Hands out what must not repeat: ids, names within a customer, request ids."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._counts: dict[tuple[str, int], int] = {}
        self._people: dict[str, Iterator[tuple[str, str]]] = {}

    def new_id(self, prefix: str, *, on_new_site: bool = False) -> str:
        """Give out the next id of a kind."""
        start = _NEW_IDS if on_new_site else _OLD_IDS
        count = self._counts.get((prefix, start), 0) + 1
        self._counts[prefix, start] = count
        return f"{prefix}-{start + count}"

    def number(self, what: str) -> int:
        """Count up a name's number, so that names differ."""
        count = self._counts.get((what, 0), 0) + 1
        self._counts[what, 0] = count
        return count

    def person(self, customer: Customer) -> dict[str, str]:
        """Make up a person who resembles nobody else of the customer."""
        if customer.id not in self._people:
            self._people[customer.id] = _people(self.rng)
        first, last = next(self._people[customer.id])
        return {
            "first_name": first,
            "last_name": last,
            "email": address(self.rng, first, last, customer.domain),
            "mobile": mobile(self.rng),
        }

    def phone(self, clock: timedelta = timedelta()) -> Device:
        """Make up a phone with the app on it."""
        platform = self.rng.choice(("android", "ios"))
        version = self.rng.choice(("4.3.1", "4.2.0", "3.9.12"))
        system = "Android 11; SM-A515F" if platform == "android" else "iPhone; iOS 14.5.1"
        return Device(
            f"{platform[:3]}-{self.token(6)}",
            platform,
            f"aPagerPRO/{version} ({system})",
            version,
            self.client_ip(),
            clock,
        )

    def token(self, size: int = 16) -> str:
        """Make up hexadecimal digits, two for each byte."""
        return f"{self.rng.getrandbits(size * 8):0{size * 2}x}"

    def client_ip(self) -> str:
        """Make up an address from the ranges for documentation, IPv6 now and then."""
        if self.rng.random() < 0.15:
            return f"2001:db8:{self.rng.randrange(65536):x}::{self.rng.randrange(1, 65536):x}"
        block = self.rng.choice(("192.0.2", "198.51.100", "203.0.113"))
        return f"{block}.{self.rng.randrange(1, 255)}"

    def moment(self, zone: Zone) -> datetime:
        """Pick a time in a zone, to the millisecond."""
        spans = ZONES[zone]
        span = self.rng.choices(spans, [(span.end - span.start).total_seconds() for span in spans])
        seconds = self.rng.uniform(0, (span[0].end - span[0].start).total_seconds())
        return span[0].start + timedelta(milliseconds=int(seconds * 1000))

    def long_ago(self) -> datetime:
        """Pick a time well before the snapshot."""
        return SNAPSHOT - timedelta(seconds=self.rng.randrange(5 * 86_400, 900 * 86_400))

    def afterwards(self) -> datetime:
        """Pick a time after the logs' end at which customers repaired things on the new site."""
        return LIVE + timedelta(seconds=self.rng.randrange(3_600, 2 * 86_400))


def _people(rng: Random) -> Iterator[tuple[str, str]]:
    """Combine names so that within a customer hardly a name comes twice."""
    firsts, lasts = list(FIRST_NAMES), list(LAST_NAMES)
    rng.shuffle(firsts)
    rng.shuffle(lasts)
    for index, last in enumerate(lasts):
        yield firsts[index % len(firsts)], last
    for index in range(len(lasts) * (len(lasts) - 1)):
        gap, place = divmod(index, len(lasts))
        double = f"{lasts[place]}-{lasts[(place + gap + 1) % len(lasts)]}"
        yield firsts[(index * 7) % len(firsts)], double


def make_customers(world: World, count: int) -> tuple[Customer, ...]:
    """Make up the customers; every tenth FE2 server has a clock that is wrong by minutes."""
    return tuple(_customer(world, index) for index in range(count))


def _customer(world: World, index: int) -> Customer:
    rng = world.rng
    # One id needs percent-encoding in a path and in a folder's name.
    customer_id = "st-märz 7" if index == 5 else str(4700 + 7 * index)
    place = PLACES[index % len(PLACES)]
    domain = f"ff-kunde{index}.example"
    version = FE2_VERSIONS[index % len(FE2_VERSIONS)]
    clock = timedelta(seconds=rng.choice((-390, 400, 1_100))) if index % 10 == 3 else timedelta()
    server = Device(
        f"fe2-{4700 + 7 * index}", "fe2", f"FE2/{version}", version, world.client_ip(), clock
    )
    english = index % 8 == 6
    return Customer(
        id=customer_id,
        name=BRIGADES[index % len(BRIGADES)].format(place),
        email=None if index % 13 == 11 else f"leitung@{domain}",
        locale=None if index % 9 == 4 else "en" if english else "de",
        timezone=("Europe/Berlin", "Europe/Vienna", "Europe/Zurich", None)[index % 4],
        domain=domain,
        server=server,
        contact=_contact(customer_id, index, domain) if index % 3 == 0 else None,
    )


def _contact(customer_id: str, index: int, domain: str) -> dict[str, str]:
    return {
        "customer_id": customer_id,
        "name": f"Kommando Abschnitt {index}",
        "email": f"kommando@{domain}",
        "locale": "de",
    }


def customer_row(customer: Customer) -> Row:
    """Give the customer as a row of the customers table."""
    values = (customer.id, customer.name, customer.email, customer.locale, customer.timezone)
    return Row("customers", dict(zip(CUSTOMER_COLUMNS, values, strict=True)))
