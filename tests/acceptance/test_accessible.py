"""Anybody can use it: what axe-core finds, and the chat without a mouse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.acceptance.conftest import ROOT, Frontdesk, page_of
from tests.acceptance.widget import Widget

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OWNER_PAGES = {
    "articles": "Articles",
    "articles/new": "New article",
    "unanswered": "What customers could not find out",
    "escalation": "When to bring in a person",
    "corrections": "Corrections",
    "history": "Publish history",
    "systems": "Other systems",
    "systems/deliveries": "What was sent",
    "team": "Team",
    "privacy": "Privacy",
}

# The page hears of another colour scheme with the next frame, and the owner's colour changes then.
DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


@pytest.fixture(scope="module")
def axe() -> str:
    assert AXE.is_file(), "axe-core is missing: run `npm ci`"
    return Path(AXE).read_text(encoding="utf-8")


def violations(frame: Frame, axe: str) -> list[str]:
    """What axe-core finds serious or critical, as `rule: where`. It looks into open shadow roots."""
    if not frame.evaluate("() => 'axe' in window"):
        frame.evaluate(axe)
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    found: dict[str, Any] = frame.evaluate("(options) => axe.run(document, options)", options)
    assert len(found["passes"]) > 10, "axe-core has looked at nothing"
    return [
        f"{each['id']}: {node['target']}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def in_both_schemes(page: Page, frame: Frame, axe: str) -> list[str]:
    """As `violations`, in light and dark."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        frame.evaluate(DRAWN)
        found += violations(frame, axe)
    page.emulate_media(color_scheme="light")
    return found


def test_the_owners_pages_have_no_serious_violation(desk: Frontdesk, owner_page: Page, axe: str) -> None:
    found = {}
    for path, heading in OWNER_PAGES.items():
        owner_page.goto(f"{desk.url}/owner#{path}")
        owner_page.get_by_role("heading", name=heading, exact=True).wait_for()
        expect(owner_page.locator("[aria-busy=true]")).to_have_count(0)
        found[path] = in_both_schemes(owner_page, owner_page.main_frame, axe)

    assert {path: each for path, each in found.items() if each} == {}


def test_chat_and_desk_have_no_serious_violation(desk: Frontdesk, browser: Browser, owner_page: Page, axe: str) -> None:
    widget = Widget(page_of(browser), desk.url)
    widget.say("what time do you close on saturdays?")
    widget.expect_text("5.30 pm")
    owner_page.goto(f"{desk.url}/agent")
    owner_page.get_by_role("button", name="Assistant", exact=True).click()
    owner_page.locator("fd-queue button.row").first.click()
    owner_page.get_by_role("heading", name="Visitor").wait_for()

    assert in_both_schemes(widget.page, widget.inner_frame(), axe) == []
    assert in_both_schemes(widget.page, widget.page.main_frame, axe) == []
    assert in_both_schemes(owner_page, owner_page.main_frame, axe) == []


def test_a_customer_needs_no_mouse(desk: Frontdesk, browser: Browser) -> None:
    page = page_of(browser)
    page.goto(f"{desk.url}/demo")
    launcher = page.get_by_role("button", name="Chat with Larkspur Books")
    launcher.focus()
    page.keyboard.press("Enter")
    chat = page.frame_locator("iframe")
    expect(chat.get_by_role("textbox", name="Your message")).to_be_focused()

    page.keyboard.type("do you sell gift cards?")
    page.keyboard.press("Enter")
    expect(chat.get_by_text("£10").last).to_be_visible()
    person = chat.get_by_role("button", name="Talk to a person").first
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if person.evaluate("(button) => button.getRootNode().activeElement === button"):
            break
    page.keyboard.press("Enter")
    expect(chat.get_by_text("Your reference is").last).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator("iframe")).to_be_hidden()
    expect(launcher).to_be_focused()
