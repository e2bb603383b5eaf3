"""The same thing read twice: lines of one source, requests of two sources, events."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import zip_longest

from tests.oracle.model import Event, Line, World


def distinct_lines(lines: Iterable[Line]) -> list[Line]:
    """ "For each distinct line the count is the highest count in any one file, not the sum." """
    by_content: dict[tuple[str, str], dict[str, list[Line]]] = {}
    for line in sorted(lines, key=place):
        files = by_content.setdefault((line.source, line.digest), {})
        files.setdefault(line.file, []).append(line)
    kept = [
        min((line for line in nth if line is not None), key=place)
        for files in by_content.values()
        for nth in zip_longest(*files.values())
    ]
    return sorted(kept, key=place)


def one_per_request(lines: Iterable[Line]) -> list[Line]:
    """ "A request that passed two proxies is one write where both log the same request id."

    The first that one of them logs is the first that the other logs. Where those are about two
    entities, the proxies have given one id to two requests.
    """
    alone: list[Line] = []
    requests: dict[tuple[object, ...], list[Line]] = {}
    seen: Counter[tuple[object, ...]] = Counter()
    for line in sorted(lines, key=place):
        if line.request_id in {None, "", "-"}:
            alone.append(line)
            continue
        request = (line.request_id, line.action, line.path)
        nth = seen[line.source, *request]
        seen[line.source, *request] += 1
        requests.setdefault((*request, nth), []).append(line)
    merged = [one for logged in requests.values() for one in _writes_of(logged)]
    return sorted([*alone, *merged], key=place)


def _writes_of(logged: list[Line]) -> list[Line]:
    """One write, unless the proxies name several entities."""
    if len({line.entity_id for line in logged if line.entity_id is not None}) < 2:
        return [_merged(logged)]
    ids = dict.fromkeys(line.entity_id for line in logged)
    return [_merged([line for line in logged if line.entity_id == id_]) for id_ in ids]


def distinct_events(events: Iterable[Event]) -> list[Event]:
    """ "The same `source` and `id` is the same event." A copy that names a customer is kept."""
    kept: dict[tuple[str, str], Event] = {}
    for event in sorted(events, key=_preference):
        kept.setdefault((event.event_source, event.event_id), event)
    return sorted(kept.values(), key=lambda event: (event.event_at, *name(event)))


def answered_by_new_site(world: World, line: Line) -> bool:
    """Through the new address, or "answered by one of `new_upstreams`" (of several, the last)."""
    if line.source in world.new_sources:
        return True
    last = re.split(r",\s*|\s+:\s+", line.upstream)[-1] if line.upstream else ""
    return any(fnmatchcase(last, glob) for glob in world.new_upstreams.get(line.source, ()))


def place(line: Line) -> tuple[object, ...]:
    """Where a line stands, time first."""
    return (line.at, line.source, line.file, line.line)


def name(event: Event) -> tuple[str, str]:
    """By what an event is known."""
    return (event.event_source, event.event_id)


def _preference(event: Event) -> tuple[object, ...]:
    return (event.customer_id is None, event.event_at, event.file, event.line)


def agree(one: str | None, other: str | None) -> bool:
    """The same "where both know it"."""
    return one is None or other is None or one == other


def _merged(logged: list[Line]) -> Line:
    first = logged[0]
    return replace(
        first,
        entity_id=next((line.entity_id for line in logged if line.entity_id), None),
        customer_id=next((line.customer_id for line in logged if line.customer_id), None),
        device_id=next((line.device_id for line in logged if line.device_id), None),
        made_on_new_site=any(line.made_on_new_site for line in logged),
    )
