"""Work done in processes of their own, a little at a time.

Not by concurrent.futures: its processes import again what this one was started as (under a Prefect
worker all of Prefect), and outlive it where it is killed. These import what the work needs, hold
one job and the next, and end when this process ends, however it ends.
"""

import gc
import signal
import subprocess
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from typing import Final, TypeVar, cast

from transforms.errors import CutoverError

Job = TypeVar("Job")
Answer = TypeVar("Answer")

# Jobs that each process has at hand: the one it works at, and the next.
_AT_HAND: Final = 2
# So many objects more than were freed make a process look for those that nobody needs.
_OBJECTS: Final = 100_000
_START: Final = (
    "import sys; sys.path = sys.argv[2:]; "
    "from flows.processes import serve; serve(int(sys.argv[1]))"
)


class ProcessEndedError(CutoverError):
    """A process ended before its work was done."""


@dataclass(frozen=True)
class _Failure:
    error: Exception


_Crew = Mapping[Connection, "subprocess.Popen[bytes]"]


def in_processes(
    work: Callable[[Job], Answer], jobs: Iterable[Job], *, processes: int
) -> Iterator[Answer]:
    """Yield what `work` makes of each job, in whatever order they are done.

    `work`, jobs and answers must be picklable. No more jobs are taken than are worked at, so that
    memory does not grow with their number. What the work raises is raised here; a process that
    ends by itself is a `ProcessEndedError`.
    """
    with _started(work, processes) as crew:
        free = deque([*crew] * _AT_HAND)
        for job in jobs:
            while not free:
                yield from _answers(crew, free)
            _hand(crew, free.popleft(), job)
        while len(free) < len(crew) * _AT_HAND:
            yield from _answers(crew, free)


def serve(descriptor: int) -> None:
    """Do the work that comes through a pipe, until it is closed."""
    # Ctrl-C reaches all processes of a terminal, but it is the first one's to end the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Connection(descriptor) as pipe, suppress(EOFError, ConnectionError):
        work = pipe.recv()
        # What is there now stays: to look through it over and over takes a tenth of the time.
        gc.freeze()
        gc.set_threshold(_OBJECTS)
        while True:
            pipe.send(_done(work, pipe.recv()))


def _done(work: Callable[[Job], Answer], job: Job) -> Answer | _Failure:
    try:
        return work(job)
    except Exception as error:  # noqa: BLE001 - whatever it is, the first process raises it again
        error.add_note(f"In a process of its own:\n{traceback.format_exc()}")
        return _Failure(error)


@contextmanager
def _started(work: object, processes: int) -> Iterator[_Crew]:
    crew: dict[Connection, subprocess.Popen[bytes]] = {}
    try:
        for _ in range(processes):
            ours, theirs = Pipe()
            with theirs:
                command = [sys.executable, "-P", "-c", _START, str(theirs.fileno()), *sys.path]
                crew[ours] = subprocess.Popen(  # noqa: S603 - it is what runs this
                    command,
                    pass_fds=(theirs.fileno(),),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                )
        for pipe in crew:
            _hand(crew, pipe, work)
        yield crew
    finally:
        for pipe in crew:
            pipe.close()
        for process in crew.values():
            process.wait()


def _hand(crew: _Crew, pipe: Connection, message: object) -> None:
    try:
        pipe.send(message)
    except ConnectionError:
        raise _ended(crew[pipe]) from None


def _answers(crew: _Crew, free: deque[Connection]) -> Iterator[Answer]:
    """Wait for at least one answer, and let the process that gave it have the next job."""
    for pipe in cast("list[Connection]", wait(list(crew))):
        try:
            answer = pipe.recv()
        except (EOFError, ConnectionError):
            raise _ended(crew[pipe]) from None
        if isinstance(answer, _Failure):
            raise answer.error
        free.append(pipe)
        yield answer


def _ended(process: "subprocess.Popen[bytes]") -> ProcessEndedError:
    code = process.wait()
    how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return ProcessEndedError(
        f"A process that this run had started {how} (the system ends processes where memory is "
        "short). What was written is whole; start the run again."
    )
