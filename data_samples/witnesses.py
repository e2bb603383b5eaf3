"""The part of a scene that is seen: requests, the proxies' lines and the clients' events."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from data_samples import model, things
from data_samples.model import (
    Customer,
    Event,
    Line,
    RawEvent,
    RawLine,
    Settings,
    Tally,
    Thing,
    Write,
)
from data_samples.proxies import EDGE, HOST, NEW_SITE, OLD_SITE, PROXIES, PROXY_A, logged_at
from data_samples.schema import (
    CREATE,
    FEEDBACK,
    PERSON,
    PROVISIONING,
    UPDATE,
    Kind,
    device_request,
    request,
)
from data_samples.stage import Stage
from data_samples.timeline import LIVE
from data_samples.world import World

Key = tuple[str, str, str]


def key_of(thing: Thing) -> Key:
    """Tell entities apart, of different customers too: an id can be issued twice."""
    return thing.customer, thing.kind.name, thing.id


class Witnesses(Stage):
    """Makes up requests, and plants who has seen them."""

    def __init__(
        self,
        world: World,
        settings: Settings,
        customer: Customer,
        neighbour: Customer,
        kind: Kind,
    ) -> None:
        super().__init__(world, settings, customer, neighbour, kind)
        self._lines: list[Line] = []
        self._raw_lines: list[RawLine] = []
        self._events: list[Event] = []
        self._raw_events: list[RawEvent] = []
        self._tally = Tally()
        self._line_times: dict[Key, list[datetime]] = {}
        self._event_times: dict[Key, list[datetime]] = {}
        self._known: dict[Key, list[tuple[datetime, Mapping[str, str]]]] = {}

    def write(
        self,
        thing: Thing,
        action: str = CREATE,
        at: datetime | None = None,
        *,
        fields: Mapping[str, str] | None = None,
        by_device: bool = False,
    ) -> Write:
        """Make up a request that writes the thing."""
        if fields is None:
            changed = things.changed(thing, self.world) if action == UPDATE else {}
            fields = dict(thing.values) if action == CREATE else changed
        when = at or self.moment()
        return Write(thing, action, when, self.world.token(), fields, by_device)

    def line(
        self,
        write: Write,
        proxy: str | None = None,
        *,
        request_id: bool = True,
        location: bool | str = True,
        status: int | None = None,
        target: str | None = None,
        upstream: str | None = None,
        agent: str | None = None,
        raw_agent: bytes | None = None,
        late: bool = False,
        writes: bool = True,
        unusual: bool = False,
    ) -> Line:
        """Plant a proxy's line about a write."""
        proxy = proxy or self.rng.choice((PROXY_A, EDGE))
        method, path = self.request(write)
        answered = status or things.status_of(write)
        old_or_new = upstream or (NEW_SITE if write.at >= LIVE else OLD_SITE)
        line = Line(
            proxy=proxy,
            at=write.at,
            method=method,
            target=target or path,
            status=answered,
            client_ip=write.thing.device.address,
            user_agent=agent or write.thing.device.agent,
            request_id=(
                write.request_id if request_id and PROXIES[proxy].logs_request_id else None
            ),
            location=self._location(write, proxy, location),
            upstream=old_or_new,
            forwarded_for=self._forwarded_for(),
            size=self.rng.randrange(60, 2_400),
            late=late,
            writes=writes and answered < 300,
            unusual=unusual,
            raw_agent=raw_agent,
        )
        self._lines.append(line)
        if line.writes:
            self._note_line(write, logged_at(proxy, write.at))
        return line

    def again(self, line: Line) -> None:
        """Log the very same line once more, for another request like it."""
        self._lines.append(line)

    def swap(self, line: Line, other: Line) -> None:
        """Replace a planted line by one with something that a write can't have."""
        self._lines[self._lines.index(line)] = other

    def swap_event(self, event: Event, other: Event) -> None:
        """Replace a planted event."""
        self._events[self._events.index(event)] = other

    def request(self, write: Write) -> tuple[str, str]:
        """Give the method and the path by which the write was asked for."""
        thing = write.thing
        if write.by_device:
            return device_request(
                thing.kind, device=thing.device.id, entity=thing.id, values=thing.values
            )
        return request(
            thing.kind,
            write.action,
            customer=thing.customer,
            entity=thing.id,
            values=thing.values,
        )

    def event(
        self,
        write: Write,
        *,
        request_id: bool | str = True,
        customer: bool | str = True,
        device: bool = True,
        data: bool | Mapping[str, str] = True,
        clock: timedelta | None = None,
        late: bool = False,
        file: str | None = None,
    ) -> Event:
        """Plant the event that the writing device recorded, by its own clock."""
        thing = write.thing
        reading = thing.device.clock if clock is None else clock
        delay = timedelta(milliseconds=self.rng.randrange(30, 900))
        values = data if isinstance(data, Mapping) else write.fields if data else None
        event = Event(
            file=file or self._file(write),
            id=self.world.token(),
            source=f"/{thing.device.platform}/{thing.device.id}",
            type=thing.kind.events[write.action],
            time=write.at + delay + reading,
            subject=thing.id,
            customer=_chosen(customer, thing.customer),
            device=thing.device.id if device else None,
            request_id=_chosen(request_id, write.request_id),
            version=thing.device.version if self.rng.random() < 0.9 else None,
            data=values,
            late=late,
        )
        self._events.append(event)
        self._event_times.setdefault(key_of(thing), []).append(write.at)
        self._know(write, values or {})
        return event

    def witnessed(self, write: Write) -> None:
        """Plant line and event of a write that nothing is special about."""
        self.line(write)
        self.event(write)

    def raw_line(self, proxy: str, at: datetime, text: bytes, *, disputed: bool = False) -> None:
        """Plant bytes that are no line of the log."""
        self._raw_lines.append(RawLine(proxy, at, text, disputed))

    def raw_event(self, file: str, text: bytes) -> None:
        """Plant text that is no CloudEvent."""
        self._raw_events.append(RawEvent(file, text))

    def repeat(self, event: Event, file: str | None = None) -> None:
        """Deliver an event once more."""
        self._events.append(event if file is None else replace(event, file=file))
        self.count(Tally(late_duplicate_events=1) if event.late else Tally(duplicate_events=1))

    def count(self, tally: Tally) -> None:
        """Count inputs that come to nothing."""
        self._tally = self._tally.plus(tally)

    def _location(self, write: Write, proxy: str, location: bool | str) -> str | None:
        if write.action != CREATE or not PROXIES[proxy].logs_location or not location:
            return None
        if isinstance(location, str):
            return location
        _, path = self.request(write)
        spelled = self.rng.choice(("{}/{}", "{}/{}", f"https://{HOST}{{}}/{{}}", "{}/{}/"))
        return spelled.format(path.rstrip("/"), write.thing.id)

    def _forwarded_for(self) -> str:
        hops = self.rng.choice((0, 0, 1, 1, 2, 3))
        return ", ".join(self.world.client_ip() for _ in range(hops)) or "-"

    def _file(self, write: Write) -> str:
        if write.thing.kind is PERSON and write.action == CREATE and self.rng.random() < 0.3:
            return model.PERSONS_FILE
        if self.rng.random() < 0.25:
            return model.MIXED_FILE
        is_server = write.thing.device.platform == "fe2"
        return model.FE2_FILE if is_server else model.PHONES_FILE

    def _note_line(self, write: Write, at: datetime) -> None:
        key = key_of(write.thing)
        self._line_times.setdefault(key, []).append(at)
        if write.thing.kind is FEEDBACK:
            self._know(write, {"alarm_id": write.thing.values["alarm_id"]})
        if write.thing.kind is PROVISIONING and write.action == UPDATE:
            self._know(write, {"state": "accepted"})

    def _know(self, write: Write, values: Mapping[str, str]) -> None:
        key = key_of(write.thing)
        self._known.setdefault(key, []).append((write.at, values))


def _chosen(choice: bool | str, usual: str) -> str | None:
    if isinstance(choice, str):
        return choice
    return usual if choice else None
