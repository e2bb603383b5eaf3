"""The flows as Prefect's runner or a worker starts them, each run in a process of its own.

The same flows as everywhere; but such a process ends within seconds when its run is cancelled, and
with `cutover-recon serve` if that has started it.
"""

import os
import signal
from typing import Any, ParamSpec, TypeVar

from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterParentFlowRunId,
)
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled

from flows import purge as purging
from flows import reconcile as reconciling
from flows import send_notices as sending
from flows import watch_late_logs as watching
from flows.pools import READING
from flows.serving.ending import SERVED_BY, end_soon_after_sigterm, end_with

P = ParamSpec("P")
R = TypeVar("R")


# Prefect gives hooks all three, by these names.
def _end_with_server(flow: Flow[Any, Any], flow_run: FlowRun, state: State[Any]) -> None:  # noqa: ARG001
    """End a run's own process with the command that serves; others are left as they are."""
    if "PREFECT__FLOW_RUN_ID" not in os.environ:
        return
    if served_by := os.environ.get(SERVED_BY):
        # Ctrl-C reaches all processes of a terminal, but it is the first one's to end the others.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        end_with(int(served_by))


def _end_soon(flow: Flow[Any, Any], flow_run: FlowRun, state: State[Any]) -> None:  # noqa: ARG001
    """Let a cancelled run end within seconds, whatever it is at."""
    if "PREFECT__FLOW_RUN_ID" in os.environ:
        end_soon_after_sigterm()


async def _tidy_up(flow: Flow[Any, Any], flow_run: FlowRun, state: State[Any]) -> None:  # noqa: ARG001
    """Do what a run that was cut off could not do: end the runs within it, give back its places."""
    async with get_client() as client:
        inner = FlowRunFilterParentFlowRunId(any_=[flow_run.id])
        within = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(parent_flow_run_id=inner)
        )
        for run in within:
            if run.state is not None and not run.state.is_final():
                cut_off: State[None] = Cancelled(message="The run that it was part of was ended.")
                await client.set_flow_run_state(run.id, cut_off, force=True)
        try:
            limit = await client.read_concurrency_limit_by_tag(READING)
        except ObjectNotFound:
            return
        theirs = FlowRunFilterId(any_=[flow_run.id, *(run.id for run in within)])
        for task in await client.read_task_runs(flow_run_filter=FlowRunFilter(id=theirs)):
            if task.id in limit.active_slots:
                await client.decrement_v1_concurrency_slots([READING], task.id, 0)


def _served(flow: Flow[P, R], *, is_to_end_soon: bool = True) -> Flow[P, R]:
    ending = [_end_with_server, _end_soon] if is_to_end_soon else [_end_with_server]
    return flow.with_options(
        on_running=[*flow.on_running_hooks, *ending],
        on_cancellation=[*flow.on_cancellation_hooks, _tidy_up],
        on_crashed=[*flow.on_crashed_hooks, _tidy_up],
    )


reconcile = _served(reconciling.reconcile)
watch_late_logs = _served(watching.watch_late_logs)
# Ends between two mails: one that is cut off would be left in sending, for a person to resolve.
send_notices = _served(sending.send_notices, is_to_end_soon=False)
purge = _served(purging.purge)
