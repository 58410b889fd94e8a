"""Putting another model in the place of the running one, without refusing a turn.

Rasa's `PUT /model` builds a new agent on the event loop. Here the new processor is built in a thread while turns go
on with the old one, and then one reference changes.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from functools import partial
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent

from bot.assistant.processor import DeskProcessor
from bot.assistant.requests import InvalidRequest, ModelNotLoaded, ModelRequest
from bot.assistant.trackers import store_of

_CHUNK_BYTES = 1 << 20


async def swap_model(agent: Agent, request: ModelRequest) -> dict[str, Any]:
    """Load a model and let the following turns use it.

    Args:
        agent: The running agent.
        request: The file and its hash.

    Returns:
        `{model_id, seconds}`.

    Raises:
        InvalidRequest: The file is missing or has another hash; nothing was changed.
        ModelNotLoaded: Rasa cannot load it; the old model stays.
    """
    started = time.monotonic()
    loop = asyncio.get_running_loop()
    processor = await loop.run_in_executor(None, partial(_load, agent, request))
    agent.processor = processor
    agent.domain = processor.domain
    agent.tracker_store.domain = processor.domain
    agent.nlg.responses = processor.domain.responses
    store = store_of(agent.tracker_store)
    if store is not None:
        store.forget_all()
    return {"model_id": processor.model_metadata.model_id, "seconds": round(time.monotonic() - started, 3)}


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _load(agent: Agent, request: ModelRequest) -> DeskProcessor:
    path = Path(request.path)
    try:
        found = sha256_of(path)
    except OSError as exc:
        raise InvalidRequest(f"There is no model at {path}.") from exc
    if found != request.sha256:
        raise InvalidRequest(f"{path} has another hash ({found[:12]}…) than promised ({request.sha256[:12]}…).")
    try:
        processor = DeskProcessor(
            model_path=path,
            tracker_store=agent.tracker_store,
            lock_store=agent.lock_store,
            action_endpoint=agent.action_endpoint,
            generator=agent.nlg,
        )
    except Exception as exc:
        raise ModelNotLoaded(f"{path} does not load: {exc}") from exc
    return processor
