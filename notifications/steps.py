"""What has to be done about a finding, step by step, and by whom."""

from typing import Final

from notifications.findings import Fields, Finding
from notifications.language import Language
from transforms.catalogue import Action, Kind, NetAction

_WRITTEN_BY: Final[dict[NetAction, Action]] = {
    "created": "create",
    "updated": "update",
    "deleted": "delete",
}


def steps_of(kind: Kind, finding: Finding) -> list[NetAction]:
    """Which of the kind's to-dos a finding asks for, in order.

    What is gone must be created, whatever the last write did to it; and where it had come as far
    as a route's `sets` says (a provisioning was accepted), that must be repeated as well. A
    catalogue that has words for some steps of a kind means that there are no others.
    """
    if finding.action == "deleted":
        steps: list[NetAction] = ["deleted"]
    elif finding.verdict == "lost" or (finding.action == "created" and finding.verdict != "stale"):
        steps = ["created"]
    else:
        steps = ["updated"]
    can_be_created = not kind.to_do or "created" in kind.to_do
    if steps == ["created"] and (not can_be_created or _reaches_an_update(kind, finding.fields)):
        steps = ["created", "updated"]
    return [step for step in steps if not kind.to_do or step in kind.to_do]


def step_text(kind: Kind, step: NetAction, language: Language, name: str) -> str:
    """Word a step as the catalogue does, else in general terms with the kind's label."""
    if texts := kind.to_do.get(step):
        return language.pick(texts)
    thing = language.pick(kind.label, name)
    if step == "created":
        return language.say("{thing}: enter again", thing=thing)
    if step == "updated":
        return language.say("{thing}: make the change again", thing=thing)
    return language.say("{thing}: delete again", thing=thing)


def is_done_by_phone(kind: Kind, step: NetAction) -> bool:
    """Whether the owner of a phone does it: the catalogue says so, or a device has a route for it.

    A provisioning is sent by the administrator and accepted on the phone.
    """
    written_by = _WRITTEN_BY[step]
    return kind.done_by == "phone_owner" or any(
        route.action == written_by and "device_id" in route.placeholders for route in kind.routes
    )


def _reaches_an_update(kind: Kind, fields: Fields) -> bool:
    """Whether the entity is in the state that an update's route gives it by itself."""
    return any(
        route.sets and all(fields.get(name) == value for name, value in route.sets.items())
        for route in kind.routes
        if route.action == "update"
    )
