"""The owner's escalation thresholds as every turn needs them."""

import logging
from collections.abc import Mapping
from typing import Any

from bot.desk.errors import WorldFailed
from bot.desk.escalation_settings import EscalationSettings
from bot.store import escalation_settings
from bot.store.database import Database

logger = logging.getLogger(__name__)


class Thresholds:
    """Reads them anew for every turn, so that a change counts from the next message, whichever server took it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: Mapping[str, Any] = {}

    async def now(self) -> Mapping[str, Any]:
        """What differs from the defaults; the last known while the store cannot be read, for the turn is owed."""
        try:
            self._known = (await self._database.read(escalation_settings.current)).thresholds
        except WorldFailed as failure:
            logger.warning("thresholds not read; the last known count", extra={"code": failure.code})
        return self._known

    async def settings(self) -> EscalationSettings:
        """All thresholds that count now."""
        return EscalationSettings.from_dict(await self.now())
