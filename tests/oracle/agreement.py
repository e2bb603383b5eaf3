"""The core and the oracle over the same world: `python -m tests.oracle.agreement --worlds 10000`."""

import argparse
from typing import Any

import polars as pl

from tests.oracle.frames import (
    COMPARED,
    devices_frame,
    events_frame,
    gaps_frame,
    of_frame,
    of_oracle,
    rows_by_kind,
    writes_frame,
)
from tests.oracle.judge import judge
from tests.oracle.model import World
from tests.oracle.worlds import random_world
from tests.reconciliation import reconcile
from transforms.client_events import distinct_events
from transforms.window import Window
from transforms.writes import LogSource

Found = list[dict[str, Any]]


def by_core(world: World) -> Found:
    """What the core finds in a world, in the oracle's form."""
    names = {line.source for line in world.lines} | {*world.new_sources, *world.new_upstreams}
    sources = [
        LogSource(
            name=name,
            role="new" if name in world.new_sources else "old",
            new_upstreams=world.new_upstreams.get(name, ()),
        )
        for name in sorted(names)
    ]
    # What reading does before the core sees a line.
    named = pl.when(pl.col("request_id") != "-").then("request_id")
    lines = writes_frame(world).with_columns(
        request_id=named, upstream=pl.col("upstream").str.split(", ").list.last()
    )
    found = reconcile(
        lines,
        distinct_events(
            events_frame(world).with_columns(request_id=named), trusted={"events"}
        ).events,
        rows_by_kind(world),
        devices_frame(world),
        gaps_frame(world),
        window=Window(**vars(world.window)),
        sources=sources,
        catalogue=world.catalogue,
    )
    return [_comparable(one) for one in of_frame(found.findings)]


def by_oracle(world: World) -> Found:
    """What the oracle finds in it."""
    return [_comparable(one) for one in of_oracle(judge(world).findings)]


def _comparable(one: dict[str, Any]) -> dict[str, Any]:
    """What something deleted held before is told to nobody, so it need not agree."""
    return one | {"fields": {}} if one["action"] == "deleted" else one


def differences(core: Found, oracle: Found) -> list[str]:
    """Each finding that only one of them has, as text."""
    only_core = [one for one in core if one not in oracle]
    only_oracle = [one for one in oracle if one not in core]
    return [f"core   {_text(one)}" for one in only_core] + [
        f"oracle {_text(one)}" for one in only_oracle
    ]


def _text(one: dict[str, Any]) -> str:
    return " ".join(f"{name}={one[name]}" for name in COMPARED)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=1_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--show", type=int, default=3)
    given = parser.parse_args()
    differing = 0
    for seed in range(given.first, given.first + given.worlds):
        world = random_world(seed)
        if found := differences(by_core(world), by_oracle(world)):
            differing += 1
            if differing <= given.show:
                print(f"seed {seed}:", *found, sep="\n  ")
    print(f"{given.worlds} worlds, {differing} in which core and oracle differ")


if __name__ == "__main__":
    main()
