"""A flow run that pauses with a form: until it is answered or ended from outside, or time is up.

Prefect's own pause looks for nothing but the answer: a run that was cancelled meanwhile would wait
on to its timeout, and a server that is away for a moment would end it.
"""

import time
from collections.abc import Callable
from typing import Final, TypeVar, cast
from uuid import UUID, uuid4

import httpx
from prefect import State
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.exceptions import PrefectHTTPStatusError
from prefect.input import RunInput, keyset_from_paused_state
from prefect.runtime import flow_run
from prefect.states import Paused, Running

from flows.mistakes import without_credentials
from flows.orchestration import OrchestrationError
from transforms.printable import printable

LOOKS_EVERY_S: Final = 2.0
# For so long a server may be away, as when it is brought to a new version.
AWAY_S: Final = 600.0
_SERVER_FAILS: Final = 500

Form = TypeVar("Form", bound=RunInput)
Answer = TypeVar("Answer")


class EndedError(Exception):
    """Somebody has cancelled the run while it was paused, or set another end; `state` names it."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class NotAnsweredError(Exception):
    """Nobody has answered in time."""


def pause(form: type[Form], *, timeout_s: float, away_s: float = AWAY_S) -> Form:
    """Pause this run until the form is filled, and give it as it was filled.

    Raises EndedError, NotAnsweredError, or OrchestrationError where Prefect's server does not
    answer for `away_s`.
    """
    run = UUID(str(flow_run.id))
    # A key of its own, so that no answer to an earlier pause of the run is taken for one to this.
    paused: State[None] = Paused(
        timeout_seconds=int(timeout_s), reschedule=False, pause_key=uuid4().hex
    )
    keys = keyset_from_paused_state(paused)
    paused.state_details.run_input_keyset = {str(what): key for what, key in keys.items()}
    with get_client(sync_client=True) as client:
        reach = _Reach(client, away_s)
        # The form first: whoever sees the pause can answer it.
        reach(lambda: form.save(keys, flow_run_id=run), once=True)
        reach(lambda: client.set_flow_run_state(run, paused))
        _wait(reach, run, until=time.monotonic() + timeout_s)
        return cast("Form", reach(lambda: form.load(keys, flow_run_id=run)))


def _wait(reach: "_Reach", run: UUID, *, until: float) -> None:
    """Come back when the run goes on."""
    while True:
        is_last = time.monotonic() >= until
        state = reach(lambda: reach.client.read_flow_run(run)).state
        if state is not None and state.is_running():
            return
        if state is None or not state.is_paused():
            raise EndedError("Removed" if state is None else str(state.name))
        if is_last:
            # As long as it counts as paused, Prefect would put an end of its own in place of ours.
            reach(lambda: reach.client.set_flow_run_state(run, Running(), force=True))
            raise NotAnsweredError
        time.sleep(min(LOOKS_EVERY_S, max(0.0, until - time.monotonic())))


class _Reach:
    """Asks Prefect's server, again and again where it is away."""

    def __init__(self, client: SyncPrefectClient, away_s: float) -> None:
        self.client = client
        self._away_s = away_s

    def __call__(self, ask: Callable[[], Answer], *, once: bool = False) -> Answer:
        """What it answers. Raises OrchestrationError where it was away for too long."""
        begun = time.monotonic()
        while True:
            try:
                return ask()
            except (httpx.TransportError, PrefectHTTPStatusError) as error:
                if not _is_away(error):
                    raise
                # Prefect's client has tried for a minute by itself.
                away_s = time.monotonic() - begun
                if once or away_s >= self._away_s:
                    raise self._away(error, away_s) from error
            time.sleep(LOOKS_EVERY_S)

    def _away(self, error: Exception, away_s: float) -> OrchestrationError:
        server = printable(without_credentials(str(self.client.api_url)))
        return OrchestrationError(
            f"Prefect's server {server} could not be reached for {away_s:,.0f} seconds "
            f"({type(error).__name__}) while a person was asked whether to send. Nothing was sent, "
            "and no notice was approved. Start the server, or correct PREFECT_API_URL, and then "
            "start send-notices again."
        )


def _is_away(error: httpx.TransportError | PrefectHTTPStatusError) -> bool:
    """Whether nobody answers, or only what stands before the server."""
    if isinstance(error, PrefectHTTPStatusError):
        return error.response.status_code >= _SERVER_FAILS
    return True
