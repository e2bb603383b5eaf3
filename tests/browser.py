"""A page as its reader sees it: in Debian's Chromium, driven by Playwright, without a network.

`browser` stands for one module's tests: while Playwright is open, its event loop counts as the
running one of the thread, and a flow of the next module could start none of its own.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.real_servers.programs import program

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# What a page may load: itself, and what it carries.
OWN = ("file:", "data:", "blob:", "about:")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; without one the tests are skipped, but in CI they fail."""
    executable = program(*NAMES, package="chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=executable, args=QUIET)
        yield found
        found.close()


class Reader:
    """Opens pages and notes what none of ours may do: ask for anything outside, or complain."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.complaints: list[str] = []

    def open(
        self,
        path: Path,
        width: int = 1200,
        height: int = 900,
        color_scheme: Literal["light", "dark"] = "light",
    ) -> Page:
        """Open the file in a fresh, offline window of this size."""
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=color_scheme,
            offline=True,
            service_workers="block",
        )
        context.on("request", self._asked)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))
        page = context.new_page()
        page.on("websocket", lambda socket: self.complaints.append(f"asked for {socket.url}"))
        page.goto(path.resolve().as_uri())
        return page

    def close(self) -> None:
        """Close what was opened."""
        for context in self._browser.contexts:
            context.close()

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(OWN):
            self.complaints.append(f"asked for {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")


@pytest.fixture
def reader(browser: Browser) -> Iterator[Reader]:
    """Someone who opens a page; the test fails if the page reached out, or had errors."""
    one = Reader(browser)
    yield one
    one.close()
    assert one.complaints == []


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return width


def faint(page: Page, enough: float = 4.5) -> list[str]:
    """Texts that stand out less from their background than WCAG's level AA asks for."""
    found: list[str] = page.evaluate(_FAINT, enough)
    return found


_FAINT = """(enough) => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = parts(colour).map((part) => part / 255).map(
      (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  // Only opaque backgrounds count; a page without any shows the browser's canvas.
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((parts(colour)[3] ?? 1) === 1) return colour;
    }
    const isDark = matchMedia("(prefers-color-scheme: dark)").matches
      && document.querySelector('meta[name="color-scheme"]')?.content.includes("dark");
    return isDark ? "rgb(18, 18, 18)" : "rgb(255, 255, 255)";
  };
  const faint = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim(), element = texts.currentNode.parentElement;
    if (!text || !element.checkVisibility()) continue;
    const ink = getComputedStyle(element).color, paper = behind(element);
    const [low, high] = [light(ink), light(paper)].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < enough) faint.add(`${ratio.toFixed(1)}: ${ink} on ${paper}: ${text.slice(0, 40)}`);
  }
  return [...faint];
}"""
