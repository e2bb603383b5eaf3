"""Whether approved notices still say what is so in the database."""

from collections.abc import Collection

from flows.ledger import Ledger
from flows.settings import Settings


def recheck(_settings: Settings, _ledger: Ledger, _customer_ids: Collection[str]) -> frozenset[str]:
    """Of these customers, those whose notice would be another one now.

    Until runs keep what this takes, nobody's is known to be.
    """
    return frozenset()
