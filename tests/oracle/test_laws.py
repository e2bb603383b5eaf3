"""Laws that the oracle keeps on random worlds, and that the worlds are worth comparing on."""

import json
from collections import Counter
from dataclasses import replace
from random import Random

import polars as pl
import pytest

from tests.oracle.census import census, judged
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
from tests.oracle.verdicts import REASONS
from tests.oracle.worlds import random_world
from transforms.schemas import EVENTS, GAPS, WRITES, row_schema

pytestmark = pytest.mark.xdist_group("census")

SEEDS = range(150)
VERDICTS = {
    "lost", "stale", "resurrected", "restored", "review", "unidentified", "unconfirmed",
    "cancelled", "consistent",
}  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_the_input_changes_nothing(seed: int) -> None:
    world = random_world(seed)
    rng = Random(seed)
    shuffled = replace(
        world,
        lines=tuple(rng.sample(world.lines, k=len(world.lines))),
        events=tuple(rng.sample(world.events, k=len(world.events))),
        rows=tuple(rng.sample(world.rows, k=len(world.rows))),
        gaps=tuple(rng.sample(world.gaps, k=len(world.gaps))),
    )
    assert judge(shuffled).findings == judged(seed).findings


@pytest.mark.parametrize("seed", SEEDS)
def test_a_log_and_events_given_twice_change_nothing(seed: int) -> None:
    world = random_world(seed)
    twice = replace(
        world,
        lines=(*world.lines, *(replace(line, file=f"{line.file}.copy") for line in world.lines)),
        events=(*world.events, *world.events),
    )
    assert judge(twice).findings == judged(seed).findings


@pytest.mark.parametrize("seed", SEEDS)
def test_every_line_and_event_has_one_outcome(seed: int) -> None:
    world = random_world(seed)
    judgement = judged(seed)
    lines = [write for write in judgement.writes if write.line]
    events = [write for write in judgement.writes if write.event]
    assert len(world.lines) == judgement.lines_outside + judgement.lines_twice + len(lines)
    assert len(world.events) == judgement.events_outside + judgement.events_twice + len(events)
    told = Counter(unattributed_lines=sum(1 for write in judgement.unattributed if write.line))
    told["lines"] = sum(finding.lines for finding in judgement.findings)
    told["events"] = sum(finding.events for finding in judgement.findings)
    told["unattributed_events"] = sum(1 for write in judgement.unattributed if write.event)
    assert told["lines"] + told["unattributed_lines"] == len(lines)
    assert told["events"] + told["unattributed_events"] == len(events)


def test_every_verdict_reason_and_pairing_occurs_often() -> None:
    counts = census(400)
    seen = counts["verdict and reason"]
    for word in (*VERDICTS, *REASONS):
        assert sum(count for what, count in seen.items() if word in what.split()) >= 10, word
    for rule in ("request_id", "entity_id", "time", "left_over"):
        assert counts["paired by"][rule] >= 10
    assert min(counts["sums"].values()) >= 10


def test_worlds_cross_the_border_whole() -> None:
    world = random_world(7)
    assert writes_frame(world).collect_schema() == WRITES
    assert events_frame(world).collect_schema() == EVENTS
    assert gaps_frame(world).schema == GAPS
    assert writes_frame(world).collect().height == len(world.lines)
    assert events_frame(world).collect().height == len(world.events)
    rows = rows_by_kind(world)
    assert set(rows) == set(world.catalogue.kinds)
    assert sum(frame.height for frame in rows.values()) == len(world.rows)
    for name, frame in rows.items():
        assert frame.schema == row_schema(world.catalogue.kinds[name].fields)
    assert devices_frame(world).height <= rows["app_registration"].height


def test_findings_of_both_compare_in_one_form() -> None:
    finding = judged(7).findings[0]
    columns = {name: [getattr(finding, name)] for name in COMPARED if name != "fields"}
    fields = json.dumps(dict(finding.fields))
    of_core = pl.DataFrame({**columns, "fields": [fields]})
    assert of_frame(of_core) == of_oracle([finding])
