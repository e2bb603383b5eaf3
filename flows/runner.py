"""The choice of what reads log files; `flows.pools` makes what is chosen."""

from enum import StrEnum


class Runner(StrEnum):
    """Where log files are read."""

    LOCAL = "local"
    DASK = "dask"
