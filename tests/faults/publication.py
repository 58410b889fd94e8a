"""One publication in a process of its own, which dies at the failpoint it is given: `FOLDER FAILPOINTS`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot import failpoints
from tests.integration.ops.test_publishing import Press

if __name__ == "__main__":
    press = Press(Path(sys.argv[1]))
    failpoints.arm(sys.argv[2])
    asyncio.run(press.publish())
