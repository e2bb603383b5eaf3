"""What Prefect keeps of one run: its artifacts, its log.

Asked for by run: the tests of one worker share a server, whose answers end after so many.
"""

from prefect.client.orchestration import SyncPrefectClient
from prefect.states import State


def artifacts_of(client: SyncPrefectClient, state: State) -> dict[str, dict]:
    """What the run has left, by description's first word."""
    return {
        one["description"].split(":")[0]: one for one in _of_run(client, "artifacts", state).json()
    }


def all_text_of(client: SyncPrefectClient, state: State) -> str:
    """Artifacts and log of the run, as the server answers."""
    return _of_run(client, "artifacts", state).text + _of_run(client, "logs", state).text


def _of_run(client: SyncPrefectClient, what: str, state: State):
    run = str(state.state_details.flow_run_id)
    asked = {what: {"flow_run_id": {"any_": [run]}}, "limit": 200}
    return client.request("POST", f"/{what}/filter", json=asked)
