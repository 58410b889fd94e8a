"""The feed's WebSockets: hello, replay, push, heartbeat.

The socket is an acceleration only. Whatever goes wrong on it ends it with a code, and the client resumes by `after`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from time import monotonic
from typing import TypeVar

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect, WebSocketState

from bot import failpoints
from bot.desk.conversation import Conversation
from bot.desk.errors import DeskError, NotFound, RateLimited, WorldFailed
from bot.desk.events import CUSTOMER, Author, Event
from bot.server import accounts, metrics, problems
from bot.server.feed import RESTARTING, TRY_LATER, Subscription, encode, event_frame
from bot.server.frames import REFUSED, FrameRefused, Looking, Pong, Typing, customer_hello, next_frame, staff_hello
from bot.server.limits import Buckets
from bot.server.looking import Gaze
from bot.server.origins import check_widget_origin
from bot.server.parts import Parts, parts_of
from bot.server.settings import Settings
from bot.server.sign_in import check_origin
from bot.server.views import summary
from bot.server.widget import conversation_of_token
from bot.store import conversations, log
from bot.store.staff import Staff

T = TypeVar("T")

REPLAY_PAGE = 200
QUEUE_LIMIT = 100
SIGNED_IN_EVERY_S = 4.0
"""A session that ended closes its sockets within 5 s."""

CLOSE_TIMEOUT_S = 2.0
SEND_TIMEOUT_S = 20.0
"""A peer that takes no byte for this long is gone or hostile; either way it costs a queue."""

router = APIRouter()


@router.websocket("/api/feed")
async def customer_feed(websocket: WebSocket) -> None:
    """A customer's own conversation."""
    server = parts_of(websocket)
    address = server.limits.address_of(websocket)
    if not await _admitted(websocket, server, address, check_widget_origin):
        return
    async with _closing(websocket):
        hello = await _in_time(server, address, customer_hello(websocket))
        if await conversation_of_token(hello.token, server) != hello.conversation_id:
            raise NotFound
        if server.feed.count(conversation_id=hello.conversation_id) >= server.settings.sockets_per_conversation:
            raise FrameRefused(TRY_LATER)
        subscription = Subscription(
            max_bytes=server.settings.queued_max_bytes, conversation_id=hello.conversation_id, address=address
        )
        async with _subscribed(server, subscription):
            await _serve_customer(websocket, server, subscription, hello.conversation_id, hello.after)


async def _serve_customer(
    websocket: WebSocket, server: Parts, subscription: Subscription, conversation_id: str, after: int
) -> None:
    # Subscribed already: what is committed from here on is queued, and dropped by `seq` where the replay has it too.
    now_is = await server.database.read(conversations.get, conversation_id)
    await _send(websocket, encode(_welcome(server, now_is)))
    async for event in _replay(server, conversation_id, after):
        await _send(websocket, event_frame(event, staff=False))
        after = event.seq

    def told(frame: Typing | Looking) -> None:
        if isinstance(frame, Looking):
            raise FrameRefused(REFUSED)
        server.feed.typing(conversation_id, CUSTOMER, frame.on)

    await _converse(websocket, server, subscription, after, told)


def _welcome(server: Parts, now_is: Conversation) -> dict[str, object]:
    return {
        "type": "welcome",
        "epoch": server.database.epoch,
        "last_seq": now_is.last_seq,
        "status": now_is.status,
    }


async def _replay(server: Parts, conversation_id: str, after: int) -> AsyncIterator[Event]:
    while page := await server.database.read(log.after, conversation_id, after, limit=REPLAY_PAGE):
        for event in page:
            yield event
        after = page[-1].seq
        if len(page) < REPLAY_PAGE:
            return


@router.websocket("/api/agent/feed")
async def staff_feed(websocket: WebSocket) -> None:
    """All conversations, for staff."""
    server = parts_of(websocket)
    address = server.limits.address_of(websocket)
    if not await _admitted(websocket, server, address, partial(check_origin, required=True)):
        return
    async with _closing(websocket):
        hello = await _in_time(server, address, staff_hello(websocket))
        person = await accounts.authenticate_feed(websocket, hello.csrf)
        subscription = Subscription(max_bytes=server.settings.queued_max_bytes * 4, staff_id=person.id, address=address)
        async with _subscribed(server, subscription):
            await _serve_staff(websocket, server, subscription, person)


async def _serve_staff(websocket: WebSocket, server: Parts, subscription: Subscription, person: Staff) -> None:
    page = await server.database.read(conversations.page, ["waiting", "assigned", "bot"], limit=QUEUE_LIMIT)
    welcome = {"type": "welcome", "epoch": server.database.epoch, "last_seq": 0, "status": None}
    await _send(websocket, encode(welcome))
    await _send(websocket, encode({"type": "queue", "conversations": [summary(each) for each in page.conversations]}))
    author = Author(kind="agent", id=person.id, name=person.name)

    gaze = Gaze(server.feed, author)

    def told(frame: Typing | Looking) -> None:
        if isinstance(frame, Looking):
            gaze.take(frame)
        elif frame.conversation_id:
            server.feed.typing(frame.conversation_id, author, frame.on)

    async def watch_session() -> None:
        while await accounts.still_signed_in(websocket):
            await asyncio.sleep(SIGNED_IN_EVERY_S)
        subscription.end(REFUSED)

    try:
        await _converse(websocket, server, subscription, 0, told, watch_session())
    finally:
        gaze.end()


async def _admitted(
    websocket: WebSocket, server: Parts, address: str, check: Callable[[WebSocket, Settings], None]
) -> bool:
    """Accept the socket, or refuse the handshake as a problem document before any upgrade."""
    try:
        check(websocket, server.settings)
        server.limits.requests.take(address)
        if server.feed.is_closing:
            raise problems.ShuttingDown
        server.admission.enter(address)
    except DeskError as error:
        await websocket.send_denial_response(problems.of_error(error))
        return False
    try:
        await websocket.accept()
    except BaseException:
        server.admission.leave(address)
        raise
    return True


async def _in_time(server: Parts, address: str, hello: Awaitable[T]) -> T:
    """The hello of a socket that was admitted."""
    try:
        async with asyncio.timeout(server.settings.hello_timeout_s):
            return await hello
    except TimeoutError:
        raise FrameRefused(REFUSED) from None
    finally:
        server.admission.leave(address)


@contextlib.asynccontextmanager
async def _subscribed(server: Parts, subscription: Subscription) -> AsyncIterator[None]:
    server.feed.add(subscription)
    try:
        yield
    finally:
        server.feed.remove(subscription)


@contextlib.asynccontextmanager
async def _closing(websocket: WebSocket) -> AsyncIterator[None]:
    """Close with the code that says why."""
    try:
        yield
    except FrameRefused as refused:
        await _close(websocket, refused.close_code)
    except WorldFailed:
        await _close(websocket, TRY_LATER)
    except DeskError as error:
        await _close(websocket, REFUSED, error.code)
    except (WebSocketDisconnect, TimeoutError):
        await _close(websocket, TRY_LATER)


async def _close(websocket: WebSocket, code: int, reason: str = "") -> None:
    if code == 0 or websocket.application_state is WebSocketState.DISCONNECTED:
        return
    metrics.CLOSED.labels(code).inc()
    with contextlib.suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            await websocket.close(code, reason)


async def _converse(
    websocket: WebSocket,
    server: Parts,
    subscription: Subscription,
    after: int,
    told: Callable[[Typing | Looking], None],
    *watchers: Awaitable[None],
) -> None:
    """Push, listen and beat until one of them ends; then all end."""
    heard = _Heard()
    work = (
        _push(websocket, server, subscription, after),
        _listen(websocket, server, told, heard),
        subscription.cut(),
        _beat(server, subscription, heard),
        *watchers,
    )
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        await asyncio.wait(tasks[:3], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in ended:
        if isinstance(outcome, Exception):
            raise outcome
    await _close(websocket, subscription.close_code or RESTARTING)


class _Heard:
    """When the client was last heard."""

    def __init__(self) -> None:
        self.at = monotonic()


async def _push(websocket: WebSocket, server: Parts, subscription: Subscription, after: int) -> None:
    while (queued := await subscription.next()) is not None:
        frame, seq = queued
        if seq > after + 1 and subscription.conversation_id:  # another server's events, of which nothing was heard yet
            missed = server.database.read(log.after, subscription.conversation_id, after, limit=seq - after - 1)
            for event in await missed:
                await _send(websocket, event_frame(event, staff=False))
                after = event.seq
        if seq == 0 or seq > after:
            await _send(websocket, frame)
            await failpoints.pass_by("feed.sent")
            after = max(after, seq)
        subscription.sent()


async def _send(websocket: WebSocket, frame: str) -> None:
    async with asyncio.timeout(SEND_TIMEOUT_S):
        await websocket.send_text(frame)


async def _listen(websocket: WebSocket, server: Parts, told: Callable[[Typing | Looking], None], heard: _Heard) -> None:
    rate = server.settings.frames_per_minute
    allowance = Buckets(rate=rate, per_s=60, burst=rate)
    while True:
        frame = await next_frame(websocket)
        heard.at = monotonic()
        try:
            allowance.take("")
        except RateLimited:
            raise FrameRefused(REFUSED) from None
        if not isinstance(frame, Pong):
            told(frame)


async def _beat(server: Parts, subscription: Subscription, heard: _Heard) -> None:
    """Ping, and end a socket whose client has not answered two of them: it went without saying so."""
    every = server.settings.heartbeat_s
    while True:
        await asyncio.sleep(every)
        if monotonic() - heard.at > 2.5 * every:
            subscription.end(TRY_LATER)
            return
        subscription.offer(encode({"type": "ping"}))
