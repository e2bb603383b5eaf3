"""Who bore witness to a small migration."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from tests.oracle.model import Event, Fields, Line, Value, Window
from tests.oracle.worlds_data import DEVICE_CLOCKS, take
from tests.oracle.worlds_deeds import NEW_UPSTREAM, SECOND, Deed, any_id


def witnesses_of(rng: Random, window: Window, deeds: list[Deed]) -> tuple[list[Line], list[Event]]:
    """Who saw it: proxies (twice, late, without an id), clients (with wrong clocks), nobody."""
    lines: list[Line] = []
    events: list[Event] = []
    clocks = {device: rng.choice(offsets) for device, offsets in DEVICE_CLOCKS.items()}
    for number, deed in enumerate(deeds):
        seen_by = rng.choices(("both", "line", "event", "nobody"), (6, 3, 3, 1))[0]
        rid = rng.choice((f"r{number}", f"r{number}", None, None, None, "-"))
        rid = f"r{rng.randrange(number + 1)}" if rng.random() < 0.05 else rid
        if seen_by in {"both", "line"}:
            lines += _lines(rng, window, deed, rid)
        if seen_by in {"both", "event"}:
            events += _events(rng, deed, rid, clocks, number)
    numbered = [
        replace(line, line=number, digest=line.digest or f"{line.source} {number}")
        for number, line in enumerate(lines, 1)
    ]
    return numbered, [replace(event, line=n) for n, event in enumerate(events, 1)]


COPIES = (("1.log", "2.log"), ("1.log", "1.log"), ("1.log", "1.log", "3.log"))
DEVICE_ROUTES = {("provisioning", "update"), ("feedback", "create"), ("availability", "update")}


def _lines(rng: Random, window: Window, deed: Deed, rid: str | None) -> Iterator[Line]:
    by_device = (
        deed.device_id is not None
        and (deed.kind, deed.action) in DEVICE_ROUTES
        and rng.random() < 0.7
    )
    knows_id = deed.action != "create" or rng.random() < 0.45
    path = {"alarm_id": deed.data.get("alarm_id")} if deed.kind == "feedback" else {}
    fields: Fields = {name: Value(value, True) for name, value in path.items()}
    if (deed.kind, deed.action) == ("provisioning", "update"):
        fields = {"state": Value("accepted")}
    late = deed.at >= window.live_at + window.live_at_uncertainty
    line = Line(
        at=deed.at,
        kind=deed.kind,
        action=deed.action,
        source="proxy-new" if late and rng.random() < 0.3 else rng.choice(("proxy-a", "proxy-b")),
        file=rng.choice(("1.log", "2.log")),
        customer_id=None if by_device else deed.customer_id,
        device_id=deed.device_id if by_device else None,
        entity_id=deed.entity_id if knows_id else None,
        request_id=rid,
        upstream=_upstream(rng, deed),
        fields=fields,
    )
    yield line
    if rng.random() < 0.1:
        other = "proxy-b" if line.source == "proxy-a" else "proxy-a"
        passed_at = line.at + rng.choice((0, 1)) * SECOND
        seen_as = rng.choice((line.entity_id, line.entity_id, deed.entity_id, deed.entity_id))
        if deed.action == "create" and rng.random() < 0.1:
            seen_as = any_id(rng, deed.kind)
        yield replace(line, at=passed_at, source=other, entity_id=seen_as)
    if rng.random() < 0.1:
        content = f"{line.source} {rng.random()}"
        for file in rng.choice(COPIES):
            yield replace(line, file=file, digest=content)


def _upstream(rng: Random, deed: Deed) -> str | None:
    if deed.on_new_site:
        return rng.choice((NEW_UPSTREAM, f"10.0.0.1:80, {NEW_UPSTREAM}", None))
    return rng.choice(("10.0.0.1:80", f"{NEW_UPSTREAM}, 10.0.0.1:80", None))


def _events(
    rng: Random, deed: Deed, rid: str | None, clocks: dict[str, int], number: int
) -> Iterator[Event]:
    device = deed.device_id if rng.random() < 0.8 else None
    off = clocks.get(device or "", 0) or rng.choice((0, 0, 0, 2, -3, 300, -300, 301, 1500))
    off += rng.choice((0, 0, 0, -1, 1, 4))  # a clock that drifts
    names_customer = rng.random() < 0.8
    known = deed.data if deed.action != "delete" else {}
    data = known if deed.is_newcomer and rng.random() < 0.8 else take(rng, known)
    if (deed.kind, deed.action) == ("provisioning", "update"):
        data = {**data, "state": "accepted"}
    event = Event(
        event_at=deed.at + off * SECOND,
        kind=deed.kind,
        action=deed.action,
        entity_id=deed.entity_id,
        event_source=rng.choice(("/fe2/1", "/app/1")),
        event_id=f"e{number}",
        file="1.jsonl",
        customer_id=deed.customer_id if names_customer else None,
        device_id=device,
        request_id=None if rid == "-" else rid,
        fields={name: Value(value) for name, value in data.items()},
    )
    yield event
    if rng.random() < 0.1:
        yield replace(event, file="2.jsonl", customer_id=rng.choice((None, event.customer_id)))
    if rng.random() < 0.08:
        yield replace(event, event_id=f"{event.event_id}b", event_at=deed.at + 7 * SECOND)
