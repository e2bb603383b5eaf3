"""Prefect's server goes away while a person is asked: it is waited for, and then named."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from flows.ledger.notices import NoticeState
from tests.benchmarks.kills.victim import Environment, free_port, prefect_server
from tests.flows.sending.mail_server import Mailbox, mail_server
from tests.flows.sending.migrations import Notices, approved, make_notices
from tests.flows.serving.served import soon

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prefect")]

# The flow in a process of its own; the server may be away for so many seconds.
SENDING = """
import sys
from functools import partial
from flows import send_notices
send_notices.ask = partial(send_notices.ask, away_s=float(sys.argv[2]))
print(send_notices.send_notices(sys.argv[1], return_state=True).name)
"""


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as taking:
        yield taking


@pytest.fixture
def notices(tmp_path: Path, mailbox: Mailbox) -> Notices:
    made = approved(make_notices(tmp_path, port=mailbox.port), "a")
    made.put("draft", "draft@example.org")
    return made


@contextmanager
def sending(
    notices: Notices, environment: Environment, *, away_s: float
) -> Iterator["subprocess.Popen[str]"]:
    # Prefect's client would try for a minute by itself, each time.
    quick = {"PREFECT_CLIENT_MAX_RETRIES": "0", "PREFECT_LOGGING_TO_API_ENABLED": "false"}
    process = subprocess.Popen(
        [sys.executable, "-c", SENDING, str(notices.file), str(away_s)],
        env=environment | quick,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def paused(environment: Environment) -> str:
    """The run that waits for an answer, as soon as there is one."""
    question = {"flow_runs": {"state": {"type": {"any_": ["PAUSED"]}}}}

    def look() -> str | None:
        answer = httpx.post(f"{api(environment)}/flow_runs/filter", json=question, timeout=60)
        return next((str(run["id"]) for run in answer.raise_for_status().json()), None)

    return soon(look)


def api(environment: Environment) -> str:
    return environment["PREFECT_API_URL"]


def test_a_server_that_comes_back_is_waited_for(notices, mailbox, tmp_path):
    home, port = tmp_path / "prefect", free_port()
    with ExitStack() as stack:
        with prefect_server(home, port) as environment:
            process = stack.enter_context(sending(notices, environment, away_s=300))
            run = paused(environment)
        # Long enough to be looked for.
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(5)
        with prefect_server(home, port):
            answer = {"run_input": {"number": 2}}
            url = f"{api(environment)}/flow_runs/{run}/resume"
            resumed = httpx.post(url, json=answer, timeout=60)
            assert resumed.json()["status"] == "ACCEPT"
            said, complaint = process.communicate(timeout=120)
    assert said == "Sent\n", complaint
    assert sorted(mailbox.recipients) == ["a@example.org", "draft@example.org"]


def test_a_server_that_stays_away_is_named_and_nothing_is_sent(notices, mailbox, tmp_path):
    with ExitStack() as stack:
        with prefect_server(tmp_path / "prefect") as environment:
            process = stack.enter_context(sending(notices, environment, away_s=1))
            paused(environment)
        _, complaint = process.communicate(timeout=120)
    assert process.returncode == 1
    assert f"Prefect's server {api(environment)}/ could not be reached for " in complaint
    assert "Nothing was sent, and no notice was approved. Start the server, or" in complaint
    assert mailbox.received == []
    assert notices.states() == {"a": NoticeState.APPROVED, "draft": NoticeState.DRAFT}
