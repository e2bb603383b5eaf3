"""Small migrations to hold the core's laws against, drawn as data so that they shrink.

What somebody did is drawn first, then who saw it, then what the new database has. There are few
ids, people and times, so that things meet. Half of the nights come from the random worlds of the
oracle, which are larger and nastier but do not shrink.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.oracle.drawing import at
from tests.oracle.model import DEEP, Event, Gap, Line, Row, Value, Window, World
from tests.oracle.nights import apart, together
from tests.oracle.worlds import WORLDS_A_NIGHT, random_world
from tests.oracle.worlds_data import FIELDS, ID_LETTERS, PEOPLE, VALUES
from tests.oracle.worlds_witnesses import DEVICE_ROUTES

SECOND = timedelta(seconds=1)
SNAPSHOT_AT, LIVE_AT = at("20:00"), at("23:18")
# A busy minute, and the edges; so many seconds beside them, most often none.
EDGES = (at("20:14"), at("21:00"), SNAPSHOT_AT, LIVE_AT, LIVE_AT + timedelta(minutes=12))
BESIDE = st.sampled_from((0, 1, 2, 9, 10, 11, 59, 61, 299, 301, 1200)) | st.integers(-1300, 1300)
CLOCKS_OFF = st.sampled_from((0, 0, 1, 240, 301, -3, -1200))

KINDS = ("person", "provisioning", "availability", "feedback", "online_service", "receipt")
ACTIONS = {"availability": ("update",), "feedback": ("create", "update")}
LINES_OF_A_WORLD = 10_000
CUSTOMERS = ("A", "B")
DEVICES = ("D1", "D2")
REQUEST_IDS = st.sampled_from((None, None, "r1", "r2", "r3"))
NEW_UPSTREAM = "10.9.0.1:443"

Write = dict[str, Any]
Witnesses = tuple[tuple[Line, ...], tuple[Event, ...]]


@dataclass(frozen=True, repr=False)
class Night:
    """Worlds of one window and one coverage, so that they can be judged together."""

    worlds: tuple[World, ...]
    name: str = ""

    def __repr__(self) -> str:
        """What a failing example shows: of drawn worlds, all that is known of each thing."""
        return self.name or "\n".join(map(_described, self.worlds))


def _described(world: World) -> str:
    window, gaps = world.window, [*map(_known, world.gaps)]
    things = [*world.lines, *world.events, *world.rows]
    return "\n  ".join((f"{window}, gaps {gaps}", *map(_known, things)))


def _known(thing: Line | Event | Row | Gap) -> str:
    told = {
        name: f"{at:%d %H:%M:%S}" if isinstance(at, datetime) else at
        for name, at in vars(thing).items()
        if at
    }
    return f"{type(thing).__name__} {told}"


moments = st.builds(lambda edge, beside: edge + beside * SECOND, st.sampled_from(EDGES), BESIDE)


def ids(kind: str) -> st.SearchStrategy[str]:
    """One of two; an availability has its person's."""
    return st.integers(1, 2).map(lambda number: f"{ID_LETTERS[kind]}{number}")


@st.composite
def contents(draw: st.DrawFn, kind: str) -> dict[str, str | None]:
    """All fields of a thing."""
    if kind == "person":
        return dict(draw(st.sampled_from(PEOPLE)))
    return {name: draw(st.sampled_from(VALUES[name][:2])) for name in FIELDS[kind]}


@st.composite
def writes(draw: st.DrawFn, kind: str) -> Write:
    """What somebody did, and how it can be known again."""
    return {
        "kind": kind,
        "action": draw(st.sampled_from(ACTIONS.get(kind, ("create", "update", "delete")))),
        "entity_id": draw(ids(kind)),
        "customer_id": draw(st.sampled_from(CUSTOMERS)),
        "device_id": draw(st.sampled_from((None, *DEVICES))),
        "request_id": draw(REQUEST_IDS),
    }


@st.composite
def witnesses(draw: st.DrawFn, number: int) -> Witnesses:
    """A write, and who saw it. `number` tells its witnesses from others'."""
    write = draw(st.sampled_from(KINDS).flatmap(writes))
    return draw(seen(write, draw(moments), number))


@st.composite
def more_witnesses(draw: st.DrawFn, world: World, number: int) -> Witnesses:
    """One more write in a world: one of its own, or about what another one was about."""
    others = (*world.lines, *world.events)
    if not others or not draw(st.booleans()):
        return draw(witnesses(number))
    other = draw(st.sampled_from(others))
    written_at = other.at if isinstance(other, Line) else other.event_at
    write = draw(writes(other.kind))
    new = draw(st.sets(st.sampled_from(sorted(write)), max_size=2))
    write |= {name: getattr(other, name) or write[name] for name in write.keys() - new}
    return draw(seen(write, written_at + draw(BESIDE) * SECOND, number))


@st.composite
def seen(draw: st.DrawFn, write: Write, written_at: datetime, number: int) -> Witnesses:
    """By a line, an event, or both."""
    data = draw(contents(write["kind"]))
    seen_by = draw(st.sampled_from(("line", "event", "both")))
    line = draw(lines(write, written_at, data, number))
    event = draw(events(write, written_at, data, number))
    return (
        () if seen_by == "event" else (line,),
        () if seen_by == "line" else (event,),
    )


@st.composite
def lines(
    draw: st.DrawFn,
    write: Write,
    written_at: datetime,
    data: dict[str, str | None],
    number: int,
) -> Line:
    kind, action = write["kind"], write["action"]
    has_device_route = write["device_id"] is not None and (kind, action) in DEVICE_ROUTES
    by_device = has_device_route and draw(st.booleans())
    knows_id = action != "create" or draw(st.booleans())
    source = draw(st.sampled_from(("proxy-a", "proxy-b")))
    return Line(
        **write
        | {
            "entity_id": write["entity_id"] if knows_id else None,
            "customer_id": None if by_device else write["customer_id"],
            "device_id": write["device_id"] if by_device else None,
        },
        at=written_at,
        source=source,
        file=draw(st.sampled_from(("1.log", "2.log"))),
        line=number,
        digest=f"{source} {number}",
        upstream=draw(st.sampled_from((None, None, NEW_UPSTREAM))),
        fields={"alarm_id": Value(data["alarm_id"], True)} if kind == "feedback" else {},
    )


@st.composite
def events(
    draw: st.DrawFn,
    write: Write,
    written_at: datetime,
    data: dict[str, str | None],
    number: int,
) -> Event:
    told = {} if write["action"] == "delete" or draw(st.booleans()) else data
    return Event(
        **write | {"customer_id": write["customer_id"] if draw(st.booleans()) else None},
        event_at=written_at + draw(CLOCKS_OFF) * SECOND,
        event_id=f"e{number}",
        line=number,
        fields={name: Value(value) for name, value in told.items()},
    )


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """A row from before the move, from within, or made on the new site."""
    kind = draw(st.sampled_from((*KINDS, "app_registration")))
    created_at = draw(st.sampled_from((at("12:00"), at("+1 08:00"))) | moments)
    if kind == "app_registration":
        data = {"person_id": "P1", "device_id": draw(st.sampled_from(DEVICES)), "platform": "ios"}
    else:
        data = draw(contents(kind))
    touched_at = draw(st.none() | st.sampled_from((at("+1 09:00"),)) | moments)
    return Row(
        kind=kind,
        id=draw(ids(kind)),
        customer_id=draw(st.sampled_from(CUSTOMERS)),
        created_at=None if kind == "availability" else created_at,
        updated_at=max(created_at, touched_at) if touched_at else created_at,
        fields={name: data.get(name) for name in DEEP.kinds[kind].fields},
    )


@st.composite
def worlds(draw: st.DrawFn, window: Window, gaps: tuple[Gap, ...]) -> World:
    """One small migration."""
    written = [draw(witnesses(number)) for number in range(1, draw(st.integers(1, 6)) + 1)]
    return World(
        window=window,
        lines=tuple(line for some, _ in written for line in some),
        events=tuple(event for _, some in written for event in some),
        rows=tuple(draw(st.lists(rows(), max_size=5, unique_by=lambda row: (row.kind, row.id)))),
        gaps=gaps,
        new_upstreams={"proxy-a": ("10.9.*",), "proxy-b": ("10.9.*",)},
        new_sources=frozenset({"proxy-new"}),
        catalogue=DEEP,
    )


@st.composite
def drawn_nights(draw: st.DrawFn) -> Night:
    """A few small worlds."""
    window = Window(SNAPSHOT_AT, LIVE_AT, draw(st.sampled_from((0, 10))) * timedelta(minutes=1))
    silent = Gap("proxy-a", at("20:13"), at("20:16"), accepted=draw(st.booleans()))
    gaps = draw(st.sampled_from(((), (silent,))))
    return Night(tuple(draw(st.lists(worlds(window, gaps), min_size=1, max_size=8))))


def random_night(number: int) -> Night:
    """Some of the oracle's random worlds."""
    first = number * WORLDS_A_NIGHT
    seeds = range(first, first + WORLDS_A_NIGHT)
    return Night(tuple(map(random_world, seeds)), f"random_night({number})")


def nights() -> st.SearchStrategy[Night]:
    """Few small worlds, or many large ones."""
    return drawn_nights() | st.integers(0, 400).map(random_night)


def as_one(night: Night) -> World:
    """All of them as one migration: nobody has an id, a device or a request id of another's."""
    return together([placed_apart(world, place) for place, world in enumerate(night.worlds)])


def placed_apart(world: World, place: int) -> World:
    """With ids, and line numbers, that say at which place of the night it stands."""
    marked, first = apart(world, place), place * LINES_OF_A_WORLD
    return replace(
        marked,
        lines=tuple(replace(line, line=first + line.line) for line in marked.lines),
        events=tuple(replace(event, line=first + event.line) for event in marked.events),
    )


def each_at_its_own_instant(world: World) -> World:
    """The same, but no two different lines of one microsecond.

    What two lines of one instant did in which order, only their places in the files can tell.
    """
    contents = dict.fromkeys((line.source, line.digest) for line in world.lines)
    nth = {content: timedelta(microseconds=n) for n, content in enumerate(contents)}
    return replace(
        world,
        lines=tuple(
            replace(line, at=line.at + nth[line.source, line.digest]) for line in world.lines
        ),
    )
