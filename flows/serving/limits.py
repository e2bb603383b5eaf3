"""How much goes on at once, and what a killed server has left of that."""

from collections.abc import Sequence
from typing import Final

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateName,
)
from prefect.client.schemas.objects import State
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed

from flows.pools import READING

# Of a run that has, or is about to have, a process. One that was suspended has none.
_AT_WORK: Final = ["Pending", "Running", "Retrying", "Cancelling", "Paused"]


async def limit_readers(client: PrefectClient, readers: int) -> None:
    """Let no more tasks read files at once than that, over all runs of the server."""
    await client.create_concurrency_limit(READING, readers)


async def clear_up(client: PrefectClient, deployments: Sequence[DeploymentResponse]) -> None:
    """Call crashed what an earlier server was killed at, and free the places it held.

    Only for who knows that nothing of it can be at work any more: else a run would wait for ever
    for one that has long been dead.
    """
    for deployment in deployments:
        its_runs = DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id]))
        at_work = FlowRunFilter(
            state=FlowRunFilterState(name=FlowRunFilterStateName(any_=_AT_WORK))
        )
        for run in await client.read_flow_runs(deployment_filter=its_runs, flow_run_filter=at_work):
            crashed: State[None] = Crashed(message="`cutover-recon serve` was killed while it ran.")
            await client.set_flow_run_state(run.id, crashed, force=True)
        await _free(client, f"deployment:{deployment.id}")
    await _free(client, f"tag:{READING}")


async def _free(client: PrefectClient, limit: str) -> None:
    try:
        await client.update_global_concurrency_limit(
            limit, GlobalConcurrencyLimitUpdate(active_slots=0)
        )
    except ObjectNotFound:
        return
