"""Whether Prefect is to try a failed task again."""

from typing import Any

from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task


async def may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether a disk, a network or a database failed; wrong input stays wrong."""
    try:
        await state.aresult()
    except Exception as error:  # noqa: BLE001 - whatever the task raised is looked at, not handled
        return bool(getattr(error, "may_pass", False))
    return False
