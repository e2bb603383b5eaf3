"""Prefect as this product wants it: quiet on the terminal, and calling nobody home."""

import fcntl
import os
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack, cast

from flows.runner import Runner
from transforms.errors import CutoverError

if TYPE_CHECKING:
    from flows.summary import Summary

# Set before Prefect is imported, which reads them once. What the user has set stays.
_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # Its own server takes some 10 seconds to start, and more where the machine is busy.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
}
# Errors are told by the command line, in one paragraph; Prefect's own log stays in its UI.
_SILENT = {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}


class Options(TypedDict, total=False):
    """What the command line passes on to the flow."""

    verify: bool
    wait: bool
    dry_run: bool
    runner: Runner
    dask_address: str


class OrchestrationError(CutoverError):
    """Prefect's server does not answer."""


def be_quiet(*, is_debug: bool = False) -> None:
    """Set up Prefect's environment for this process and those that it starts."""
    for name, value in (_QUIET | ({} if is_debug else _SILENT)).items():
        os.environ.setdefault(name, value)


def run_reconcile(
    migration_file: Path, *, is_debug: bool = False, **options: Unpack[Options]
) -> "Summary":
    """Run the flow in this process, on the server that PREFECT_API_URL names or one of its own.

    A server of its own lives as long as the process and keeps its records with Prefect's. `options`
    are those of the flow.
    """
    be_quiet(is_debug=is_debug)
    # Takes a second, and only what runs the flow should wait for it.
    from flows.reconcile import reconcile  # noqa: PLC0415

    _reach_server()
    return cast("Summary", reconcile(str(migration_file), **options))


def _reach_server() -> None:
    """Wait for the server; one that is its own has to make its database first.

    Several that make the same database at once all fail, so one makes it and the others wait.
    """
    import prefect  # noqa: PLC0415
    from prefect.settings import PREFECT_API_URL, PREFECT_HOME  # noqa: PLC0415

    if PREFECT_API_URL.value():
        check_health()
        return
    home = PREFECT_HOME.value()
    home.mkdir(parents=True, exist_ok=True)
    made = home / f".made-by-prefect-{prefect.__version__}"
    if made.exists():
        check_health()
        return
    with (home / ".being-made").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        check_health()
        made.touch()


def check_health() -> None:
    """Raise OrchestrationError where the server, if need be started for it, does not answer."""
    from prefect.client.orchestration import get_client  # noqa: PLC0415

    try:
        with get_client(sync_client=True) as client:
            error = client.api_healthcheck()
    except RuntimeError as late:
        raise OrchestrationError(
            "Prefect's server, which is started for this run alone, was not ready in time. Try "
            "again when the machine is less busy, or start one that stays (prefect server start) "
            "and set PREFECT_API_URL."
        ) from late
    if error is not None:
        raise OrchestrationError(
            f"Prefect's server does not answer ({type(error).__name__}). Start it, or correct "
            "PREFECT_API_URL; without that, a server is started for this run alone."
        ) from error
