"""Creates that are gone, by all the ways in which their two witnesses find each other."""

from dataclasses import replace
from datetime import timedelta

from data_samples.cases.registry import case
from data_samples.proxies import EDGE, HOST, PROXY_A, PROXY_B
from data_samples.scene import Scene
from data_samples.schema import (
    AVAILABILITY_RULE,
    CREATABLE,
    DELETE,
    FEEDBACK,
    ONLINE_SERVICE,
    PERSON,
    PROVISIONING,
    UPDATE,
)
from data_samples.timeline import Zone


@case(*CREATABLE)
def lost_by_request_id(scene: Scene) -> None:
    """Line and event carry one request id; nothing came over."""
    thing = scene.thing()
    write = scene.write(thing)
    scene.line(write, location=False)
    scene.event(write)
    scene.expect(thing, "lost")


@case(*CREATABLE)
def lost_by_location(scene: Scene) -> None:
    """The line's Location names the entity that the event is about; no request id joins them."""
    thing = scene.thing()
    write = scene.write(thing)
    scene.line(write, PROXY_A)
    scene.event(write, request_id=False, customer=scene.rng.random() < 0.5)
    scene.expect(thing, "lost")


@case(*CREATABLE)
def lost_location_only(scene: Scene) -> None:
    """The Location is all there is: the id is known, and nothing else that could be compared."""
    thing = scene.thing()
    scene.line(scene.write(thing), PROXY_A, request_id=scene.rng.random() < 0.5)
    scene.expect(thing, "lost")


@case(PERSON, ONLINE_SERVICE, FEEDBACK)
def lost_location_elsewhere(scene: Scene) -> None:
    """The Location fits no route of the kind, so that its last segment is the id."""
    thing = scene.thing()
    scene.line(scene.write(thing), PROXY_A, location=f"https://{HOST}/fe2/rest/{thing.id}")
    scene.expect(thing, "lost")


@case(PROVISIONING)
def lost_location_of_another_route(scene: Scene) -> None:
    """The Location fits the accepting route: the id stands in its middle."""
    thing = scene.thing()
    write = scene.write(thing)
    _, path = scene.request(write)
    scene.line(write, PROXY_A, location=f"{path}/{thing.id}/accept")
    scene.expect(thing, "lost")


@case(*CREATABLE, lonely=True)
def lost_by_time(scene: Scene) -> None:
    """A proxy that logs no ids at all: customer, kind and time join line and event."""
    thing = scene.thing()
    write = scene.write(thing)
    scene.line(write, PROXY_B)
    scene.event(write, request_id=scene.rng.random() < 0.5)
    scene.expect(thing, "lost")


@case(*CREATABLE)
def lost_through_two_proxies(scene: Scene) -> None:
    """One request passed two proxies that log the same request id: it is one write."""
    thing = scene.thing()
    write = scene.write(thing)
    outer = scene.line(write, EDGE)
    inner = replace(write, at=outer.at + timedelta(milliseconds=4))
    scene.line(inner, PROXY_A)
    scene.event(write, request_id=scene.rng.random() < 0.5)
    scene.expect(thing, "lost")


@case(PERSON, PROVISIONING, ONLINE_SERVICE)
def lost_after_failures(scene: Scene) -> None:
    """The server failed twice before the third try succeeded: one write, not three."""
    thing = scene.thing()
    write = scene.write(thing)
    for seconds, status in ((-21, 503), (-9, 502)):
        failed = replace(
            write, at=write.at + timedelta(seconds=seconds), request_id=scene.world.token()
        )
        scene.line(failed, location=False, status=status)
    scene.witnessed(write)
    scene.expect(thing, "lost")


@case(*CREATABLE)
def lost_with_its_update(scene: Scene) -> None:
    """Created and then changed: one loss, with the later values."""
    thing = scene.thing()
    created = scene.write(thing, at=scene.moment(Zone.EARLY))
    scene.witnessed(created)
    scene.witnessed(scene.write(thing, UPDATE, scene.moment(Zone.LATER)))
    scene.expect(thing, "lost")


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE)
def lost_created_twice_around_a_delete(scene: Scene) -> None:
    """Created, deleted and created again under the same id: it is wanted."""
    thing = scene.thing()
    first = scene.write(thing, at=scene.moment(Zone.EARLY))
    scene.witnessed(first)
    scene.witnessed(scene.write(thing, DELETE, first.at + timedelta(minutes=2)))
    scene.witnessed(scene.write(thing, at=first.at + timedelta(minutes=7)))
    scene.expect(thing, "lost")


@case(PERSON, PROVISIONING, ONLINE_SERVICE, AVAILABILITY_RULE)
def lost_created_twice_by_retry(scene: Scene) -> None:
    """An impatient client sent the same thing twice within a minute: two ids, two findings."""
    thing = scene.thing()
    twin = replace(thing, id=scene.world.new_id(thing.kind.prefix))
    first = scene.write(thing)
    scene.witnessed(first)
    scene.witnessed(scene.write(twin, at=first.at + timedelta(seconds=scene.rng.randrange(2, 45))))
    scene.expect(thing, "lost")
    scene.expect(twin, "lost")


@case(*CREATABLE)
def lost_in_a_busy_minute(scene: Scene) -> None:
    """Several creates of one kind within seconds, kept apart by their request ids."""
    start = scene.moment()
    for index in range(4):
        thing = scene.thing()
        write = scene.write(thing, at=start + timedelta(seconds=index * 1.7))
        scene.line(write, location=False)
        # Each event is nearest in time to its neighbour's line.
        scene.event(replace(write, at=write.at + timedelta(seconds=1.5)))
        scene.expect(thing, "lost")


@case(PERSON, ONLINE_SERVICE, PROVISIONING)
def lost_with_unusual_target(scene: Scene) -> None:
    """Trailing slash, percent-encoding, absolute form, a query with a token: the same route."""
    for spell in (_with_slash, _percent_encoded, _absolute, _with_query):
        thing = scene.thing()
        write = scene.write(thing)
        _, path = scene.request(write)
        scene.line(write, target=spell(path), unusual=True)
        scene.event(write)
        scene.expect(thing, "lost")


@case(PERSON, ONLINE_SERVICE)
def lost_with_misleading_agent(scene: Scene) -> None:
    """The user agent looks like another request, or holds bytes that are no UTF-8."""
    agents = ("GET /api/v1/alarms HTTP/1.1", 'x" 404 0 "GET / HTTP/1.1', "\t\x1b[31mred\\")
    for agent in agents:
        thing = scene.thing()
        write = scene.write(thing)
        scene.line(write, agent=agent)
        scene.event(write)
        scene.expect(thing, "lost")
    thing = scene.thing()
    write = scene.write(thing)
    scene.line(write, PROXY_A, agent="Latin/1.0", raw_agent=b"L\xe4t\xefn/1.0 \xff\xfe")
    scene.event(write)
    scene.expect(thing, "lost")


@case(PERSON)
def lost_with_hostile_values(scene: Scene) -> None:
    """What strangers type in must stay text in every document."""
    hostile = (
        {"first_name": '=HYPERLINK("http://evil.example")', "last_name": "Formel"},
        {"first_name": "<script>alert(1)</script>", "last_name": 'O"Brien; DROP TABLE persons'},
        {"first_name": "Zeile\r\nBcc: all@evil.example", "last_name": "Kopf"},
    )
    for values in hostile:
        thing = scene.thing(values=values)
        write = scene.write(thing)
        scene.witnessed(write)
        scene.expect(thing, "lost")


@case(FEEDBACK)
def lost_acknowledgement(scene: Scene) -> None:
    """The app's own RECEIVED and READ are lost like an answer, but only counted."""
    for status in ("RECEIVED", "READ"):
        thing = scene.thing(values={"status": status})
        scene.witnessed(scene.write(thing))
        scene.expect(thing, "lost")


@case(FEEDBACK)
def lost_acknowledgement_then_answer(scene: Scene) -> None:
    """Received first and answered later: one feedback, with the answer."""
    thing = scene.thing(values={"status": "RECEIVED"})
    received = scene.write(thing)
    scene.witnessed(received)
    answer = scene.write(
        thing, UPDATE, received.at + timedelta(seconds=40), fields={"status": "YES"}
    )
    scene.witnessed(answer)
    scene.expect(thing, "lost")


def _with_slash(path: str) -> str:
    return f"{path}/"


def _percent_encoded(path: str) -> str:
    head, _, last = path.rpartition("/")
    return f"{head}/%{ord(last[0]):02X}{last[1:]}".replace("/api/", "/%61pi/")


def _absolute(path: str) -> str:
    return f"http://{HOST}:8080{path}"


def _with_query(path: str) -> str:
    return f"{path}?token=geheim-4711&next=/api/v1/customers/1/persons"
