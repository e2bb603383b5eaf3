"""The page that `cutover-recon serve` gives to the operator: what can be started, and its end."""

import re
import signal
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from flows.ledger import open_ledger
from flows.ledger.lock import hold
from flows.settings import load_settings
from tests.flows.migrations import write_migration
from tests.flows.serving.forms import submit
from tests.flows.serving.served import Serving, alive, serving, soon

# How a run ends for which the window is covered, or nothing was new.
ENDED = re.compile("^(Final|NothingNew|Preliminary)$")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serving")]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("served")
    with serving(write_migration(folder), folder / "prefect") as one:
        said = one.wait_until_ready()
        assert one.page in said
        yield one


def test_the_form_names_the_file_and_offers_its_sources(served):
    deployment = served.deployment("reconcile")
    schema = deployment["parameter_openapi_schema"]["properties"]
    assert deployment["parameters"] == {"migration_file": str(served.migration)}
    assert deployment["description"].startswith("Find what was lost")
    assert "Args" not in deployment["description"]
    assert set(deployment["tags"]) == {"cutover-recon", "mini"}
    assert schema["sources"]["items"]["enum"] == ["proxy-a", "fe2"]
    assert all(field["description"] for field in schema.values())


def test_runs_of_one_migration_wait_for_each_other(served):
    deployment = served.deployment("reconcile")
    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_options"]["collision_strategy"] == "ENQUEUE"


def test_looking_for_late_logs_is_off_until_switched_on_and_never_overlaps(served):
    deployment = served.deployment("watch-late-logs")
    (schedule,) = deployment["schedules"]
    assert schedule["active"] is False
    assert schedule["schedule"]["interval"] == 600
    assert deployment["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"


def test_nothing_is_removed_without_the_id_typed(served):
    with pytest.raises(httpx.HTTPStatusError, match="409"):
        served.start("purge")
    assert served.ended(served.start("purge", confirm="mimi")) == ("FAILED", "NotConfirmed")


def test_so_many_files_are_read_at_once_as_fit_the_machine(served):
    assert served.get("/concurrency_limits/tag/reading-logs")["concurrency_limit"] == 2


def test_what_the_form_sends_is_run_to_its_end(served):
    run = served.start("reconcile", dry_run=False, verify=False)
    assert served.ended(run)[0] == "COMPLETED"
    assert (served.migration.parent / "out/mini/report.html").exists()


def test_a_source_that_does_not_exist_is_refused_in_the_form(served):
    with pytest.raises(httpx.HTTPStatusError) as refused:
        served.start("reconcile", sources=["proxy-z"])
    assert refused.value.response.status_code == 409
    assert "proxy-z" in refused.value.response.text


def test_files_are_for_their_owner_only(served):
    files = [path for path in served.home.rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if path.stat().st_mode & 0o077] == []


def test_the_same_port_twice_is_refused_with_what_to_do(served, tmp_path):
    with serving(served.migration, tmp_path, port=served.port) as second:
        _, said = second.process.communicate(timeout=60)
    assert second.process.returncode == 2
    assert f"Port {served.port} of 127.0.0.1 can't be used" in said
    assert "--port" in said
    assert "Traceback" not in said


@pytest.fixture
def page(browser: Browser, served: Serving) -> Iterator[Page]:
    """A window on the page; the test fails if it asks anybody but this machine."""
    context = browser.new_context(viewport={"width": 1300, "height": 1400}, timezone_id="UTC")
    asked: set[str] = set()
    context.on("request", lambda request: asked.add(request.url))
    opened = context.new_page()
    opened.on("websocket", lambda socket: asked.add(socket.url))
    yield opened
    context.close()
    elsewhere = {url for url in asked if not url.startswith(("data:", "blob:"))}
    assert {urlsplit(url).netloc for url in elsewhere} == {urlsplit(served.page).netloc}


def test_a_run_is_started_in_the_browser_and_watched_to_its_end(page, served, tmp_path):
    page.goto(f"{served.page}/deployments")
    # Each flow has a row, all of them named after the migration.
    row = page.locator(f"a[href*='{served.deployment('reconcile')['id']}']")
    row.filter(has_text="mini").first.click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Custom run").click()
    page.get_by_role("button", name="No items selected").focus()
    page.keyboard.press("Space")
    page.get_by_role("option", name="proxy-a").click()
    page.keyboard.press("Escape")
    page.screenshot(path=tmp_path / "form.png", full_page=True)
    submit(page, lambda: page.wait_for_url(lambda url: not url.partition("?")[0].endswith("/run")))
    run = soon(lambda: for_one_source(served))
    page.goto(f"{served.page}/runs/flow-run/{run['id']}")
    page.screenshot(path=tmp_path / "started.png")
    expect(page.get_by_text(ENDED).first).to_be_visible(timeout=60_000)
    expect(page.get_by_text(re.compile(r"mini #\d")).first).to_be_visible()
    page.screenshot(path=tmp_path / "ended.png")


def for_one_source(served: Serving) -> dict[str, Any] | None:
    """The run that was started in the browser, as the server knows it."""
    runs = served.post("/flow_runs/filter", {})
    return next((run for run in runs if run["parameters"].get("sources") == ["proxy-a"]), None)


def test_a_cancelled_run_ends_within_seconds_and_lets_go_of_the_migration(served):
    url = load_settings(served.migration).ledger.url
    with (
        open_ledger(url, base=served.migration.parent, migration_id="mini") as ledger,
        hold(ledger, "send"),
    ):
        run = served.start("reconcile", wait=True)
        soon(lambda: served.state(run)["type"] == "RUNNING")
        begun = time.monotonic()
        served.cancel(run)
        assert served.ended(run) == ("CANCELLED", "Cancelled")
        assert time.monotonic() - begun < 15
    assert served.ended(served.start("reconcile"))[0] == "COMPLETED"


def test_ctrl_c_ends_all_that_was_started(served):
    switch_on(served, "watch-late-logs")
    served.start("reconcile", verify=True)
    processes = soon(lambda: with_a_run(served))
    code, seconds = served.end(signal.SIGINT)
    assert code == 0
    assert alive(processes) == set()
    assert seconds < 20


def with_a_run(served: Serving) -> set[int]:
    """The command, its server, and at least one run; nobody before that."""
    processes = served.processes()
    return processes if len(processes) > 2 else set()


def switch_on(served: Serving, flow: str) -> None:
    deployment = served.deployment(flow)
    (schedule,) = deployment["schedules"]
    path = f"/deployments/{deployment['id']}/schedules/{schedule['id']}"
    served.api.patch(path, json={"active": True}).raise_for_status()


def test_the_next_time_all_is_as_it_was_left_and_a_kill_leaves_nothing(served):
    """After Ctrl-C: in the same Prefect home, with the schedule still on."""
    with serving(served.migration, served.home) as again:
        again.wait_until_ready()
        (schedule,) = again.deployment("watch-late-logs")["schedules"]
        assert schedule["active"] is True
        again.start("reconcile", verify=True)
        processes = soon(lambda: with_a_run(again))
        again.end(signal.SIGKILL)
        soon(lambda: not alive(processes), 10)
