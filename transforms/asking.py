"""Which findings ask a customer for something, and which of those are merely counted."""

from collections.abc import Mapping
from typing import Final

from transforms.catalogue import Kind

# A finding with one of these makes a notice.
ASKING: Final = ("lost", "stale", "resurrected", "review", "unidentified", "unconfirmed")


def is_acknowledgement(kind: Kind, fields: Mapping[str, str | None]) -> bool:
    """Whether an entity with these field values is one that a machine sent, not a person.

    A notice counts these (an alarm app confirms every alarm by itself) and lists none; alone they
    make no notice.
    """
    told = kind.acknowledgements
    return bool(told) and any(fields.get(field) in values for field, values in told.items())
