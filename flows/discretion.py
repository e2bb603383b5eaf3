"""What Prefect may keep of work that failed: words of our own, and nothing that a stranger typed.

Prefect stores the message of whatever ends a task or a flow, and logs its traceback with all that
caused it. An error of a library may quote what it stumbled over: a name, a telephone number, a
statement with its values. So a task ends with a `TaskError` that has words of our own only, and a
flow ends in a state whose name and message are made here; the error itself stays in the process.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from prefect import State
from prefect.states import Failed

from flows.passing import is_passing
from transforms.errors import CutoverError

_ADDRESS: Final = re.compile(r"[^\s<>@:/]+@[^\s<>@]+")

Given = ParamSpec("Given")
Made = TypeVar("Made")


class UnexpectedError(CutoverError):
    """A mistake in the program; its message names no more than the kind of what was raised."""


class TaskError(Exception):
    """What failed in a task. `error` is what was raised there; `may_pass` says to try again."""

    def __init__(self, error: Exception) -> None:
        super().__init__(_words(error))
        self.error = error
        self.may_pass = is_passing(error)

    def __reduce__(self) -> tuple[type["TaskError"], tuple[Exception]]:
        """Travel between processes as what it was made from."""
        return TaskError, (self.error,)


def discreet(work: Callable[Given, Made]) -> Callable[Given, Made]:
    """Let a task fail with a TaskError, and with nothing that caused it."""

    @wraps(work)
    def done(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        try:
            return work(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever it is, Prefect is told in our words
            failed = TaskError(error)
        raise failed

    return done


@contextmanager
def as_raised() -> Iterator[None]:
    """Let what a task has failed with come through as it was raised there."""
    try:
        yield
    except TaskError as failed_task:
        raise failed_task.error from failed_task.error.__cause__


def ends_in_a_state(work: Callable[Given, State[Made]]) -> Callable[Given, State[Made]]:
    """Let a flow end in a state named after what stopped it, such as Failed(MalformedSource)."""

    @wraps(work)
    def done(*args: Given.args, **kwargs: Given.kwargs) -> State[Made]:
        try:
            with as_raised():
                return work(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever it is, the state says it
            # That one holds this error, and none that holds itself could be pickled.
            if isinstance(error.__context__, TaskError):
                error.__context__ = None
            return failed(error)

    return done


def failed(error: Exception) -> State[Made]:
    """Make the last state of a flow that this error has ended."""
    told = error
    if not isinstance(error, CutoverError):
        told = UnexpectedError(_words(error))
        told.__cause__ = error
    name = type(told).__name__.removesuffix("Error")
    return Failed(name=name, message=_words(told), data=told)


def _words(error: Exception) -> str:
    if isinstance(error, CutoverError):
        # A mail server may have quoted somebody's.
        return _ADDRESS.sub("(address)", error.discreet)
    return (
        f"This should not have happened ({type(error).__name__}): a mistake in the program, not in "
        "your files. Run it on the command line with --debug to see where, and report that."
    )
