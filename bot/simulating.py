"""Compares thresholds in a process of its own: replaying is pure computing, and customers must not wait for it.

`run` starts `python -m bot.simulating`, which reads one JSON object and writes one. It ends by itself when its time is
up, and is ended when it does not.

```
SimulationFailed
```
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from bot.desk.errors import WorldFailed
from bot.desk.escalation_settings import EscalationSettings
from bot.desk.past import as_json, from_json
from bot.desk.simulator import PastConversation, compare
from bot.desk.simulator import as_json as comparison_as_json
from bot.places import CHECKOUT

GRACE_S = 5.0
"""On top of the time to replay: for starting Python on a busy machine, and for reading and writing."""
NICENESS = 10
PROGRAM = ("-m", "bot.simulating")


class SimulationFailed(WorldFailed):
    """The thresholds could not be tried out. Try again with fewer conversations; nothing was saved or changed."""

    code = "simulation_failed"


async def run(
    past: Sequence[PastConversation],
    *,
    before: EscalationSettings,
    after: EscalationSettings,
    days: float | None,
    limit: int,
    budget_s: float,
) -> dict[str, Any]:
    """Compare in another process.

    Args:
        past: The newest first; what does not fit into the time is left out.
        before: The thresholds in use.
        after: Those to try.
        days: That the conversations span; None: as their turns say.
        limit: Conversations to name of each kind of change.
        budget_s: Seconds to replay.

    Returns:
        As `bot.desk.simulator.as_json`.

    Raises:
        SimulationFailed: The process broke or did not end.
    """
    fixed = {"before": before.to_dict(), "after": after.to_dict(), "days": days, "limit": limit, "budget_s": budget_s}
    question = await asyncio.to_thread(lambda: json.dumps({**fixed, "past": [as_json(one) for one in past]}).encode())
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *PROGRAM,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # a trace could quote customers
        cwd=CHECKOUT,
    )
    try:
        async with asyncio.timeout(budget_s + GRACE_S):
            answer, _ = await process.communicate(question)
        found: dict[str, Any] = json.loads(answer)
    except (TimeoutError, ValueError) as exc:
        raise SimulationFailed from exc
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return found


def answer(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the process answers."""
    until = time.monotonic() + asked["budget_s"]
    found = compare(
        map(from_json, asked["past"]),
        before=EscalationSettings.from_dict(asked["before"]),
        after=EscalationSettings.from_dict(asked["after"]),
        days=asked["days"],
        has_time=lambda: time.monotonic() < until,
    )
    return comparison_as_json(found, limit=asked["limit"])


if __name__ == "__main__":
    os.nice(NICENESS)  # customers first
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
