"""Who this process is, so that another one can tell later whether it still lives."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
# In /proc/<pid>/stat, counted after the name, which stands in brackets.
_STATE, _START = 0, 19
_DEAD_STATES: Final = frozenset("ZXx")


@dataclass(frozen=True)
class Process:
    """A process of some host.

    `place` is the host's boot and what of its processes can be seen: two containers may share a
    name, and the same number is another process in each.
    """

    host: str
    place: str
    pid: int
    start: str

    @property
    def is_here(self) -> bool:
        """Whether this process could see it at all."""
        here = this_process()
        return (self.host, self.place) == (here.host, here.place)

    @property
    def is_alive(self) -> bool:
        """Whether it still runs; only to be asked of one that is here.

        A number is given again, so a process with another time of start is another one.
        """
        return _start(self.pid) == self.start


def this_process() -> Process:
    """The process that asks."""
    pid = os.getpid()
    return Process(socket.gethostname(), _place(), pid, _start(pid) or "")


def _place() -> str:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {(_PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return ""


def _start(pid: int) -> str | None:
    """When a process started, in the kernel's ticks; "" where only that it runs is known."""
    if not (_PROC / "self/stat").exists():
        return "" if _answers(pid) else None
    try:
        stat = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[_STATE] in _DEAD_STATES else fields[_START]


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
