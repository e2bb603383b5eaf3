"""Whether the scheduler of a Dask cluster answers, asked before a run relies on it.

Dask itself would be asked only with the first file, wait for long, and end in words of its own.
"""

import asyncio
import socket
from collections.abc import Iterator
from typing import Final

from transforms.errors import ConfigurationError
from transforms.printable import printable

CONNECT_S: Final = 10.0
_ANSWER_S: Final = 10.0
_SCHEDULER: Final = "Scheduler"


def reach_scheduler(address: str, *, connect_s: float = CONNECT_S) -> None:
    """Raise ConfigurationError unless a scheduler answers at the address."""
    try:
        found = asyncio.run(_asked(address, connect_s))
    except OSError as error:
        said = f"no scheduler answers there within {connect_s:.0f} s{_why(error)}"
        raise _wrong(address, said) from error
    except (ValueError, TypeError, RuntimeError) as error:
        # No port, a scheme that Dask does not know, or TLS without certificates.
        raise _wrong(address, f"Dask can't connect to that ({printable(str(error))})") from error
    if found != _SCHEDULER:
        raise _wrong(address, f"a {printable(found).lower()} answers there, and no scheduler")


async def _asked(address: str, connect_s: float) -> str:
    """What kind of server says that it is there."""
    from distributed.core import rpc  # noqa: PLC0415 - takes a second
    from distributed.security import Security  # noqa: PLC0415

    how = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    connecting = rpc(address, timeout=connect_s, connection_args=how)  # type: ignore[no-untyped-call]
    async with connecting as server:
        told = await asyncio.wait_for(server.identity(), connect_s + _ANSWER_S)
    return str(told["type"])


def _wrong(address: str, found: str) -> ConfigurationError:
    return ConfigurationError(
        f"dask_address is {printable(address)!r}, and {found}. Start the scheduler, or name the "
        "address that it prints at its start, such as tcp://10.0.0.5:8786; without dask_address, a "
        "cluster is started on this machine."
    )


def _why(error: BaseException) -> str:
    """What the system said, if it did; Dask wraps it in its own errors."""
    for each in _causes(error):
        if isinstance(each, socket.gaierror):
            return " (its name is not known)"
        if isinstance(each, OSError) and each.strerror:
            return f" ({each.strerror})"
    return ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
