"""The owner's pages beside publishing: what customers could not find out, other systems, the way back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.acceptance.conftest import Frontdesk
from tests.acceptance.test_website_to_a_human_and_back import ask_once


def test_a_question_without_an_answer_leads_to_an_article(desk: Frontdesk, owner_page: Page) -> None:
    assert ask_once(desk, "do you repair typewriters?")["kind"] in ("fallback", "clarify")

    owner_page.goto(f"{desk.url}/owner#unanswered")
    owner_page.reload()  # the page may have been open before the question was asked
    row = owner_page.get_by_role("listitem").filter(has_text="do you repair typewriters?")
    row.get_by_role("link", name="Write an article").click()
    expect(owner_page.get_by_label("The question")).to_have_value("do you repair typewriters?")
    owner_page.get_by_role("textbox", name="The answer").fill("No, but **Ribbon & Key** next door does.")
    owner_page.get_by_role("button", name="Save").click()

    expect(owner_page.get_by_text("Customers get it once you publish")).to_be_visible()
    assert "Ribbon & Key" in (desk.articles / "general" / "do-you-repair-typewriters.md").read_text()
    (desk.articles / "general" / "do-you-repair-typewriters.md").unlink()


def test_another_system_is_added_and_its_secret_shown_once(desk: Frontdesk, owner_page: Page) -> None:
    owner_page.goto(f"{desk.url}/owner#systems")
    owner_page.get_by_role("button", name="Add an address").click()
    address = owner_page.get_by_role("textbox", name="Address")
    address.fill("http://127.0.0.1:5005/model")
    owner_page.get_by_role("button", name="Save").click()
    expect(owner_page.get_by_role("alert")).to_be_visible()  # private addresses are refused, in words

    address.fill("https://8.8.8.8/frontdesk")
    owner_page.get_by_role("button", name="Save").click()
    expect(owner_page.get_by_text(re.compile("^whsec_"))).to_be_visible()
    owner_page.get_by_role("button", name="I have it").click()
    owner_page.get_by_role("button", name="Switch off").click()
    expect(owner_page.get_by_text("Nothing is sent here.")).to_be_visible()
    owner_page.reload()
    expect(owner_page.get_by_text("Nothing is sent here.")).to_be_visible()

    expect(owner_page.get_by_text(re.compile("^whsec_"))).to_have_count(0)
    owner_page.once("dialog", lambda dialog: dialog.accept())
    owner_page.get_by_role("button", name="Remove").click()
    expect(owner_page.get_by_text("Nobody is told yet.")).to_be_visible()


def test_the_first_model_is_in_the_history(desk: Frontdesk, owner_page: Page) -> None:
    owner_page.goto(f"{desk.url}/owner#history")

    expect(owner_page.get_by_text("live now").first).to_be_visible()
