"""What the action server takes from its environment; the only reader of it on this side."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ORDERS_FILE = Path(__file__).parent / "sample_orders.csv"


@dataclass(frozen=True, kw_only=True)
class ActionSettings:
    """Settings of the action server; see docs/protocol.md, “Files at run time”."""

    data_dir: Path
    orders_file: Path
    server_url: str
    webhook_secret: str | None = field(repr=False)
    engine_secret: str | None = field(repr=False)
    port: int

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> ActionSettings:
        """Read the settings.

        Args:
            environ: The variables, `os.environ` unless a test gives others.
        """
        return cls(
            data_dir=Path(environ.get("FRONTDESK_DATA_DIR") or "data"),
            orders_file=Path(environ.get("FRONTDESK_ORDERS_FILE") or ORDERS_FILE),
            server_url=(environ.get("FRONTDESK_SERVER_URL") or "http://127.0.0.1:8000").rstrip("/"),
            webhook_secret=environ.get("FRONTDESK_WEBHOOK_SECRET") or None,
            engine_secret=environ.get("FRONTDESK_ENGINE_SECRET") or None,
            port=int(environ.get("FRONTDESK_ACTIONS_PORT") or 5055),
        )
