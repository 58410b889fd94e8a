"""Two agents and one customer: who looks is seen, who joins is told, and what was explained becomes an article."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.acceptance.conftest import PASSWORD, Frontdesk, page_of
from tests.acceptance.test_website_to_a_human_and_back import Customer

EXPLAINED = "No, but the barber on Mill Lane trims beards on Tuesdays, without an appointment."


def colleague(desk: Frontdesk, browser: Browser, owner_page: Page) -> Page:
    """A page of Mara, an agent whom the owner has invited."""
    owner_page.goto(f"{desk.url}/owner#team")
    owner_page.get_by_label("Name").fill("Mara Quill")
    owner_page.get_by_label("E-mail address").fill("mara@larkspurbooks.example")
    owner_page.get_by_role("button", name="Make a link").click()
    expect(owner_page.get_by_text("Invited, not here yet")).to_be_visible()
    link = owner_page.get_by_text(re.compile("/setup#")).first.inner_text()
    page = page_of(browser)
    page.goto(link)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    page.get_by_role("heading", name="Welcome").wait_for()
    return page


def test_agents_join_see_each_other_and_propose_an_article(desk: Frontdesk, browser: Browser, owner_page: Page) -> None:
    mara = colleague(desk, browser, owner_page)
    with Customer(desk.url) as customer:
        customer.ask("do you trim beards?")

        owner_page.goto(f"{desk.url}/agent#{customer.id}")
        owner_page.get_by_role("button", name="Join", exact=True).wait_for()
        mara.goto(f"{desk.url}/agent#{customer.id}")
        expect(owner_page.get_by_text("Mara Quill is looking at this").first).to_be_visible()
        mara.get_by_role("button", name="Join", exact=True).click()
        expect(owner_page.get_by_text("Mara Quill took over")).to_be_visible()
        expect(owner_page.get_by_role("button", name="Join", exact=True)).to_have_count(0)

        reply = mara.get_by_role("textbox", name="Your reply")
        reply.press_sequentially(EXPLAINED)
        expect(owner_page.get_by_text("Mara Quill is writing").first).to_be_visible()
        reply.press("Enter")
        mara.get_by_role("button", name="Save as article").click()
        expect(mara.get_by_text("Proposed as an article")).to_be_visible()
        mara.get_by_role("button", name="Hand back", exact=True).click()
        expect(mara.get_by_role("button", name="Join", exact=True)).to_be_visible()
        mara.context.close()

    owner_page.goto(f"{desk.url}/owner#unanswered")
    proposal = owner_page.get_by_role("listitem").filter(has_text="Proposed by Mara Quill")
    proposal.get_by_role("link", name="Open in the editor").click()
    expect(owner_page.get_by_role("textbox", name="The question")).to_have_value("do you trim beards?")
    expect(owner_page.get_by_role("textbox", name="The answer")).to_have_value(EXPLAINED)
    owner_page.goto(f"{desk.url}/owner#unanswered")
    proposal.get_by_role("button", name="Not needed").click()
    expect(proposal).to_have_count(0)
