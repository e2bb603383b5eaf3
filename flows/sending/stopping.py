"""Ctrl-C while mails go out: the one under way is finished, and no other begun."""

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, TypeAlias

from flows.sending.clock import Clock

_Handler: TypeAlias = Callable[[int, FrameType | None], Any] | int | None
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stops_between_mails(clock: Clock, say: Callable[[str], None]) -> Iterator[None]:
    """Let the first SIGINT or SIGTERM stop the clock; the second one has its usual effect.

    To break off in the middle of a mail would leave a notice in `sending` without need.
    """
    if threading.current_thread() is not threading.main_thread():
        # Only a program's own thread hears signals; who sends from another one stops the clock.
        yield
        return
    usual = {number: signal.getsignal(number) for number in _SIGNALS}

    def stop(_number: int, _frame: FrameType | None) -> None:
        _restore(usual)
        clock.stop()
        say("Stopping after this mail; once more stops at once, and leaves it in sending.")

    for number in _SIGNALS:
        signal.signal(number, stop)
    try:
        yield
    finally:
        _restore(usual)


def _restore(usual: Mapping[signal.Signals, _Handler]) -> None:
    for number, handler in usual.items():
        signal.signal(number, handler)
