"""Which case goes to which customer, so that none disturbs another."""

from random import Random

from data_samples.cases import (
    attribution,
    belongings,
    boundaries,
    clocks,
    deletions,
    devices,
    events_only,
    late,
    lost,
    noise,
    people,
    reissued,
    restored,
    unidentified,
    updates,
)
from data_samples.cases.registry import CASES, Case
from data_samples.model import Customer, Migration, Planted, Row, Settings
from data_samples.scene import Scene
from data_samples.schema import (
    AVAILABILITY,
    AVAILABILITY_RULE,
    ONLINE_SERVICE,
    PERSON,
    PROVISIONING,
    Kind,
)
from data_samples.world import World, customer_row, make_customers

# Importing a module of cases enters them; the order here is the order of planting.
_MODULES = (
    lost,
    clocks,
    devices,
    attribution,
    unidentified,
    events_only,
    updates,
    deletions,
    boundaries,
    reissued,
    restored,
    people,
    belongings,
    late,
    noise,
)
# So many customers take every case once without two lonely ones meeting.
CUSTOMERS_PER_ROUND = 40
_CLOCK_CHECKS = (PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)


def cases() -> tuple[Case, ...]:
    """List all cases."""
    return tuple(CASES)


class _Planner:
    """Goes round the customers, and remembers who has what."""

    def __init__(self, world: World, settings: Settings, customers: tuple[Customer, ...]) -> None:
        self.world, self.settings, self.customers = world, settings, customers
        self.next = 0
        self.taken: set[tuple[str, str, str]] = set()
        self.planted: list[Planted] = []

    def plant(self, case: Case, kind: Kind, index: int) -> None:
        """Plant a case for the customer at this place."""
        customer = self.customers[index]
        neighbour = self.customers[(index + 1) % len(self.customers)]
        scene = Scene(self.world, self.settings, customer, neighbour, kind)
        case.build(scene)
        self.planted.append(scene.planted(case.name))
        self.taken |= self._claims(case, kind, customer)

    def plant_somewhere(self, case: Case, kind: Kind) -> None:
        """Plant a case for the next customer who can take it; with few customers, perhaps none."""
        for step in range(len(self.customers)):
            index = (self.next + step) % len(self.customers)
            if not self._claims(case, kind, self.customers[index]) & self.taken:
                self.plant(case, kind, index)
                self.next = index + 1
                return

    def _claims(self, case: Case, kind: Kind, customer: Customer) -> set[tuple[str, str, str]]:
        itself = {(customer.id, kind.name, case.name)}
        return itself | {(customer.id, kind.name, "lonely")} if case.lonely else itself


def build(settings: Settings) -> Migration:
    """Make up a whole migration from its settings."""
    world = World(Random(settings.seed))
    customers = make_customers(world, settings.customers)
    # Nobody wrote anything for the last one: it must get no notice.
    active = customers[:-1] if len(customers) > 10 else customers
    planner = _Planner(world, settings, active)
    _let_clocks_be_known(planner)
    for _ in range(max(1, settings.customers // CUSTOMERS_PER_ROUND)):
        for case in cases():
            for kind in case.kinds:
                planner.plant_somewhere(case, kind)
    background = tuple(row for customer in customers for row in _background(planner, customer))
    return Migration(settings, customers, background, tuple(planner.planted))


def _let_clocks_be_known(planner: _Planner) -> None:
    # An FE2 server whose clock is wrong needs pairs by request id that tell how wrong it is.
    by_request_id = next(case for case in cases() if case.name == "lost_by_request_id")
    for index, customer in enumerate(planner.customers):
        if customer.server.clock:
            for kind in _CLOCK_CHECKS:
                planner.plant(by_request_id, kind, index)


def _background(planner: _Planner, customer: Customer) -> tuple[Row, ...]:
    """Fill the customer's address book with what nobody touched."""
    scene = Scene(planner.world, planner.settings, customer, customer, PERSON)
    for _ in range(planner.world.rng.randrange(6, 14)):
        person = scene.existing(PERSON)
        scene.phone(customer, person)
        scene.existing(PROVISIONING, person=person)
        scene.existing(AVAILABILITY, person=person)
    return customer_row(customer), *scene.planted("background").rows
