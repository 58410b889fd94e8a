import asyncio
import json
from datetime import UTC, datetime

import pytest

from bot.desk.conversation import Conversation
from bot.desk.events import ASSISTANT, CUSTOMER, Event
from bot.server.feed import Feed, Subscription

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
CONVERSATION = Conversation(id="cnv_1", created_at=NOW, updated_at=NOW)

pytestmark = pytest.mark.anyio


def said(seq: int, **body: object) -> Event:
    return Event(
        conversation_id="cnv_1", seq=seq, type="message", author=ASSISTANT, at=NOW, body={"text": "hi", **body}
    )


async def has_frame(subscription: Subscription) -> bool:
    try:
        return await asyncio.wait_for(subscription.next(), 0.01) is not None
    except TimeoutError:
        return False


async def test_a_customer_hears_of_the_own_conversation_only() -> None:
    feed = Feed()
    mine, other = (Subscription(max_bytes=1000, conversation_id=name) for name in ("cnv_1", "cnv_2"))
    feed.add(mine)
    feed.add(other)

    feed.publish([said(1)], CONVERSATION)

    assert (await has_frame(mine), await has_frame(other)) == (True, False)


async def test_past_its_limit_a_reader_is_cut() -> None:
    slow = Subscription(max_bytes=100)

    for _ in range(4):
        slow.offer("x" * 40)

    assert slow.close_code == 1013
    assert await slow.next() is None
    await asyncio.wait_for(slow.cut(), 0.1)


async def test_a_frame_that_is_being_sent_counts_until_it_has_left() -> None:
    slow = Subscription(max_bytes=100)
    slow.offer("x" * 60)
    await slow.next()

    slow.offer("x" * 60)

    assert slow.close_code == 1013


async def test_a_reader_that_keeps_up_is_never_cut() -> None:
    quick = Subscription(max_bytes=100)

    for _ in range(50):
        quick.offer("x" * 60)
        await quick.next()
        quick.sent()

    assert quick.close_code is None


async def test_a_goodbye_is_the_last_frame() -> None:
    feed = Feed()
    one = Subscription(max_bytes=1000, conversation_id="cnv_1")
    feed.add(one)
    feed.publish([said(1)], CONVERSATION)

    feed.close()
    one.offer("late")

    queued = await one.next()
    assert queued is not None
    assert json.loads(queued[0])["type"] == "goodbye"
    one.sent()
    assert await one.next() is None
    assert one.close_code == 1012


async def test_goodbyes_spread_the_return() -> None:
    feed = Feed()
    everyone = [Subscription(max_bytes=1000, conversation_id=f"cnv_{n}") for n in range(10)]
    for one in everyone:
        feed.add(one)

    feed.close(spread_s=5)

    waits = []
    for one in everyone:
        queued = await one.next()
        assert queued is not None
        waits.append(json.loads(queued[0])["retry_after_s"])
    assert (min(waits), max(waits)) == (1.0, 5.5)


async def test_who_left_is_forgotten() -> None:
    feed = Feed()
    one = Subscription(max_bytes=1000, conversation_id="cnv_1", address="1.2.3.4")
    feed.add(one)

    feed.remove(one)
    feed.remove(one)

    assert (len(feed), feed.count(conversation_id="cnv_1"), feed.count_at("1.2.3.4")) == (0, 0, 0)
    assert feed._customers == {}


async def test_two_consoles_of_one_agent_are_one_agent_online() -> None:
    feed = Feed()
    for _ in range(2):
        feed.add(Subscription(max_bytes=1000, staff_id="stf_1"))
    feed.add(Subscription(max_bytes=1000, staff_id="stf_2"))

    assert feed.agents_online == 2
    feed.set_available("stf_1", available=False)
    assert feed.agents_online == 1


async def test_a_closed_account_is_cut() -> None:
    feed = Feed()
    closed, other = (Subscription(max_bytes=1000, staff_id=name) for name in ("stf_1", "stf_2"))
    feed.add(closed)
    feed.add(other)

    feed.disconnect_staff("stf_1")

    assert (closed.close_code, other.close_code) == (1008, None)


async def test_the_writer_is_not_told_of_their_own_typing() -> None:
    feed = Feed()
    customer = Subscription(max_bytes=1000, conversation_id="cnv_1")
    console = Subscription(max_bytes=1000, staff_id="stf_1")
    feed.add(customer)
    feed.add(console)

    feed.typing("cnv_1", CUSTOMER, on=True)

    assert (await has_frame(customer), await has_frame(console)) == (False, True)
