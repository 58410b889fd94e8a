"""Runs the assistant: every accepted utterance ends in an answer or in an honest failure, within ten seconds.

Turns of one conversation run one after the other, turns of different ones beside each other. The store holds what is
owed; this module only does it. A restart asks the store and goes on.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any

from bot import failpoints
from bot.desk import turns as desk
from bot.desk.conversation import RULE_MAX_CHARS, Step, feel
from bot.desk.errors import NotFound, WorldFailed
from bot.desk.events import ASSISTANT
from bot.desk.queue import PRIORITIES
from bot.desk.turns import QUARANTINED, Answered, Turn
from bot.server import metrics
from bot.server.breaker import Breaker
from bot.server.engine import EngineClient, EngineDied, EngineFailure, EngineTimeout, EngineUnreachable
from bot.server.escalate import Wish, open_handoff
from bot.server.feed import Feed
from bot.server.profile import Availability
from bot.server.recorder import Change, Recorder
from bot.store import conversations, handoffs, log, turns
from bot.store.database import Database, Transaction
from bot.store.turns import Runner

logger = logging.getLogger(__name__)

DEATHS_BEFORE_QUARANTINE = 2
MIN_PATIENCE_S = 0.5
"""Even an utterance that waited behind a hanging turn is given this long, so that a healthy engine may answer it."""
RETRY_PAUSE_S = 0.25
PROBE_PAUSE_S = 1.0
STORAGE_RETRY_S = 2.0


class Turns:
    """The scheduler of turns.

    Args:
        database: The event store.
        recorder: Records what turns end in.
        engine: Who answers.
        feed: Where typing is shown.
        availability: Whether people can be reached now.
        thresholds: The owner's escalation thresholds now, where they differ from the defaults.
        now: The clock of the record; durations are measured by the monotonic clock.
        timeout_s: How long the engine has, from the acceptance of the utterance.
        concurrency: Turns that may be with the engine at once.
    """

    def __init__(
        self,
        *,
        database: Database,
        recorder: Recorder,
        engine: EngineClient,
        feed: Feed,
        availability: Callable[[], Availability],
        thresholds: Callable[[], Awaitable[Mapping[str, Any]]],
        now: Callable[[], datetime],
        timeout_s: float,
        concurrency: int,
    ) -> None:
        self.breaker = Breaker()
        self._database = database
        self._recorder = recorder
        self._engine = engine
        self._feed = feed
        self._availability = availability
        self._thresholds = thresholds
        self._now = now
        self._timeout_s = timeout_s
        self._slots = asyncio.Semaphore(concurrency)
        self._accepted: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: dict[str, int] = {}  # message id -> lease
        self._runner = Runner(server_id=database.server_id, runs=self._running.__contains__)
        self._is_stopping = False
        recorder.on_turn = self.start
        recorder.on_queued = self.queued

    def queued(self, message_id: str) -> None:
        """Remember when an utterance that has to wait was accepted, by a clock that never jumps."""
        self._accepted[message_id] = monotonic()

    def start(self, turn: Turn) -> None:
        """Run a turn; recording its end starts the one that waits behind it."""
        if not self._is_stopping:
            self._running[turn.message_id] = turn.lease
            self._spawn(self._run(turn))

    def sense(self, conversation_id: str, seq: int, text: str) -> None:
        """Score an utterance that a human answers; a courtesy to the agent, which delays nobody and may fail."""
        if not self._is_stopping and self.breaker.state == "closed":
            self._spawn(self._sense(conversation_id, seq, text))

    async def resume(self) -> int:
        """Start what is owed and what no living server runs: its process ended, or does not move any more.

        Returns:
            How many conversations were waiting.
        """
        if self._is_stopping:
            return 0
        owed = await self._database.read(turns.abandoned, self._runner)
        for conversation_id in owed:
            work = partial(_resume, conversation_id=conversation_id, by=self._runner)
            with contextlib.suppress(NotFound):  # erased meanwhile
                await self._recorder.change(conversation_id, work)
        return len(owed)

    async def stop(self, patience_s: float) -> None:
        """Let running turns end; what is not done by then stays owed in the store."""
        self._is_stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience_s)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, coroutine: Any) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, turn: Turn) -> None:
        try:
            await self._answer(turn)
        finally:
            if self._running.get(turn.message_id) == turn.lease:
                del self._running[turn.message_id]

    async def _answer(self, turn: Turn) -> None:
        """One turn, from asking to the record."""
        await failpoints.pass_by("turn.start")
        began = self._accepted.pop(turn.message_id, monotonic())
        self._feed.typing(turn.conversation_id, ASSISTANT, True)
        with metrics.TURNS_RUNNING.track_inprogress():
            outcome = await self._outcome(turn, began)
        duration_ms = round((monotonic() - began) * 1000)
        ending = Ending(outcome, duration_ms, self._availability(), self._now)
        await self._record(turn, ending)
        self._feed.typing(turn.conversation_id, ASSISTANT, False)
        state = "failed" if isinstance(outcome, str) else "done"
        metrics.TURNS.labels(state, outcome if isinstance(outcome, str) else "").inc()
        metrics.TURN_SECONDS.observe(duration_ms / 1000)

    async def _outcome(self, turn: Turn, began: float) -> Answered | str:
        """The engine's answer, or the code of the failure."""
        if turn.conversation.quarantined:
            return QUARANTINED
        if not self.breaker.admits():
            return "engine_circuit_open"
        patience_s = max(self._timeout_s - (monotonic() - began), MIN_PATIENCE_S)
        try:
            async with asyncio.timeout(patience_s):
                answered = await self._ask(turn)
        except TimeoutError:
            return self._failed(turn, EngineTimeout())
        except EngineFailure as failure:
            return self._failed(turn, failure)
        except asyncio.CancelledError:
            self.breaker.failed()
            raise
        except Exception:
            logger.exception("a turn broke", extra={"message_id": turn.message_id})
            return self._failed(turn, EngineFailure())
        self.breaker.succeeded()
        metrics.BREAKER_OPEN.set(0)
        return answered

    def _failed(self, turn: Turn, failure: EngineFailure) -> str:
        was = self.breaker.state
        self.breaker.failed()
        logger.warning("no answer", extra={"message_id": turn.message_id, "code": failure.code})
        if self.breaker.state == "open" and was != "open":
            metrics.BREAKER_OPEN.set(1)
            self._spawn(self._probe())
        return failure.code

    async def _ask(self, turn: Turn) -> Answered:
        """Ask until there is an answer; the caller's time limit ends it.

        An engine that is not there was asked nothing, so asking again is safe. One that died at work is asked once
        more: it answers a message id it has answered before without running the turn again.
        """
        deaths = turn.engine_deaths
        thresholds = await self._thresholds()
        while True:
            try:
                async with self._slots:
                    return await self._engine.turn(turn, self._metadata(turn, thresholds))
            except EngineUnreachable:
                await asyncio.sleep(RETRY_PAUSE_S)
            except EngineDied:
                deaths += 1
                metrics.ENGINE_DEATHS.inc()
                await self._database.write(turns.count_death, turn)
                if deaths >= DEATHS_BEFORE_QUARANTINE:
                    metrics.QUARANTINED.inc()
                    raise _Quarantined from None
                await asyncio.sleep(RETRY_PAUSE_S)

    def _metadata(self, turn: Turn, thresholds: Mapping[str, Any]) -> Mapping[str, Any]:
        availability = self._availability()
        return {
            "boundary": turn.conversation.boundary,
            "locale": turn.conversation.locale,
            "page_url": turn.conversation.page_url,
            "open": availability.open,
            "agents_online": availability.agents_online,
            "thresholds": dict(thresholds),
        }

    async def _probe(self) -> None:
        """While the circuit is open, ask the engine itself whether customers may come back."""
        while self.breaker.state == "open" and not self._is_stopping:
            await asyncio.sleep(PROBE_PAUSE_S)
            try:
                await self._engine.health()
            except EngineFailure:
                continue
            self.breaker.ready()

    async def _record(self, turn: Turn, ending: "Ending") -> None:
        """Record how a turn ended; a storage that fails is tried again, since the answer is still owed."""
        while True:
            try:
                work = partial(end, turn=turn, ending=ending, by=self._runner)
                await self._recorder.change(turn.conversation_id, work)
            except NotFound:
                return  # erased meanwhile
            except WorldFailed as failure:
                logger.warning("answer not stored yet", extra={"message_id": turn.message_id, "code": failure.code})
                if self._is_stopping:
                    return
                await asyncio.sleep(STORAGE_RETRY_S)
            else:
                return

    async def _sense(self, conversation_id: str, seq: int, text: str) -> None:
        try:
            found = await self._engine.parse(text)
            sentiment = found.get("sentiment")
            if isinstance(sentiment, dict):
                await self._recorder.change(
                    conversation_id,
                    partial(_feel, conversation_id=conversation_id, sentiment=sentiment, seq=seq, now=self._now()),
                )
        except (WorldFailed, NotFound) as failure:
            logger.info("sentiment not scored", extra={"code": failure.code, "conversation_id": conversation_id})


class _Quarantined(EngineFailure):
    """This utterance killed the engine twice."""

    code = QUARANTINED


class Ending:
    """How a turn ended, with what its record needs."""

    def __init__(
        self, outcome: Answered | str, duration_ms: int, availability: Availability, now: Callable[[], datetime]
    ) -> None:
        self.outcome = outcome
        self.duration_ms = duration_ms
        self.availability = availability
        self.now = now()


def end(tx: Transaction, turn: Turn, ending: Ending, by: Runner) -> Change:
    """Record an ending once, open the handoff it calls for, and start the turn behind it.

    The ending of a turn that another server has taken over meanwhile is dropped: that server answers.
    """
    now_is = conversations.lock(tx, turn.conversation_id)
    failed = isinstance(ending.outcome, str)
    ended = turns.Ending(
        state="failed" if failed else "done",
        error_code=ending.outcome if isinstance(ending.outcome, str) else None,
        duration_ms=ending.duration_ms,
    )
    if not turns.finish(tx, turn, ended, now=ending.now):
        metrics.STALE_TURNS.inc()
        return Change(turn=turns.start_next(tx, now_is, by))
    if isinstance(ending.outcome, str):
        step = desk.fail(now_is, turn, ending.outcome, duration_ms=ending.duration_ms, tokens=_tokens())
    else:
        step = desk.finish(now_is, turn, ending.outcome, duration_ms=ending.duration_ms, tokens=_tokens())
    step = _escalated(tx, step, turn, ending)
    recorded = log.record(tx, step, now=ending.now)
    if recorded.conversation.owner_version != turn.owner_version:
        metrics.SUPPRESSED.inc(sum(1 for event in recorded.events if event.body.get("suppressed")))
        turns.skip_stale(tx, recorded.conversation)
    return Change(recorded=recorded, turn=turns.start_next(tx, recorded.conversation, by))


def _escalated(tx: Transaction, step: Step, turn: Turn, ending: Ending) -> Step:
    """The step, and a handoff if the turn calls for one that no webhook has opened."""
    if step.conversation.owner_version != turn.owner_version:
        return step
    wish = _wish(step, turn, ending)
    if wish is None or handoffs.for_message(tx, turn.conversation_id, turn.message_id):
        return step
    return step.then(open_handoff(tx, step.conversation, wish, ending.availability, now=ending.now))


def _wish(step: Step, turn: Turn, ending: Ending) -> Wish | None:
    if isinstance(ending.outcome, str):
        if not desk.needs_human(step.conversation):
            return None
        return Wish(
            reason="tool_failure",
            source="failures",
            rule=f"The assistant failed twice in a row ({ending.outcome.replace('_', ' ')}).",
            priority="high",
            message_id=turn.message_id,
        )
    if not ending.outcome.escalates:
        return None
    explained = ending.outcome.explanation
    priority = explained.get("priority")
    return Wish(
        reason=str(explained.get("reason") or "customer_request")[:32],
        source="engine",
        rule=str(explained.get("rule") or "The assistant decided that a person is needed.")[:RULE_MAX_CHARS],
        evidence=tuple(explained.get("evidence") or ()),
        priority=priority if priority in PRIORITIES else "normal",
        message_id=turn.message_id,
    )


def _resume(tx: Transaction, *, conversation_id: str, by: Runner) -> Change:
    return Change(turn=turns.resume(tx, conversation_id, by))


def _feel(tx: Transaction, *, conversation_id: str, sentiment: Mapping[str, Any], seq: int, now: datetime) -> Change:
    step = feel(conversations.lock(tx, conversation_id), sentiment, seq)
    return Change(recorded=log.record(tx, step, now=now))


def _tokens() -> Iterator[str]:
    while True:
        yield secrets.token_hex(6)
