"""Prefect's forms in the browser, whose page loses a click now and then."""

import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as TooLate

from tests.flows.serving.served import PATIENCE_S


def submit(form: Page | Locator, gone: Callable[[], None]) -> None:
    """Press Submit until `gone` finds in time that the form is not there any more."""
    until = time.monotonic() + PATIENCE_S
    while True:
        form.get_by_role("button", name="Submit").click()
        try:
            return gone()
        except TooLate:
            assert time.monotonic() < until, "the form stays"
