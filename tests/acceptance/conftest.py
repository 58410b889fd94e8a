"""The whole product as its users meet it: `bot serve` with real processes, and a real Chromium."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 240.0
TIMEOUT_S = 600
"""Of one test. The first one's time has the training and the start of everything in it."""
PASSWORD = "a-long-enough-password"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_itemcollected(item: pytest.Item) -> None:
    """These tests kill processes on purpose.

    A connection that was torn in the middle of a write is closed by the garbage collector, at a moment that nobody
    chose: its ResourceWarning says nothing of the product, and must not fail whatever test runs just then.
    """
    item.add_marker(pytest.mark.timeout(START_TIMEOUT_S + 60))  # the first test waits until everything runs
    item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
    item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))
    if item.get_closest_marker("timeout") is None:
        item.add_marker(pytest.mark.timeout(TIMEOUT_S))


class Frontdesk:
    """A running Frontdesk with folders of its own.

    Attributes:
        url: Where it is served.
        articles: Its article files, a copy of the shipped ones.
        owner_link: The one-time link it printed.
    """

    def __init__(self, folder: Path) -> None:
        self.articles, self.data = folder / "articles", folder / "data"
        shutil.copytree(ROOT / "knowledge_base" / "articles", self.articles)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._printed = folder / "printed.log"
        environment = os.environ | {
            "FRONTDESK_DATA_DIR": str(self.data),
            "FRONTDESK_MODELS_DIR": str(folder / "models"),
            "FRONTDESK_ARTICLES_DIR": str(self.articles),
            "FRONTDESK_ENGINE_PORT": str(free_port()),
            "FRONTDESK_ACTIONS_PORT": str(free_port()),
            "FRONTDESK_CONVERSATIONS_PER_HOUR": "1000",
            "FRONTDESK_MESSAGES_PER_MINUTE": "1000",
            "FRONTDESK_MESSAGES_BURST": "100",
        }
        command = [str(ROOT / ".venv" / "bin" / "bot"), "serve", "--port", str(self.port)]
        with self._printed.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    @property
    def printed(self) -> str:
        """Everything it said on the terminal."""
        return self._printed.read_text()

    @property
    def owner_link(self) -> str:
        """The link with which the owner's account is made."""
        found = re.search(r"http://\S+/setup#\S+", self.printed)
        assert found, self.printed
        return found.group()

    def wait_until_ready(self) -> None:
        """Wait for `/readyz`."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"it ended: {self.printed}\n{self.logs()}"
            try:
                if httpx.get(f"{self.url}/readyz", timeout=10).status_code == 200 and "/setup#" in self.printed:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.25)
        raise AssertionError(f"not ready after {START_TIMEOUT_S:.0f} s: {self.printed}\n{self.logs()}")

    def logs(self) -> str:
        """The ends of the processes' logs."""
        files = sorted((self.data / "logs").glob("*.log"))
        return "\n".join(f"--- {file.name}\n{file.read_text(errors='replace')[-1500:]}" for file in files)

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Frontdesk]:
    desk = Frontdesk(tmp_path_factory.mktemp("frontdesk"))
    try:
        desk.wait_until_ready()
        yield desk
    finally:
        if desk.process.poll() is None:
            desk.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Chromium is missing: install Debian's package `chromium`"
    browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
    yield browser
    browser.close()


def page_of(browser: Browser, *, width: int = 1440, height: int = 900, dark: bool = False) -> Page:
    """A page in a fresh profile."""
    scheme = "dark" if dark else "light"
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    context.set_default_timeout(15_000)
    return context.new_page()


@pytest.fixture(scope="session")
def owner_page(desk: Frontdesk, browser: Browser) -> Page:
    """The owner, signed in through the one-time link."""
    page = page_of(browser)
    page.goto(desk.owner_link)
    page.get_by_label("Your name").fill("Olive Owner")
    page.get_by_label("E-mail address").fill("olive@larkspurbooks.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    page.get_by_role("heading", name="Welcome").wait_for()
    return page
