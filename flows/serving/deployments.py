"""What can be started from the page: the flows, each with its form for one migration."""

import inspect
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from prefect import Flow
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.types.entrypoint import EntrypointType

from flows.serving import served
from flows.settings import Settings

TAG: Final = "cutover-recon"
# Off, until somebody switches it on in the page.
_NOW_AND_THEN: Final = DeploymentScheduleCreate(
    schedule=IntervalSchedule(interval=timedelta(minutes=10)), active=False
)


@dataclass(frozen=True, kw_only=True)
class Served:
    """A flow that is served, and what becomes of a run that is started during another."""

    flow: Flow[Any, Any]
    at_once: ConcurrencyLimitStrategy | None = None
    schedules: Sequence[DeploymentScheduleCreate] = field(default=())


FLOWS: Final = (
    Served(flow=served.reconcile, at_once=ConcurrencyLimitStrategy.ENQUEUE),
    Served(
        flow=served.watch_late_logs,
        at_once=ConcurrencyLimitStrategy.CANCEL_NEW,
        schedules=[_NOW_AND_THEN],
    ),
    # Two at once are kept apart by the ledger: a run that waits for an answer must block no other.
    Served(flow=served.send_notices),
    Served(flow=served.purge),
)


def deployment_of(
    one: Served, settings: Settings, before: DeploymentResponse | None
) -> RunnerDeployment:
    """The deployment of a flow for this migration.

    A schedule stays as the operator has set it on the page (`before`): on, off, or another one.
    """
    parameters = {"migration_file": str(settings.file)}
    limit = None
    if one.at_once is not None:
        limit = ConcurrencyLimitConfig(limit=1, collision_strategy=one.at_once)
    schedules = list(one.schedules)
    if before is not None and before.schedules:
        schedules = [
            DeploymentScheduleCreate(schedule=kept.schedule, active=kept.active)
            for kept in before.schedules
        ]
    deployment = RunnerDeployment.from_flow(
        one.flow,
        name=settings.migration.id,
        description=described(one.flow),
        parameters=parameters,
        tags=[TAG, settings.migration.id],
        concurrency_limit=limit,
        schedules=schedules,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    deployment.entrypoint = f"{served.__name__}.{one.flow.fn.__name__}"
    return deployment


def described(flow: Flow[Any, Any]) -> str:
    """What the flow does, without its parameters: each stands in the form beside its field."""
    return inspect.cleandoc(flow.fn.__doc__ or "").partition("\n\nArgs:")[0]


async def known(client: PrefectClient, settings: Settings) -> dict[str, DeploymentResponse]:
    """The deployments that an earlier `serve` of this migration has made, by flow."""
    found = {}
    for one in FLOWS:
        try:
            found[one.flow.name] = await client.read_deployment_by_name(
                f"{one.flow.name}/{settings.migration.id}"
            )
        except ObjectNotFound:
            continue
    return found


def with_choices(schema: Mapping[str, Any], settings: Settings) -> dict[str, Any] | None:
    """The schema of a flow's parameters with this migration's sources to choose from, if it asks.

    The page then shows a list to choose from, and the server refuses any other name.
    """
    if "sources" not in schema.get("properties", {}):
        return None
    chosen = deepcopy(dict(schema))
    _offer(chosen["properties"]["sources"], _sources(settings))
    return chosen


def _offer(asked: dict[str, Any], names: Sequence[str]) -> None:
    """Where a schema asks for a list of texts, also as one of several possibilities, name them."""
    if asked.get("type") == "array":
        asked["items"] = {**asked.get("items", {}), "type": "string", "enum": list(names)}
        asked["uniqueItems"] = True
    for possibility in asked.get("anyOf", ()):
        _offer(possibility, names)


def _sources(settings: Settings) -> list[str]:
    logs = [log.name for log in settings.access_logs]
    return logs + [events.name for events in settings.client_events]
