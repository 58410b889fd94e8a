"""Logs as one JSON object a line, of fields that were chosen: never a message's text, a token or an address.

A log call names an event in fixed words and gives its data as `extra`. Only the fields listed here are written, so that
a careless `extra` cannot leak what a customer said.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

FIELDS = (
    "request_id",
    "method",
    "route",
    "status",
    "duration_ms",
    "code",
    "cause",
    "conversation_id",
    "message_id",
    "handoff_id",
    "webhook_id",
    "staff_id",
    "publication_id",
    "model_id",
    "endpoint_id",
    "count",
)


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON; what people typed cannot break out of it."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line.update({name: getattr(record, name) for name in FIELDS if hasattr(record, name)})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _trace(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True, default=str)


def _trace(error: BaseException) -> list[str]:
    """Types and places only: the message of an error may quote what a customer wrote."""
    lines: list[str] = []
    current: BaseException | None = error
    while current is not None and len(lines) < 40:
        lines.append(type(current).__qualname__)
        place = current.__traceback__
        while place is not None:
            lines.append(f"  {place.tb_frame.f_code.co_filename}:{place.tb_lineno} {place.tb_frame.f_code.co_name}")
            place = place.tb_next
        current = current.__cause__ or current.__context__
    return lines[:60]


def configure(level: int = logging.INFO) -> None:
    """Write all logs of this process to standard error as JSON lines.

    Libraries that log addresses, which may hold what people typed or a token, log warnings only.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.WARNING)
