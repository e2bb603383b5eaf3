"""Lines that show a create and do not say of what."""

from datetime import timedelta

from data_samples.cases.registry import case
from data_samples.model import Opinion
from data_samples.proxies import EDGE, PROXIES, PROXY_A, PROXY_B
from data_samples.scene import Scene
from data_samples.schema import AVAILABILITY_RULE, CREATABLE, ONLINE_SERVICE, PERSON
from data_samples.timeline import Zone

_UNIDENTIFIED = Opinion("unidentified", "confirmed")


@case(*CREATABLE, lonely=True)
def unidentified_line(scene: Scene) -> None:
    """A create in the log, and neither an event nor a row says of what."""
    for _ in range(2):
        write = scene.write(scene.thing())
        line = scene.line(write, scene.rng.choice(list(PROXIES)), location=False)
        scene.expect_line(line, final=_UNIDENTIFIED)


@case(PERSON, ONLINE_SERVICE, lonely=True)
def unidentified_identical_lines(scene: Scene) -> None:
    """Two identical lines in one file are two requests, also where the file comes twice."""
    write = scene.write(scene.thing())
    line = scene.line(write, PROXY_A, location=False, request_id=False)
    scene.again(line)
    scene.expect_line(line, final=_UNIDENTIFIED)
    scene.expect_line(line, final=_UNIDENTIFIED)


@case(*CREATABLE, lonely=True)
def explained_by_row_after_live(scene: Scene) -> None:
    """A line without an id, and the row that this request made on the new site."""
    _explained(scene, Zone.AFTER_LIVE)


@case(*CREATABLE, lonely=True)
def explained_by_row_before_snapshot(scene: Scene) -> None:
    """A line without an id, and the row that this request made before the snapshot."""
    _explained(scene, Zone.BEFORE_SNAPSHOT)


def _explained(scene: Scene, zone: Zone) -> None:
    thing = scene.thing()
    write = scene.write(thing, at=scene.moment(zone))
    scene.line(write, PROXY_B)
    scene.came_over(write)
    scene.expect(thing, "consistent")


@case(PERSON, ONLINE_SERVICE, lonely=True)
def unidentified_without_request_id(scene: Scene) -> None:
    """Two proxies log "-" for both requests' ids: still two requests, not one that passed both."""
    for proxy in (PROXY_A, EDGE):
        write = scene.write(scene.thing())
        line = scene.line(write, proxy, location=False, request_id=False)
        scene.expect_line(line, final=_UNIDENTIFIED)


@case(PERSON, ONLINE_SERVICE, AVAILABILITY_RULE, lonely=True)
def row_too_far_to_explain(scene: Scene) -> None:
    """A row made a minute later than the line is another one's."""
    for zone, reason in (
        (Zone.BEFORE_SNAPSHOT, "before_snapshot"),
        (Zone.AFTER_LIVE, "after_live"),
    ):
        thing = scene.thing()
        write = scene.write(thing, at=scene.moment(zone))
        line = scene.line(write, PROXY_B)
        scene.row(thing, created=write.at + timedelta(seconds=60))
        scene.expect_line(line, final=_UNIDENTIFIED, also_reasons=(reason,))
