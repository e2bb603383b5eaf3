"""Everything that the Prefect page needs, in one command: server, deployments, and who runs them.

The runner is in a thread of its own, so that the first one has nothing to do but wait for the
word to end, and nothing that Prefect does to signals there can get in its way.
"""

import asyncio
import contextvars
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.runner import Runner
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, PREFECT_UI_URL
from prefect.settings.context import temporary_settings

from flows.orchestration import check_health
from flows.pools import READERS
from flows.serving import served
from flows.serving.automations import offer_to_ask
from flows.serving.deployments import FLOWS, TAG, deployment_of, known, with_choices
from flows.serving.ending import SERVED_BY
from flows.serving.limits import clear_up, limit_readers
from flows.serving.server import HOST, ServerError, api_of, has_ended, own_server
from flows.settings import Settings
from transforms.errors import CutoverError

# How soon a start on the page becomes a process, at most.
_LOOK_S: Final = 2
_LOOK_AGAIN_S: Final = 0.2
_END_S: Final = 15
_LEAVE_S: Final = 2


def serve(settings: Settings, *, port: int, on_ready: Callable[[str], None]) -> signal.Signals:
    """Serve the deployments of a migration until told to end; the signal that said so.

    On the server that PREFECT_API_URL names, or one of its own that ends with it. `on_ready` is
    told where the page is, as soon as everything can be started there.
    """
    try:
        with _signals() as told:
            if PREFECT_API_URL.value():
                check_health()
                _run(_Runner(settings, is_alone=False), told, on_ready)
            else:
                _serve_alone(settings, port, told, on_ready)
    except CutoverError as error:
        _leave_soon(error.exit_code)
        raise
    _leave_soon(0)
    return told.signal


def _serve_alone(
    settings: Settings, port: int, told: "_Told", on_ready: Callable[[str], None]
) -> None:
    """Serve on a server of its own, which ends with it."""
    _ask_no_proxy_for_loopback()
    home = PREFECT_HOME.value()
    address = {PREFECT_API_URL: api_of(port), PREFECT_UI_URL: f"http://{HOST}:{port}"}
    with own_server(home, port, told.come) as server, temporary_settings(address):
        if not told.come.is_set():
            _run(_Runner(settings, is_alone=True), told, on_ready, server)
        if server.poll() is not None:
            raise has_ended(home, server)


class _Told:
    """The word to end, when it has come."""

    def __init__(self) -> None:
        self.come = threading.Event()
        self.signal = signal.SIGINT

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        if self.come.is_set():
            # Impatience: all that was started ends with this process.
            os._exit(128 + number)
        self.signal = signal.Signals(number)
        self.come.set()


@contextmanager
def _signals() -> Iterator[_Told]:
    told = _Told()
    before = {each: signal.signal(each, told) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class _Runner:
    """Prefect's runner of the deployments of one migration, in a thread of its own."""

    def __init__(self, settings: Settings, *, is_alone: bool) -> None:
        self._settings = settings
        self._is_alone = is_alone
        self._is_to_end = threading.Event()
        self.is_ready = threading.Event()
        self.error: Exception | None = None
        # The server's address is in the context of the first thread.
        context = contextvars.copy_context()
        self.thread = threading.Thread(
            target=context.run, args=(self._work,), name="runner", daemon=True
        )

    def end(self) -> bool:
        """Cancel what runs, and end; whether that was done in time."""
        self._is_to_end.set()
        self.thread.join(_END_S)
        return not self.thread.is_alive()

    def _work(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # noqa: BLE001 - whatever it is, the first thread raises it
            self.error = error

    async def _serve(self) -> None:
        runner = Runner(name=f"{TAG}-{self._settings.migration.id}", query_seconds=_LOOK_S)
        async with get_client() as client:
            await self._register(client, runner)
        running = asyncio.create_task(runner.start())
        while not running.done() and not (self._is_to_end.is_set() and runner.started):
            if runner.started:
                self.is_ready.set()
            await asyncio.sleep(_LOOK_AGAIN_S)
        if not running.done():
            await runner.astop()
        await running

    async def _register(self, client: PrefectClient, runner: Runner) -> None:
        await limit_readers(client, READERS)
        before = await known(client, self._settings)
        for deployment in before.values():
            # What was due while nobody served is not made up for.
            await client.pause_deployment(deployment.id)
        if self._is_alone:
            await clear_up(client, list(before.values()))
        for one in FLOWS:
            made = deployment_of(one, self._settings, before.get(one.flow.name))
            number = await runner.aadd_deployment(made)
            schema = (await client.read_deployment(number)).parameter_openapi_schema
            if chosen := with_choices(schema or {}, self._settings):
                update = DeploymentUpdate(parameter_openapi_schema=chosen)
                await client.update_deployment(number, update)
            if one.flow is served.send_notices:
                await offer_to_ask(client, self._settings, number)


def _run(
    runner: _Runner,
    told: _Told,
    on_ready: Callable[[str], None],
    server: "subprocess.Popen[bytes] | None" = None,
) -> None:
    """Until the word comes to end, or the server or the runner has ended by itself."""
    os.environ[SERVED_BY] = str(os.getpid())
    runner.thread.start()
    is_said = False
    while runner.thread.is_alive() and not told.come.wait(_LOOK_AGAIN_S):
        if runner.is_ready.is_set() and not is_said:
            on_ready((PREFECT_UI_URL.value() or "").rstrip("/"))
            is_said = True
        if server is not None and server.poll() is not None:
            # Nobody is there to be told how runs ended; they end with this process.
            return
    if not runner.end():
        # What it waits for ends with this process.
        if server is not None:
            server.terminate()
        os._exit(128 + told.signal)
    if runner.error is not None:
        raise ServerError(
            f"What runs the deployments has ended ({type(runner.error).__name__}: "
            f"{runner.error}). Start `cutover-recon serve` again; with --debug, it says where."
        ) from runner.error


def _ask_no_proxy_for_loopback() -> None:
    """Where a proxy is set up, what goes to the server of its own must not go there."""
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, [os.environ.get(name), HOST]))


def _leave_soon(code: int) -> None:
    """End this process in a moment, should it not have ended by then.

    Prefect would go on trying to tell a server of events that is not there any more.
    """

    def leave() -> None:
        time.sleep(_LEAVE_S)
        os._exit(code)

    threading.Thread(target=leave, name="leaves-soon", daemon=True).start()
