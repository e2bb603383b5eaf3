"""A process that ends when it is told to, and with the one that has started it.

A flow run that is cancelled gets SIGTERM, and Python acts on it only between two steps of its own;
to sort a night's writes is one step, and takes longer than anybody wants to wait for a button. And
whoever is killed outright can end nothing that it has started. Both are seen to by threads; so it
works wherever there are signals, on Linux and macOS alike.
"""

import os
import signal
import socket
import threading
import time
from typing import Final

# The process by which a flow run is to be outlived, if any.
SERVED_BY: Final = "CUTOVER_SERVED_BY"
# Time to let go of the ledger and to say what happened. Prefect looks after three seconds whether
# the process is gone, and then after each further three.
_GRACE_S: Final = 2.5
_LOOK_AGAIN_S: Final = 0.5
# Held for as long as the process lives.
_wakes: list[socket.socket] = []


def end_with(parent: int) -> None:
    """End this process, a child of `parent`, within a second of that one's end."""
    if os.getppid() != parent:
        _end()
    threading.Thread(target=_outlive, args=(parent,), name="ends-with", daemon=True).start()


def end_soon_after_sigterm() -> None:
    """End this process some seconds after SIGTERM, whatever it is at; for the main thread.

    What was being written then is as after any kill: the next run goes on.
    """
    if _wakes or threading.current_thread() is not threading.main_thread():
        return
    told, tells = socket.socketpair()
    tells.setblocking(False)
    # Written to by the signal itself, while Python's own handler still waits for its turn.
    signal.set_wakeup_fd(tells.fileno(), warn_on_full_buffer=False)
    _wakes.extend((told, tells))
    threading.Thread(target=_end_after, args=(told,), name="ends-soon", daemon=True).start()


def _outlive(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_AGAIN_S)
    _end()


def _end_after(told: socket.socket) -> None:
    while signal.SIGTERM not in told.recv(64):
        pass
    time.sleep(_GRACE_S)
    _end()


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
