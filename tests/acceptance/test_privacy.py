"""What a customer is promised about what they write: nothing kept before, no card number, and theirs to delete."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.acceptance.conftest import Frontdesk, page_of
from tests.acceptance.widget import Widget

CARD = "4242 4242 4242 4242"


def test_a_customer_is_asked_for_nothing_told_of_the_card_and_deletes_the_chat(
    desk: Frontdesk, browser: Browser
) -> None:
    page = page_of(browser, width=390, height=844)
    widget = Widget(page, desk.url)
    stored = "[localStorage.length, sessionStorage.length, document.cookie]"
    before = widget.inner_frame().evaluate(stored)
    expect(widget.frame.get_by_role("link", name="Privacy")).to_be_visible()

    widget.say(f"My card is {CARD}, when are you open?")
    widget.expect_text("For your safety")
    expect(widget.frame.get_by_text("My card is •••• 4242")).to_be_visible()
    expect(widget.frame.get_by_text(CARD)).to_have_count(0)
    widget.frame.get_by_role("button", name="More").click()
    widget.frame.get_by_role("button", name="Delete this chat").click()
    widget.frame.get_by_role("button", name="Delete for good").click()
    widget.expect_text("That chat was deleted")

    assert before == [0, 0, ""]
    assert widget.inner_frame().evaluate(stored) == before
    assert page.context.cookies() == []
    expect(widget.frame.get_by_text("For your safety")).to_have_count(0)
    page.context.close()
