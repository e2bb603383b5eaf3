"""Files that come one at a time end as all at once do; `tests.benchmarks.orders` does 20 orders."""

import random

import pytest

from data_samples.simulate import simulate
from tests.benchmarks.orders import Orders, deliveries, differences, orders_of, shuffled

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Orders:
    folder = tmp_path_factory.mktemp("orders")
    simulate(folder / "simulated", seed=7, customers=12)
    return orders_of(folder / "simulated", folder)


def test_one_at_a_time_makes_the_same_findings_and_the_same_packs(orders):
    order = shuffled(deliveries(orders.origin), random.Random(1))
    found = orders.go(order, None)
    assert list(differences(orders.wanted, found.standing, is_sending=False)) == []


@pytest.mark.parametrize("seed", [2, 3])
def test_what_is_sent_meanwhile_and_its_supplements_come_to_the_same_list(orders, seed):
    chance = random.Random(seed)
    found = orders.go(shuffled(deliveries(orders.origin), chance), chance)
    assert list(differences(orders.wanted, found.standing, is_sending=True)) == []
    assert found.standing.supplements
