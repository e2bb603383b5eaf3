"""The choice of what reads log files; `flows.runners` makes it."""

from enum import StrEnum


class Runner(StrEnum):
    """Where log files are read."""

    LOCAL = "local"
    DASK = "dask"
