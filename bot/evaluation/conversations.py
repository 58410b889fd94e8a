"""Reads conversations for escalation: scripted ones in YAML, stored ones in JSONL.

A file holds `conversations:` (YAML) or one conversation a line (JSONL): `id`, `turns` and, where known, `step_in`:
`never` or `{turn, reason}`, when a good human steps in. A turn has `text` and whatever else of `TurnFacts` is known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from bot.desk.escalation import TurnFacts
from bot.desk.simulator import PastConversation
from bot.evaluation.tables import TableError

TURN_FIELDS = {one.name for one in fields(TurnFacts)} - {"message_id"}
NEVER = "never"


class ConversationsInvalid(TableError):
    """The file of conversations cannot be used."""

    code = "conversations_invalid"


@dataclass(frozen=True, kw_only=True)
class StepIn:
    """When a good human steps in; no turn means never."""

    turn: int | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LabelledConversation:
    """A conversation, where it is from, and when a good human steps in, if anybody said so."""

    past: PastConversation
    source: str
    step_in: StepIn | None


def read_conversations(paths: Iterable[Path]) -> list[LabelledConversation]:
    """Read files, and the `.yml` and `.jsonl` files of folders.

    Raises:
        ConversationsInvalid: A file, conversation or turn cannot be used; names it.
    """
    found = [one for path in paths for file in _files(path) for one in _read(file)]
    ids = [one.past.id for one in found]
    twice = next((name for name in ids if ids.count(name) > 1), None)
    if twice is not None:
        raise ConversationsInvalid(f"The conversation “{twice}” is there twice. Give every one its own id.")
    if not found:
        raise ConversationsInvalid("There are no conversations. Name files or a folder with .yml or .jsonl files.")
    return found


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.iterdir() if file.suffix in (".yml", ".yaml", ".jsonl"))


def _read(path: Path) -> Iterator[LabelledConversation]:
    try:
        text = path.read_text("utf-8")
        entries = list(_json_lines(text)) if path.suffix == ".jsonl" else _yaml_entries(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, json.JSONDecodeError) as exc:
        raise ConversationsInvalid(f"{path}: cannot be read ({exc}).") from exc
    if not isinstance(entries, list):
        raise ConversationsInvalid(f"{path}: `conversations` must be a list.")
    return (_conversation(entry, f"{path}: conversation {n}") for n, entry in enumerate(entries, start=1))


def _yaml_entries(text: str) -> Any:
    document = yaml.safe_load(text)
    return document.get("conversations") if isinstance(document, Mapping) else document


def _json_lines(text: str) -> Iterator[Any]:
    return (json.loads(line) for line in text.splitlines() if line.strip())


def _conversation(entry: Any, where: str) -> LabelledConversation:
    if not isinstance(entry, Mapping) or not entry.get("id") or not isinstance(entry.get("turns"), list):
        raise ConversationsInvalid(f"{where}: needs an `id` and a list of `turns`.")
    name = str(entry["id"])
    turns = tuple(_turn(turn, name, n, where) for n, turn in enumerate(entry["turns"], start=1))
    if not turns:
        raise ConversationsInvalid(f"{where} (“{name}”): has no turns.")
    step_in = _step_in(entry.get("step_in"), len(turns), f"{where} (“{name}”)")
    past = PastConversation(id=name, turns=turns, marks=frozenset(map(str, entry.get("marks") or ())))
    return LabelledConversation(past=past, source=where, step_in=step_in)


def _turn(turn: Any, name: str, number: int, where: str) -> TurnFacts:
    at = f"{where} (“{name}”), turn {number}"
    if not isinstance(turn, Mapping) or not isinstance(turn.get("text"), str):
        raise ConversationsInvalid(f"{at}: needs a `text`.")
    unknown = sorted(str(key) for key in turn if key not in TURN_FIELDS and key != "message_id")
    if unknown:
        raise ConversationsInvalid(f"{at}: does not know {', '.join(f'`{key}`' for key in unknown)}.")
    facts = {key: value for key, value in turn.items() if key != "message_id"}
    return TurnFacts(message_id=str(turn.get("message_id", f"{name}:{number}")), **facts)


def _step_in(value: Any, turns: int, where: str) -> StepIn | None:
    if value is None:
        return None
    if value == NEVER:
        return StepIn(turn=None)
    turn = value.get("turn") if isinstance(value, Mapping) else None
    if not isinstance(turn, int) or not 1 <= turn <= turns:
        raise ConversationsInvalid(f"{where}: `step_in` must be `never` or name a turn from 1 to {turns}.")
    reasons = value.get("reason", [])
    return StepIn(turn=turn, reasons=tuple(reasons) if isinstance(reasons, list) else (str(reasons),))
