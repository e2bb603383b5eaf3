"""Where cases are entered, with what the planner has to know to keep them apart."""

from collections.abc import Callable
from dataclasses import dataclass

from data_samples.scene import Scene
from data_samples.schema import Kind

Build = Callable[[Scene], None]


@dataclass(frozen=True, slots=True)
class Case:
    """A case, the kinds it is planted for, and whom it may meet.

    `lonely`: it leaves a create, at some time, with only one of its two witnesses or with nothing
    but the time to join them. Two such cases of one customer and kind could be taken for each
    other's witnesses, so that a customer gets at most one for each kind.
    """

    name: str
    kinds: tuple[Kind, ...]
    lonely: bool
    build: Build


CASES: list[Case] = []


def case(*kinds: Kind, lonely: bool = False) -> Callable[[Build], Build]:
    """Enter the function as a case under its name."""

    def enter(build: Build) -> Build:
        CASES.append(Case(build.__name__, kinds, lonely, build))
        return build

    return enter
