"""Where files are read: by threads of this process, or by the workers of a Dask cluster."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias, cast

from prefect import Task, unmapped
from prefect.client.orchestration import get_client
from prefect.futures import PrefectFuture, as_completed
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from flows.dask_schedulers import reach_scheduler
from flows.discretion import TaskError
from flows.runner import Runner
from flows.sources.taking import TakenFile
from transforms.errors import ConfigurationError, SourceError

# Files read at once. More would need more memory, and polars has threads of its own.
READERS = 2
_SHOWN = 5
# The tag of what reads a file. Where the server has a limit for it, that holds for all runs.
READING = "reading-logs"

Pool: TypeAlias = TaskRunner[PrefectFuture[Any]]


@contextmanager
def started(runner: Runner, dask_address: str) -> Iterator[Pool]:
    """Give what reads files; a Dask cluster of this machine if no address is named.

    Raises ConfigurationError where Dask is not installed, or no scheduler answers at the address.
    """
    if runner is Runner.LOCAL:
        with cast("Pool", ThreadPoolTaskRunner(max_workers=READERS)) as threads:
            yield threads
        return
    try:
        from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 - takes a second
    except ImportError:
        raise ConfigurationError(
            "runner = dask needs what does not come with the product by default: install "
            "cutover-recon[dask], here and where the workers are, or read with runner = local."
        ) from None
    if dask_address:
        reach_scheduler(dask_address)
    cluster = {"n_workers": READERS, "threads_per_worker": 1, "dashboard_address": None}
    how = {"address": dask_address} if dask_address else {"cluster_kwargs": cluster}
    # Workers get these settings along; without the address each would start a server of its own.
    with get_client(sync_client=True) as client:
        address = str(client.api_url)
    with temporary_settings({PREFECT_API_URL: address}), DaskTaskRunner(**how) as workers:
        yield cast("Pool", workers)


def reader(
    pool: Pool, task: Task[..., Any], **known: object
) -> Callable[[Sequence[Any]], Iterator[TakenFile]]:
    """Give what maps the task over files; each call yields what it reads as soon as it is read.

    A file that fails leaves the others alone: the error comes after them. It names all that can't
    be read; of other failures, the first.
    """
    # In this process it is quoted, so that Prefect does not look for its own things in what is
    # known of a thousand files at each of them; Dask does not know what a quotation is.
    is_quoted = isinstance(pool, ThreadPoolTaskRunner)
    same = {name: unmapped(quote(value) if is_quoted else value) for name, value in known.items()}

    def read(files: Sequence[Any]) -> Iterator[TakenFile]:
        if not files:
            return
        failed = []
        for reading in as_completed(list(pool.map(task, {"file": list(files), **same}))):
            try:
                yield cast("TakenFile", reading.result())
            except TaskError as error:
                failed.append(error.error)
        if failed:
            raise _together(failed)

    return read


def _together(errors: Sequence[Exception]) -> Exception:
    if len(errors) == 1 or not all(isinstance(error, SourceError) for error in errors):
        return errors[0]
    told = sorted(str(error) for error in errors)
    if len(told) > _SHOWN:
        told[_SHOWN:] = [f"{len(told) - _SHOWN} more files can't be read."]
    return SourceError(" ".join(told))
