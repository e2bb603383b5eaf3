"""The core over one world, as the flow composes it."""

import polars as pl

from tests.oracle.frames import (
    devices_frame,
    events_frame,
    gaps_frame,
    rows_by_kind,
    writes_frame,
)
from tests.oracle.model import World
from tests.reconciliation import reconcile
from transforms.client_events import distinct_events
from transforms.findings import Findings
from transforms.window import Window
from transforms.writes import LogSource


def core_findings(world: World) -> Findings:
    """What the core finds in a world."""
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
    events = events_frame(world).with_columns(request_id=named)
    return reconcile(
        lines,
        distinct_events(events, trusted={"events"}).events,
        rows_by_kind(world),
        devices_frame(world),
        gaps_frame(world),
        window=Window(**vars(world.window)),
        sources=sources,
        catalogue=world.catalogue,
    )
