"""Core and oracle over the same worlds: `python -m tests.oracle.agreement --worlds 10000`."""

import argparse
import sys
from collections import Counter
from typing import Any

import polars as pl

from tests.oracle.core import core_findings
from tests.oracle.frames import (
    of_frame,
    of_oracle,
)
from tests.oracle.judge import judge
from tests.oracle.model import World, Write
from tests.oracle.nights import nights, together

Found = list[dict[str, Any]]

# What both say of each witnessed write, beside what they find.
WITNESSED = (
    "customer_id", "kind", "action", "entity_id", "at", "paired_by", "source", "file", "line",
    "event_id",
)  # fmt: skip


def by_core(world: World) -> Found:
    """What the core finds in a world, and how it read the evidence, in one form with the oracle."""
    found = core_findings(world)
    witnessed = pl.concat([found.evidence, found.unattributed]).select(WITNESSED)
    return [*map(_comparable, of_frame(found.findings)), *witnessed.to_dicts()]


def by_oracle(world: World) -> Found:
    """What the oracle finds in it, and how it read the evidence."""
    judgement = judge(world)
    return [
        *map(_comparable, of_oracle(judgement.findings)),
        *map(_witnessed, judgement.writes),
    ]


def _witnessed(write: Write) -> dict[str, Any]:
    line, event = write.line, write.event
    return {
        **{name: getattr(write, name) for name in WITNESSED[:6]},
        **{name: getattr(line, name) if line else None for name in WITNESSED[6:9]},
        "event_id": event.event_id if event else None,
    }


def _comparable(one: dict[str, Any]) -> dict[str, Any]:
    """What something deleted held before is told to nobody, so it need not agree."""
    return one | {"fields": {}} if one["action"] == "deleted" else one


def differences(core: Found, oracle: Found) -> list[str]:
    """What only one of them says, as text; empty where they say the same as often."""
    in_core, in_oracle = (Counter(map(_text, said)) for said in (core, oracle))
    return [f"core   {one}" for one in (in_core - in_oracle).elements()] + [
        f"oracle {one}" for one in (in_oracle - in_core).elements()
    ]


def _text(one: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in one.items())


def disagreements(seeds: range) -> list[str]:
    """All differences over these worlds; those of one night are judged together."""
    return [
        one
        for worlds in nights(seeds)
        for one in differences(
            by_core(together(worlds)), [said for world in worlds for said in by_oracle(world)]
        )
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=1_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--show", type=int, default=20)
    given = parser.parse_args()
    found = disagreements(range(given.first, given.first + given.worlds))
    print(*found[: given.show], sep="\n")
    print(f"{given.worlds} worlds, {len(found)} differences between core and oracle")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
