"""An engine that does what the test says: answers, hangs, dies, talks rubbish.

It speaks the channel of docs/protocol.md on a real port, so the server cannot tell it from Rasa.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import Counter
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

BEHAVIOURS = ("answer", "hang", "empty", "garbage", "html", "error", "unavailable", "huge", "wrong_shape")


def turn_of(text: str) -> dict[str, Any]:
    """The explanation of a turn that answered from an article."""
    return {
        "intent": "faq",
        "confidence": 0.97,
        "outcome": "answer",
        "article_ranking": [{"article_id": "opening-hours", "question": "When?", "confidence": 0.97, "score": 0.9}],
        "entities": [],
        "language": "en",
        "sentiment": {
            "polarity": 0.0,
            "label": "neutral",
            "confidence": 0.9,
            "frustration": 0.0,
            "words": [],
            "reason": None,
        },
        "decision": "continue",
        "reason": None,
        "rule": "",
        "evidence": [],
        "priority": "normal",
        "handoff_requested": False,
        "model_id": "scripted",
    }


class ScriptedEngine:
    """Answers `echo: <text>` unless told otherwise.

    Attributes:
        behaviour: What happens to the next turns, one of `BEHAVIOURS`.
        delay_s: How long an answer takes.
        turn: What its explanations say differently from an ordinary answer's.
        asked: How often each `message_id` was asked for.
        said: Every text it was asked about.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.behaviour = "answer"
        self.delay_s = 0.0
        self.delays: dict[str, float] = {}  # by text, for one slow customer among quick ones
        self.turn: dict[str, Any] = {}
        self.said: set[str] = set()
        self.asked: Counter[str] = Counter()
        self._ending = threading.Event()
        self._answers: dict[str, dict[str, Any]] = {}
        routes = [
            Route("/", self._root),
            Route("/asked", self._count),
            Route("/webhooks/website/health", self._health),
            Route("/webhooks/website/canary", self._canary, methods=["POST"]),
            Route("/webhooks/website/turn", self._turn, methods=["POST"]),
            Route("/webhooks/website/parse", self._parse, methods=["POST"]),
        ]
        config = uvicorn.Config(Starlette(routes=routes), host="127.0.0.1", port=port, log_level="critical")
        self._server = uvicorn.Server(config)
        self.run = self._server.run
        self._thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self) -> ScriptedEngine:
        self._thread.start()
        while not self._server.started:
            threading.Event().wait(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()  # whoever hangs lets go, so that every connection is closed in order
        self._server.should_exit = True
        self._thread.join(timeout=10)

    async def _hang(self) -> None:
        await self._think(float("inf"))

    async def _think(self, seconds: float) -> None:
        """Take this long, but not after the test's end: every connection is to be closed in order."""
        until = time.monotonic() + seconds
        while not self._ending.is_set() and (left := until - time.monotonic()) > 0:
            await asyncio.sleep(min(left, 0.05))

    async def _root(self, _: Request) -> Response:
        return Response("ok")

    async def _count(self, _: Request) -> Response:
        """How many turns it was asked for, for a test in another process."""
        return JSONResponse(self.asked.total())

    async def _health(self, _: Request) -> Response:
        if self.behaviour == "hang":
            await self._hang()
        return JSONResponse({"status": "ready", "model_id": "scripted"})

    async def _canary(self, _: Request) -> Response:
        if self.behaviour == "hang":
            await self._hang()
        if self.behaviour != "answer":
            return JSONResponse({"code": "turn_failed", "detail": "scripted"}, status_code=500)
        return JSONResponse({"model_id": "scripted", "messages": 1})

    async def _parse(self, request: Request) -> Response:
        text = (await request.json())["text"]
        return JSONResponse({"sentiment": turn_of(text)["sentiment"], "language": "en"})

    async def _turn(self, request: Request) -> Response:
        body = await request.json()
        self.asked[body["message_id"]] += 1
        said = body.get("text") or body.get("payload")
        self.said.add(said)
        match self.behaviour:
            case "hang":
                await self._hang()
            case "empty":
                return JSONResponse([])
            case "garbage":
                return Response(b'{"messages": [{"te', media_type="application/json")
            case "html":
                return HTMLResponse("<h1>502 Bad Gateway</h1>")
            case "error":
                return JSONResponse({"code": "turn_failed", "detail": "scripted"}, status_code=500)
            case "unavailable":
                return JSONResponse({"code": "model_not_loaded", "detail": "scripted"}, status_code=503)
            case "huge":
                return Response(b"[" * 10_000_000, media_type="application/json")
            case "wrong_shape":
                return JSONResponse({"messages": "none", "turn": 7})
        await self._think(self.delays.get(said, self.delay_s))
        answer = self._answers.setdefault(body["message_id"], self._answer(body["message_id"], said))
        return JSONResponse(answer)

    def _answer(self, message_id: str, said: str) -> dict[str, Any]:
        reply = {"text": f"echo: {said}", "kind": "answer", "article_id": "opening-hours", "buttons": []}
        return {"message_id": message_id, "messages": [reply], "turn": turn_of(said) | self.turn}


def main() -> int:
    """Run as a process of its own, which can be killed: `SCRIPTED_ENGINE_PORT`, `SCRIPTED_ENGINE_DELAY_S`."""
    engine = ScriptedEngine(int(os.environ["SCRIPTED_ENGINE_PORT"]))
    engine.delay_s = float(os.environ.get("SCRIPTED_ENGINE_DELAY_S", "0"))
    engine.run()
    return 0
