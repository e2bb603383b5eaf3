"""From a run to a supplement in the browser: what is lost is found, shown, approved and sent."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flows.migrations import person_created, write_migration
from tests.flows.sending.mail_server import Mailbox, mail_server
from tests.flows.serving.forms import submit
from tests.flows.serving.served import Serving, serving, soon

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serving")]

MAIL = """
[notices]
sender = {{ name = "Support", email = "support@example.org" }}
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
per_minute = 6000
"""

# What each artifact has to show.
SHOWN = {
    "summary": "1 lost, 0 stale, 0 resurrected; 0 to check.",
    "coverage": "proxy-a ████",
    "customers": "4711",
    "sums": "lines read",
    "report": "report.html",
}


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as taking:
        yield taking


@pytest.fixture
def served(tmp_path: Path, mailbox: Mailbox) -> Iterator[Serving]:
    file = write_migration(tmp_path)
    file.write_text(file.read_text("utf-8") + MAIL.format(port=mailbox.port), "utf-8")
    with serving(file, tmp_path / "prefect") as one:
        one.wait_until_ready()
        yield one


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1300, "height": 1400}, timezone_id="UTC")
    yield context.new_page()
    context.close()


def test_from_the_first_run_to_a_supplement(served, mailbox, page, tmp_path):
    run = served.start("reconcile")
    assert served.ended(run) == ("COMPLETED", "Final")
    page.goto(f"{served.page}/runs/flow-run/{run}")
    page.get_by_text("Artifacts", exact=True).last.click()
    expect(page.get_by_text("summary-mini")).to_be_visible()
    page.screenshot(path=tmp_path / "artifacts.png", full_page=True)
    for artifact in ("summary", "coverage", "customers", "sums", "report"):
        page.goto(f"{served.page}/artifacts/key/{artifact}-mini")
        page.get_by_text(re.compile("^[0-9a-f]{8}$")).click()
        expect(page.get_by_text(SHOWN[artifact]).first).to_be_visible(timeout=30_000)
        page.screenshot(path=tmp_path / f"{artifact}.png")

    answered_in_browser(served, page, tmp_path / "new", number=1)
    assert mailbox.recipients == ["ff@example.org"]
    assert "Nachtrag" not in subject(mailbox, 0)

    switched_on(served, "Ask to send supplements of mini")
    late = person_created() | {"id": "2", "subject": "P-2", "time": "2021-05-18T21:00:00+02:00"}
    late["data"] = late["data"] | {"first_name": "Anna", "email": "a@example.org"}
    (tmp_path / "events/late.jsonl").write_text(json.dumps(late) + "\n", "utf-8")
    assert served.ended(served.start("watch-late-logs"))[0] == "COMPLETED"
    assert served.ended(served.start("watch-late-logs")) == ("COMPLETED", "NothingNew")

    # The automation has started it by itself, when the run told of a supplement.
    asking = soon(lambda: waiting(served))
    answered_in_browser(served, page, tmp_path / "supplement", number=1, run=asking)
    assert mailbox.recipients == ["ff@example.org", "ff@example.org"]
    assert "Nachtrag" in subject(mailbox, 1)


def switched_on(served: Serving, automation: str) -> None:
    (found,) = [one for one in served.post("/automations/filter", {}) if one["name"] == automation]
    assert found["enabled"] is False
    answer = served.api.patch(f"/automations/{found['id']}", json={"enabled": True})
    answer.raise_for_status()


def waiting(served: Serving) -> str | None:
    """The run that waits for an answer."""
    paused = {"flow_runs": {"state": {"type": {"any_": ["PAUSED"]}}}}
    return next((str(run["id"]) for run in served.post("/flow_runs/filter", paused)), None)


def answered_in_browser(
    served: Serving, page: Page, pictures: Path, *, number: int, run: str | None = None
) -> None:
    """Start send-notices unless it has been, wait for its question, and say yes in the page."""
    pictures.mkdir()
    run = run or served.start("send-notices")
    soon(lambda: served.state(run)["type"] == "PAUSED")
    page.goto(f"{served.page}/runs/flow-run/{run}")
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text(f"Send {number} notice?")).to_be_visible()
    page.screenshot(path=pictures / "question.png")
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=number]").fill(str(number))
    page.screenshot(path=pictures / "answer.png")
    submit(dialog, lambda: dialog.wait_for(state="hidden", timeout=10_000))
    assert served.ended(run) == ("COMPLETED", "Sent")
    page.reload()
    expect(page.get_by_text("Sent").first).to_be_visible()
    page.screenshot(path=pictures / "sent.png")


def subject(mailbox: Mailbox, number: int) -> str:
    from email import message_from_bytes, policy  # noqa: PLC0415

    message = message_from_bytes(mailbox.received[number].content, policy=policy.default)
    return str(message["Subject"])
