"""What looks like evidence and is none, and what is no input at all."""

import json
from dataclasses import replace
from datetime import timedelta

from data_samples.cases.registry import case
from data_samples.model import FE2_FILE, MIXED_FILE, OPEN_FILE, PHONES_FILE, Line, Tally, Write
from data_samples.proxies import EDGE, PROXIES, PROXY_A, PROXY_B, stamp
from data_samples.scene import Scene
from data_samples.schema import (
    CREATABLE,
    CREATE,
    KINDS,
    ONLINE_SERVICE,
    PERSON,
    PROVISIONING,
    UPDATE,
)
from data_samples.timeline import Zone

_MEGABYTE = 1_000_000


@case(*KINDS)
def failed_requests(scene: Scene) -> None:
    """Refused, failed or redirected: nothing was written."""
    action = CREATE if scene.kind in CREATABLE else UPDATE
    thing = scene.thing()
    for status in (301, 304, 307, 400, 401, 403, 404, 409, 422, 429, 499, 500, 502, 503, 504):
        write = scene.write(thing, action)
        scene.line(write, scene.rng.choice(list(PROXIES)), status=status, location=False)


@case(PERSON, PROVISIONING, ONLINE_SERVICE)
def lookalike_routes(scene: Scene) -> None:
    """Paths that resemble a route, or hold one, and are none."""
    thing = scene.thing()
    write = scene.write(thing)
    _, path = scene.request(write)
    lookalikes = (
        f"{path}-archive",
        f"{path}/{thing.id}/notes",
        path.replace("/api/v1/", "/api/v2/"),
        path.replace("/api/v1/", "/backup/api/v1/"),
        path.replace("/customers/", "/customer/"),
        f"/search?next={path}",
        f"/login#{path}",
        f"{path}.json",
    )
    for target in lookalikes:
        scene.line(replace(write, at=scene.moment()), target=target, location=False, writes=False)
    for method in ("GET", "HEAD", "OPTIONS", "PROPFIND"):
        line = scene.line(
            replace(write, at=scene.moment()), location=False, status=200, writes=False
        )
        scene.swap(line, replace(line, method=method))


@case(PERSON, ONLINE_SERVICE)
def reads_that_mention_writes(scene: Scene) -> None:
    """Reads whose agent, referer or query looks like a write."""
    write = scene.write(scene.thing())
    _, path = scene.request(write)
    agents = (
        f'Probe "POST {path} HTTP/1.1" 201 64',
        f"POST {path}",
        f'{{"method":"POST","uri":"{path}","status":201}}',
    )
    for proxy in PROXIES:
        for agent in agents:
            line = scene.line(
                replace(write, at=scene.moment()),
                proxy,
                agent=agent,
                location=False,
                status=200,
                writes=False,
            )
            scene.swap(
                line, replace(line, method="GET", referer=agent, target=f"/?back=POST%20{path}")
            )


@case(PERSON)
def unparsable_lines(scene: Scene) -> None:
    """Bytes from a crash, half lines, another program's lines: none of them fits the format."""
    junk = (
        b"\0" * 300,
        b"\xff\xfe\xfa\x80 no text at all",
        b"A" * _MEGABYTE,
        b"nginx: [emerg] bind() to 0.0.0.0:443 failed (98: Address already in use)",
        b"192.0.2.7 - -",
        b'2021/05/18 20:31:02 [error] 71#71: *9 upstream timed out, request: "POST /api/v1/cus',
    )
    for proxy in PROXIES:
        for text in junk:
            # One line of a megabyte in each migration is enough.
            if len(text) < _MEGABYTE or scene.world.number(f"megabyte {proxy}") == 1:
                scene.raw_line(proxy, scene.moment(Zone.EARLY), text)
    half = json.dumps({"time": "2021-05-18T20:44:10.100+02:00", "req": {"method": "POST"}})
    scene.raw_line(EDGE, scene.moment(Zone.EARLY), half[:40].encode())
    scene.raw_line(EDGE, scene.moment(Zone.EARLY), b'["no", "object"]')


@case(PERSON)
def lines_without_request(scene: Scene) -> None:
    """The format fits, but what stands for the request is none: TLS on the plain port, a dash."""
    requests = (b"\\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xFC\\x03\\x03", b"-", b"", b"POST")
    for request in requests:
        moment = scene.moment(Zone.EARLY)
        at = stamp(PROXY_A, moment).encode()
        text = b'198.51.100.9 - - [%b] "%b" 400 150 "-" "-" "-" up="-" rid=-' % (at, request)
        scene.raw_line(PROXY_A, moment, text, disputed=True)
        at = stamp(PROXY_B, moment).encode()
        text = b'2001:db8::9 "-" [%b] "%b" 400 150 "-" "-" rt=0.000' % (at, request)
        scene.raw_line(PROXY_B, moment, text, disputed=True)


@case(PERSON)
def reads_with_odd_bytes(scene: Scene) -> None:
    """Reads with NUL and bytes that are no UTF-8 in their agent: odd, and no write."""
    write = scene.write(scene.thing())
    for proxy in (PROXY_A, PROXY_B):
        line = scene.line(
            replace(write, at=scene.moment()),
            proxy,
            agent="Odd/1.0",
            raw_agent=b"O\0d\xffd/1.0\xc3",
            location=False,
            status=200,
            writes=False,
        )
        scene.swap(line, replace(line, method="GET", target="/api/v1/alarms"))


@case(PERSON, ONLINE_SERVICE)
def very_long_line(scene: Scene) -> None:
    """A create with a referer of half a megabyte is still a create; once in a migration."""
    thing = scene.thing()
    write = scene.write(thing, at=scene.moment(Zone.EARLY))
    line = scene.line(write, scene.rng.choice((PROXY_A, EDGE)))
    if scene.world.number("long line") == 1:
        scene.swap(
            line, replace(line, referer="https://intranet.example/" + "x" * (_MEGABYTE // 2))
        )
    scene.event(write)
    scene.expect(thing, "lost")


@case(PERSON, ONLINE_SERVICE)
def repeated_events(scene: Scene) -> None:
    """Delivered at least once means sometimes twice, also by another way."""
    thing = scene.thing()
    write = scene.write(thing)
    scene.line(write)
    event = scene.event(write, file=FE2_FILE)
    scene.repeat(event)
    scene.repeat(event, MIXED_FILE)
    scene.expect(thing, "lost")


@case(PERSON)
def unknown_events(scene: Scene) -> None:
    """Types that the catalogue does not know are counted and named."""
    for name in ("alarm.triggered", "person.archived", "Person.Created"):
        event = scene.event(
            scene.write(scene.thing()), file=scene.rng.choice((FE2_FILE, OPEN_FILE))
        )
        scene.swap_event(event, replace(event, type=name))
        scene.count(Tally(unknown_events=1))


@case(PERSON)
def malformed_events(scene: Scene) -> None:
    """No id, no subject, a time without offset, no JSON: no CloudEvents."""
    good = {
        "specversion": "1.0",
        "id": scene.world.token(),
        "source": "/fe2/broken",
        "type": "person.created",
        "time": "2021-05-18T20:14:05.120+02:00",
        "subject": scene.world.new_id("P"),
        "customerid": scene.customer.id,
        "data": {"first_name": "Nie", "last_name": "Gewesen"},
    }
    for missing in ("id", "source", "type", "time", "subject"):
        broken = {name: value for name, value in good.items() if name != missing}
        scene.raw_event(FE2_FILE, json.dumps(broken).encode())
    without_offset = {**good, "time": "2021-05-18T20:14:05.120"}
    scene.raw_event(PHONES_FILE, json.dumps(without_offset).encode())
    scene.raw_event(PHONES_FILE, json.dumps({**good, "time": "gestern"}).encode())
    scene.raw_event(PHONES_FILE, json.dumps(good).encode()[:61])
    for missing in ("id", "subject"):
        broken = {name: value for name, value in good.items() if name != missing}
        scene.raw_event(MIXED_FILE, json.dumps(broken).encode())
    scene.raw_event(MIXED_FILE, json.dumps(without_offset).encode())
    scene.raw_event(OPEN_FILE, b"kein JSON")
    scene.raw_event(OPEN_FILE, b"[1, 2, 3]")
    scene.raw_event(OPEN_FILE, b"\xff\xfe\x00")


@case(PERSON, ONLINE_SERVICE)
def polling_after_live(scene: Scene) -> None:
    """Old clients still come through the proxy: advice for their customer, and no write."""
    write = scene.write(scene.thing())
    for minutes in range(5):
        moment = write.at.replace(hour=21, minute=25 + minutes)
        line = scene.line(
            replace(write, at=moment), PROXY_A, location=False, status=200, writes=False
        )
        target = f"/api/v1/customers/{scene.customer.id.replace(' ', '%20')}/alarms?token=t0p"
        scene.swap(
            line, replace(line, method="GET", target=target, at=moment + timedelta(seconds=minutes))
        )


def _read(scene: Scene, write: Write, proxy: str | None = None, agent: str | None = None) -> Line:
    return scene.line(write, proxy, agent=agent, location=False, status=200, writes=False)
