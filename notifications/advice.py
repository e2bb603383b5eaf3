"""Advice for which a customer's own traffic shows the need, and no other."""

import re
from collections.abc import Iterator, Sequence

from notifications.cases import Case, Traffic
from notifications.content import MigrationFacts, Prose
from notifications.findings import Finding
from notifications.language import Language
from notifications.visible import visible
from transforms.catalogue import Catalogue

# A product and its version as a user agent names them, such as FE2/2.22.158.
_PRODUCT = re.compile(r"([A-Za-z0-9._-]{1,64})/([0-9]{1,9}(?:\.[0-9]{1,9}){0,7})")


def advice(
    case: Case, facts: MigrationFacts, catalogue: Catalogue, language: Language
) -> Prose | None:
    """Word the advice for one customer; None where nothing calls for any."""
    points = (
        *_outdated_clients(case.traffic, facts, language),
        *_still_through_the_old_address(case.traffic, facts, language),
        *_manual_state(case.findings, catalogue, language),
    )
    return Prose(heading=language.say("What else we noticed"), points=points) if points else None


def _outdated_clients(traffic: Traffic, facts: MigrationFacts, language: Language) -> Iterator[str]:
    seen = {pair for agent in traffic.agents for pair in _PRODUCT.findall(agent)}
    for product, minimum in sorted(facts.minimum_versions.items()):
        old = {version for name, version in seen if name == product and is_below(version, minimum)}
        if old:
            yield language.say(
                "{product} {versions} is in use with you. Please update to version {minimum} or "
                "later.",
                product=visible(product),
                versions=language.both(sorted(old, key=_numbers)),
                minimum=visible(minimum),
            )


def is_below(version: str, minimum: str) -> bool:
    """Compare versions number by number: 2.22.158 is below 2.22.160, and 2.9 below 2.22."""
    return _numbers(version) < _numbers(minimum)


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(number) for number in re.findall(r"[0-9]+", version)]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _still_through_the_old_address(
    traffic: Traffic, facts: MigrationFacts, language: Language
) -> Iterator[str]:
    last = traffic.last_through_old_at
    if last and last >= facts.live_at + facts.live_at_uncertainty:
        yield language.say(
            "After the move, requests from you still came through the old address, which forwards "
            "them for the time being. Please allow the new host in your firewall and use its "
            "address."
        )


def _manual_state(
    findings: Sequence[Finding], catalogue: Catalogue, language: Language
) -> Iterator[str]:
    used = {finding.kind for finding in findings}
    for name, kind in catalogue.kinds.items():
        if kind.last_wins and name in used:
            yield language.say(
                "{thing}: whoever set it to manual before the move, as we had asked, please set "
                "it back now.",
                thing=language.pick(kind.label, name),
            )
