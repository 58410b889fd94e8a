"""What the engine takes from its environment; the only reader of it on this side.

Every value has a default that suits a developer at the repository's root, except the secret: an engine that answers
on a port without one would answer every page open in a browser of this machine.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class EngineSettings:
    """Settings of the engine's process; see docs/protocol.md, “Files at run time”."""

    data_dir: Path
    articles_dir: Path | None  # None: what config.yml says
    secret: str | None
    actions_url: str
    tracker_url: str | None  # SQLAlchemy URL; None: a file in data_dir
    cache_dir: Path  # Rasa's own, and Rasa's own variable

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> EngineSettings:
        """Read the settings.

        Args:
            environ: The variables, `os.environ` unless a test gives others.
        """
        articles = environ.get("FRONTDESK_ARTICLES_DIR")
        return cls(
            data_dir=Path(environ.get("FRONTDESK_DATA_DIR") or "data"),
            articles_dir=Path(articles) if articles else None,
            secret=environ.get("FRONTDESK_ENGINE_SECRET") or None,
            actions_url=f"http://127.0.0.1:{environ.get('FRONTDESK_ACTIONS_PORT') or 5055}/webhook",
            cache_dir=Path(environ.get("RASA_CACHE_DIRECTORY") or Path(".rasa", "cache")),
            tracker_url=environ.get("FRONTDESK_TRACKER_URL") or None,
        )
