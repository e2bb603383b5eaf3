"""Which failures may pass by themselves, so that it is worth to try again."""

import errno
from typing import Any

from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task
from sqlalchemy.exc import DBAPIError, OperationalError

_PASSING = {errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.EAGAIN, errno.EBUSY, errno.ENETDOWN}


async def may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether a disk, a network or a database failed; wrong input stays wrong."""
    try:
        await state.aresult()
    except Exception as error:  # noqa: BLE001 - whatever the task raised is looked at, not handled
        return bool(getattr(error, "may_pass", False))
    return False


def is_passing(error: BaseException) -> bool:
    """Whether the error, or what caused it, may be gone at the next try."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in _PASSING:
            return True
        if isinstance(cause, DBAPIError) and cause.connection_invalidated:
            return True
        if isinstance(cause, OperationalError) and "locked" in str(cause.orig):
            return True
        cause = cause.__cause__
    return False
