"""Frames a client may send on a feed."""

from typing import Annotated, Literal, TypeVar

from pydantic import Field, TypeAdapter, ValidationError
from starlette.websockets import WebSocket

from bot.desk.errors import Refused
from bot.server.bodies import Body, parse_json

T = TypeVar("T")

MAX_BYTES = 16_384
REFUSED = 1008
TOO_BIG = 1009
UNSUPPORTED = 1003


class FrameRefused(Refused):
    """A frame does not fit; the socket is closed."""

    def __init__(self, close_code: int) -> None:
        super().__init__()
        self.close_code = close_code


class CustomerHello(Body):
    """A customer's first frame."""

    type: Literal["hello"]
    protocol: Literal[1]
    conversation_id: str = Field(max_length=64)
    token: str = Field(max_length=200)
    after: int = Field(ge=0, le=2**31 - 1)


class StaffHello(Body):
    """The first frame of an agent or owner."""

    type: Literal["hello"]
    protocol: Literal[1]
    csrf: str = Field(max_length=200)


class Typing(Body):
    """Somebody writes, or has stopped."""

    type: Literal["typing"]
    on: bool
    conversation_id: str | None = Field(None, max_length=64)


class Looking(Body):
    """Somebody of staff has a conversation open, writes in it, or has left it."""

    type: Literal["looking"]
    conversation_id: str = Field(max_length=64)
    what: Literal["reading", "writing", "gone"]


class Pong(Body):
    """The answer to a ping."""

    type: Literal["pong"]


Frame = Annotated[Typing | Looking | Pong, Field(discriminator="type")]
_FRAME: TypeAdapter[Typing | Looking | Pong] = TypeAdapter(Frame)
_CUSTOMER_HELLO = TypeAdapter(CustomerHello)
_STAFF_HELLO = TypeAdapter(StaffHello)


async def _receive(websocket: WebSocket) -> object:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise FrameRefused(0)
    text = message.get("text")
    if text is None:
        raise FrameRefused(UNSUPPORTED)
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) > MAX_BYTES:
        raise FrameRefused(TOO_BIG)
    return parse_json(raw)


async def _next(websocket: WebSocket, adapter: TypeAdapter[T]) -> T:
    try:
        return adapter.validate_python(await _receive(websocket))
    except FrameRefused:
        raise
    except (ValidationError, Refused):
        raise FrameRefused(REFUSED) from None


async def next_frame(websocket: WebSocket) -> Typing | Looking | Pong:
    """The next frame.

    Raises:
        FrameRefused: It does not fit, or the client is gone; the close code says which.
    """
    return await _next(websocket, _FRAME)


async def customer_hello(websocket: WebSocket) -> CustomerHello:
    """A customer's first frame.

    Raises:
        FrameRefused: As for `next_frame`.
    """
    return await _next(websocket, _CUSTOMER_HELLO)


async def staff_hello(websocket: WebSocket) -> StaffHello:
    """The first frame of an agent or owner.

    Raises:
        FrameRefused: As for `next_frame`.
    """
    return await _next(websocket, _STAFF_HELLO)
