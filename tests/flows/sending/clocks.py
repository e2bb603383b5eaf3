"""A clock whose waits take no time, and are remembered."""

from flows.sending.clock import Clock


class QuickClock(Clock):
    def __init__(self) -> None:
        super().__init__()
        self.passed_s = 0.0
        self.waits: list[float] = []

    def seconds(self) -> float:
        return self.passed_s

    def chance(self) -> float:
        return 0.5

    def pause(self, seconds: float) -> None:
        super().pause(0)
        self.passed_s += seconds
        if seconds:
            self.waits.append(seconds)
