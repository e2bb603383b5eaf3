"""Writes beside the window, near its end, and on the new site."""

from datetime import timedelta

from data_samples.cases.registry import case
from data_samples.model import Tally
from data_samples.proxies import EDGE, NEW_SITE, OLD_SITE, PROXY_A, PROXY_B
from data_samples.scene import Scene
from data_samples.schema import CREATABLE, KINDS, ONLINE_SERVICE, PERSON, PROVISIONING, UPDATE
from data_samples.timeline import LIVE, LOG_START, MARGIN, Zone


@case(*CREATABLE)
def before_snapshot_in_database(scene: Scene) -> None:
    """Created before the copy was made, and copied."""
    _in_database(scene, Zone.BEFORE_SNAPSHOT)


@case(*CREATABLE)
def before_snapshot_missing(scene: Scene) -> None:
    """Created before the snapshot and not there: the snapshot is older than was said."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing, at=scene.moment(Zone.BEFORE_SNAPSHOT)))
    scene.expect(thing, "lost", reason="before_snapshot")


@case(*CREATABLE)
def after_live_in_database(scene: Scene) -> None:
    """Created on the new site, and there."""
    _in_database(scene, Zone.AFTER_LIVE)


@case(*CREATABLE)
def after_live_missing(scene: Scene) -> None:
    """Created after the move and not there: something is losing data now."""
    thing = scene.thing()
    scene.witnessed(scene.write(thing, at=scene.moment(Zone.AFTER_LIVE)))
    scene.expect(thing, "lost", reason="after_live")


@case(PERSON, PROVISIONING, ONLINE_SERVICE)
def new_upstream_missing(scene: Scene) -> None:
    """Before the end of the move, but the new site answered, the last of two: it lost the write."""
    for upstream in (NEW_SITE, f"{OLD_SITE}, {NEW_SITE}"):
        thing = scene.thing()
        write = scene.write(thing, at=scene.moment(Zone.LATER))
        scene.line(write, PROXY_A, upstream=upstream)
        scene.event(write)
        scene.expect(thing, "lost", reason="after_live")


@case(PERSON, ONLINE_SERVICE)
def old_upstream_last(scene: Scene) -> None:
    """The new site was asked first, but the old one answered: lost like any other."""
    thing = scene.thing()
    write = scene.write(thing, at=scene.moment(Zone.LATER))
    scene.line(write, PROXY_A, upstream=f"{NEW_SITE}, {OLD_SITE}")
    scene.event(write)
    scene.expect(thing, "lost")


@case(PERSON, PROVISIONING, ONLINE_SERVICE)
def new_upstream_in_database(scene: Scene) -> None:
    """Before the end of the move the new site answered, and has it."""
    thing = scene.thing()
    write = scene.write(thing, at=scene.moment(Zone.LATER))
    scene.line(write, PROXY_A, upstream=NEW_SITE)
    scene.event(write)
    scene.came_over(write)
    scene.expect(thing, "consistent")


@case(*KINDS)
def outside_margin(scene: Scene) -> None:
    """Too early or too late to matter: counted, and nothing else."""
    thing = scene.thing()
    early = LOG_START + timedelta(seconds=scene.rng.randrange(30, 400))
    late = LIVE + MARGIN + timedelta(seconds=scene.rng.randrange(30, 400))
    for moment, proxy in ((early, PROXY_B), (late, PROXY_A)):
        scene.line(scene.write(thing, UPDATE, moment), proxy)
    scene.event(scene.write(thing, UPDATE, LIVE + timedelta(days=2)))
    scene.count(Tally(outside_lines=2, outside_events=1))


@case(PERSON, ONLINE_SERVICE)
def about_live(scene: Scene) -> None:
    """Within the uncertainty of the move's end a missing write is lost without further reason.

    Where the end is known exactly, the later one was made on the new site.
    """
    for minutes in (-2, 3):
        thing = scene.thing()
        moment = LIVE + timedelta(minutes=minutes, seconds=scene.rng.randrange(60))
        write = scene.write(thing, at=moment)
        # A proxy that does not log who answered: that would decide it.
        scene.line(write, EDGE)
        scene.event(write)
        on_new_site = minutes >= scene.settings.uncertainty_minutes
        scene.expect(thing, "lost", reason="after_live" if on_new_site else None)


def _in_database(scene: Scene, zone: Zone) -> None:
    thing = scene.thing()
    write = scene.write(thing, at=scene.moment(zone))
    scene.came_over(write)
    scene.witnessed(write)
    scene.expect(thing, "consistent")


@case(PERSON, ONLINE_SERVICE)
def new_upstream_behind_another_proxy(scene: Scene) -> None:
    """Of two proxies that it passed, one logs that the new site answered: that holds for both."""
    thing = scene.thing()
    write = scene.write(thing, at=scene.moment(Zone.LATER))
    scene.line(write, EDGE)
    scene.line(write, PROXY_A, upstream=NEW_SITE)
    scene.event(write)
    scene.expect(thing, "lost", reason="after_live")
