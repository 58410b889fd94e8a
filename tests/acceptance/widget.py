"""The chat widget, as a customer uses it."""

from __future__ import annotations

import re

from playwright.sync_api import Frame, FrameLocator, Locator, Page, expect


class Widget:
    """The widget on the shop's page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(f"{url}/demo")
        page.get_by_role("button", name="Chat with Larkspur Books").click()
        self.frame: FrameLocator = page.frame_locator("iframe")
        self.box.wait_for()

    @property
    def box(self) -> Locator:
        """Where the customer writes."""
        return self.frame.get_by_role("textbox", name="Your message")

    def say(self, text: str) -> None:
        """Write and send."""
        self.box.fill(text)
        self.box.press("Enter")

    def expect_text(self, text: str, *, timeout_s: float = 15) -> None:
        """Wait until the transcript shows `text`."""
        expect(self.frame.get_by_text(text).last).to_be_visible(timeout=1000 * timeout_s)

    def reference(self) -> str:
        """The reference that the customer was given with the handoff."""
        words = self.frame.get_by_text("Your reference is").last.inner_text()
        told = re.search(r"Your reference is ([A-Z0-9-]+)", words)
        assert told is not None
        return told[1]

    def inner_frame(self) -> Frame:
        """The widget's own frame, to evaluate scripts in."""
        return next(frame for frame in self.page.frames if frame.url.endswith("/widget"))
