"""The whole path: ask, answer, ask for a person, claim, reply, hand back, add an article, publish, ask for it."""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.conftest import Frontdesk, page_of
from tests.acceptance.widget import Widget

UMBRELLAS = """---
id: umbrellas
question: Do you sell umbrellas?
also_asked:
  - got any brollies
  - can I buy an umbrella from you
  - it is raining, do you have umbrellas for sale
  - umbrella price
  - where are the umbrellas kept
tags: [store]
locale: en
review_by: 2027-06-30
escalate: auto
---
Yes: folding umbrellas with a heron on them cost **£14 {each}**, beside the till.
"""


class Customer:
    """A customer without a browser, for questions asked in numbers."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=15)
        body = self._http.post("/api/conversations", json={}).raise_for_status().json()
        self.id, self._headers = body["conversation_id"], {"Authorization": f"Bearer {body['token']}"}

    def __enter__(self) -> Customer:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(self, text: str, *, within_s: float = 12) -> dict[str, Any]:
        """Send a message and wait for the body of its answer."""
        path = f"/api/conversations/{self.id}"
        message = {"client_message_id": str(uuid.uuid4()), "text": text}
        answer = self._http.post(f"{path}/messages", json=message, headers=self._headers).raise_for_status()
        seq = answer.json()["seq"]
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            events = self._http.get(f"{path}/events", params={"after": seq}, headers=self._headers).json()["events"]
            for event in events:
                if event["type"] == "message" and event["body"].get("replies_to") == seq:
                    body: dict[str, Any] = event["body"]
                    return body
            time.sleep(0.05)
        raise AssertionError(f"no answer to {text!r} within {within_s:.0f} s")


def ask_once(desk: Frontdesk, text: str) -> dict[str, Any]:
    """One question of a new customer; the body of its answer."""
    with Customer(desk.url) as customer:
        return customer.ask(text)


def open_waiting(agent: Page, desk: Frontdesk, widget: Widget, reason: str) -> None:
    """Open the conversation of this widget, which waits for `reason`; others may wait too."""
    reference = widget.reference()
    waiting = agent.request.get(f"{desk.url}/api/agent/conversations?status=waiting").json()["conversations"]
    [mine] = [summary["id"] for summary in waiting if summary["handoff"]["reference"] == reference]
    agent.goto(f"{desk.url}/agent")
    expect(agent.get_by_role("button", name=reason).first).to_be_visible()
    agent.goto(f"{desk.url}/agent#{mine}")


def test_from_the_website_to_a_human_and_back(desk: Frontdesk, browser: Browser, owner_page: Page) -> None:
    widget = Widget(page_of(browser), desk.url)
    widget.say("what time do you close on saturdays?")
    widget.expect_text("Saturday")

    widget.frame.get_by_role("button", name="Talk to a person").first.click()
    widget.expect_text("Your reference is")

    open_waiting(owner_page, desk, widget, "Asked for a person")
    expect(owner_page.get_by_text("what time do you close on saturdays?").first).to_be_visible()
    owner_page.get_by_role("button", name="Claim", exact=True).click()
    expect(owner_page.get_by_role("button", name="Hand back", exact=True)).to_be_visible()

    widget.say("is the upstairs reading room free on sunday?")
    expect(owner_page.get_by_text("is the upstairs reading room free on sunday?").last).to_be_visible()
    reply = owner_page.get_by_role("textbox").last
    reply.fill("It is, come whenever you like. Olive")
    owner_page.get_by_role("button", name="Send", exact=True).click()
    widget.expect_text("It is, come whenever you like.")

    owner_page.get_by_role("button", name="Hand back", exact=True).click()
    expect(owner_page.get_by_role("button", name="Hand back", exact=True)).to_have_count(0)
    widget.say("how much is standard delivery?")
    widget.expect_text("£")


def test_an_angry_customer_reaches_a_person_and_the_agent_sees_why(
    desk: Frontdesk, browser: Browser, owner_page: Page
) -> None:
    widget = Widget(page_of(browser), desk.url)

    widget.say("this is the worst service I have ever had, I am furious")
    widget.say("you people are useless, my order is ruined and nobody cares, I hate this")
    widget.say("absolutely terrible, disgusting, I am so angry")
    widget.expect_text("Your reference is")

    open_waiting(owner_page, desk, widget, "Unhappy")
    expect(owner_page.get_by_text("angry").first).to_be_visible()
    expect(owner_page.get_by_text("Unhappy").first).to_be_visible()


def test_a_published_article_is_live_without_a_message_unanswered(
    desk: Frontdesk, browser: Browser, owner_page: Page
) -> None:
    (desk.articles / "store" / "umbrellas.md").write_text(UMBRELLAS, encoding="utf-8")
    stop, failures = threading.Event(), []

    def keep_asking() -> None:
        while not stop.is_set():
            with Customer(desk.url) as customer:  # a new one each time: one who repeats herself is given a person
                answer = customer.ask("when are you open?")
            if answer["kind"] != "answer":
                failures.append(answer)
            time.sleep(0.2)

    asking = threading.Thread(target=keep_asking)
    asking.start()
    try:
        owner_page.goto(f"{desk.url}/owner")
        owner_page.get_by_role("button", name="Publish").first.click()
        deadline = time.monotonic() + 300
        answer = ask_once(desk, "do you sell umbrellas?")
        while answer.get("article_id") != "umbrellas" and time.monotonic() < deadline:
            time.sleep(1)
            answer = ask_once(desk, "do you sell umbrellas?")
    finally:
        stop.set()
        asking.join(timeout=30)

    assert answer["article_id"] == "umbrellas", desk.logs()
    assert "£14 {each}" in answer["text"]
    assert failures == []


def test_a_broken_article_is_named_by_file_and_line_and_the_live_model_stays(
    desk: Frontdesk, browser: Browser, owner_page: Page
) -> None:
    broken = desk.articles / "store" / "broken.md"
    broken.write_text("---\nid: broken\nquestion: [what\n---\nNever shown.\n", encoding="utf-8")
    try:
        owner_page.goto(f"{desk.url}/owner")
        expect(owner_page.get_by_text("broken.md").first).to_be_visible()
        owner_page.get_by_role("button", name="Publish").first.click()
        expect(owner_page.get_by_text("Not published").first).to_be_visible(timeout=60_000)
    finally:
        broken.unlink()

    assert ask_once(desk, "when are you open?")["kind"] == "answer"


def test_a_killed_engine_comes_back_and_nobody_is_left_without_words(desk: Frontdesk) -> None:
    assert ask_once(desk, "when are you open?")["kind"] == "answer"

    kill_engine(desk)
    assert ask_once(desk, "do you do gift cards?")["kind"] in ("answer", "honest_failure")

    deadline = time.monotonic() + 150
    while ask_once(desk, "how much is delivery?")["kind"] != "answer":
        assert time.monotonic() < deadline, desk.logs()
        time.sleep(1)


def kill_engine(desk: Frontdesk) -> None:
    """SIGKILL every process of the engine."""
    import os
    import signal
    from pathlib import Path

    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if "bot.assistant.launcher" in command and str(desk.data) in command:
            os.kill(int(folder.name), signal.SIGKILL)
