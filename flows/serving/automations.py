"""What the server does by itself when a run tells of something: ready on its page, and off."""

from typing import Final
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.events.actions import RunDeployment
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture

from flows.artifacts import SUPPLEMENTS, resource_of
from flows.settings import Settings

_DESCRIPTION: Final = (
    "When a run has found what earlier notices did not say, send-notices is started: it shows the "
    "supplements, and waits for a person's yes."
)


async def offer_to_ask(client: PrefectClient, settings: Settings, send_notices: UUID) -> None:
    """Have the page offer to start `send-notices` as soon as there are supplements.

    It is off until somebody switches it on. One that is there already stays as it was left.
    """
    name = f"Ask to send supplements of {settings.migration.id}"
    if await client.read_automations_by_name(name):
        return
    trigger = EventTrigger(
        posture=Posture.Reactive,
        expect={SUPPLEMENTS},
        match={"prefect.resource.id": resource_of(settings.migration.id)},
        threshold=1,
    )
    asking = RunDeployment(source="selected", deployment_id=send_notices)
    await client.create_automation(
        AutomationCore(
            name=name, description=_DESCRIPTION, enabled=False, trigger=trigger, actions=[asking]
        )
    )
