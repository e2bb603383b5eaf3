"""The whole of section 4, from top to bottom."""

from dataclasses import replace
from datetime import datetime, timedelta

from tests.oracle.attribution import attribute, customers_of, with_customers
from tests.oracle.duplicates import (
    answered_by_new_site,
    distinct_events,
    distinct_lines,
    one_per_request,
)
from tests.oracle.effects import entities
from tests.oracle.matching import (
    as_writes,
    by_entity_id,
    by_request_id,
    by_time,
    clock_offsets,
    is_outside,
    left_over,
    without,
)
from tests.oracle.model import Event, Finding, Judgement, World
from tests.oracle.unidentified import explain, unidentified
from tests.oracle.verdicts import Court, Judged

NOTHING = timedelta(0)


def judge(world: World) -> Judgement:
    """All findings of a world, in a stable order, and what becomes of every line and event."""
    marked = [
        replace(line, made_on_new_site=answered_by_new_site(world, line)) for line in world.lines
    ]
    read = [line for line in marked if world.window.reads(line.at)]
    beyond = [line for line in marked if line not in read]
    lines = one_per_request(distinct_lines(read))
    events = distinct_events(world.events)

    by_id = by_request_id([*lines, *one_per_request(distinct_lines(beyond))], events)
    offsets = clock_offsets(by_id)

    def time_of(event: Event) -> datetime:
        return event.event_at + offsets.get(event.device_id or "", NOTHING)

    rest_lines, rest_events = without(by_id, lines, events)
    # What is paired by request id happened when its line says.
    pairs = [pair for pair in by_id if world.window.reads(pair.line.at)]
    outside = [event for event in rest_events if is_outside(event, offsets, world.window)]
    rest_events = [event for event in rest_events if event not in outside]
    taken = as_writes(pairs, rest_lines, rest_events, time_of)
    known = attribute(world, taken, taken)
    customers = customers_of(world, known)

    for rule in (by_entity_id, by_time, left_over):
        pairs += rule(rest_lines, rest_events, time_of, customers, world.window)
        rest_lines, rest_events = without(pairs, rest_lines, rest_events)
    writes = explain(
        world,
        with_customers(as_writes(pairs, rest_lines, rest_events, time_of), customers),
    )
    judged = Court(world, writes, entities(world, writes)).judge_all()
    findings = [*map(finding, judged), *unidentified(writes)]
    return Judgement(
        findings=tuple(sorted(findings, key=_order)),
        unattributed=tuple(write for write in writes if write.customer_id is None),
        writes=tuple(writes),
        lines_outside=len(beyond),
        lines_twice=len(read) - len(lines),
        events_outside=len(events) - len([write for write in writes if write.event]),
        events_twice=len(world.events) - len(events),
    )


def finding(judged: Judged) -> Finding:
    """What is said of one entity, with what it rests on."""
    entity, verdict = judged.entity, judged.verdict
    lines = [write for write in entity.writes if write.line]
    # A pair of left-overs is a guess; a line that names the entity itself is none.
    sure = any(write.paired_by != "left_over" for write in lines)
    return Finding(
        customer_id=entity.customer_id,
        kind=entity.kind,
        entity_id=entity.entity_id,
        action=entity.net_action,
        verdict=verdict.verdict,
        confidence="confirmed" if sure else "probable",
        reason=verdict.reason,
        first_at=entity.writes[0].at,
        last_at=entity.writes[-1].at,
        lines=len(lines),
        events=len([write for write in entity.writes if write.event]),
        matched_id=verdict.matched_id,
        match_score=verdict.score,
        traits=verdict.traits,
        fields={name: value.value for name, value in sorted(entity.fields.items())},
    )


def _order(one: Finding) -> tuple[object, ...]:
    return (one.customer_id, one.kind, one.entity_id or "", one.first_at, one.verdict, str(one))
