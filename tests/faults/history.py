"""The history checker: what clients saw against what the record holds (in the manner of Jepsen)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class ClientLog:
    """What one customer's client did and saw in one conversation.

    Attributes:
        sent: `client_message_id` → text, of everything it tried to send.
        acked: `client_message_id` → the seq the server promised.
        shown: seq → event, of everything that arrived, each kept once per arrival.
    """

    conversation_id: str
    sent: dict[str, str] = field(default_factory=dict)
    acked: dict[str, int] = field(default_factory=dict)
    shown: list[dict[str, Any]] = field(default_factory=list)


def violations(log: ClientLog, record: list[dict[str, Any]], *, turns_finished: bool = True) -> list[str]:
    """Check one conversation's record against its client's log.

    Args:
        log: What the client did.
        record: All events of the conversation, as staff see them, in order.
        turns_finished: Whether every utterance must have been answered by now.

    Returns:
        A sentence per broken promise; empty when all hold.
    """
    utterances = [e for e in record if e["type"] == "message" and e["author"]["kind"] == "customer"]
    stored = Counter(e["body"].get("client_message_id") for e in utterances)
    by_id = {e["body"].get("client_message_id"): e for e in utterances}
    found = [f"seq {[e['seq'] for e in record]} is not 1…n"] if [e["seq"] for e in record] != _count(record) else []
    for message_id, seq in log.acked.items():
        if message_id not in by_id:
            found.append(f"lost: {message_id} was accepted as {seq} and is not in the record")
        elif by_id[message_id]["seq"] != seq or by_id[message_id]["body"]["text"] != log.sent[message_id]:
            found.append(f"changed: {message_id} was accepted as {seq}, recorded as {by_id[message_id]}")
    found += [f"doubled: {message_id} stands {n} times" for message_id, n in stored.items() if n > 1]
    found += [f"invented: {message_id} was never sent" for message_id in stored if message_id not in log.sent]
    answers = _answers(record)
    if turns_finished:
        excused = _heard_by_a_person(record)
        silent = [e["seq"] for e in utterances if not answers[e["seq"]] and e["seq"] not in excused]
        found += [f"silent: seq {seq} has no answer" for seq in silent]
    found += [f"answered {answers[e['seq']]} times: seq {e['seq']}" for e in utterances if answers[e["seq"]] > 1]
    return found + _handoff_violations(record)


def shown_violations(log: ClientLog, record: list[dict[str, Any]]) -> list[str]:
    """Check what the client was shown: nothing missing, nothing twice, in order."""
    seqs = [event["seq"] for event in log.shown]
    found = [f"shown twice: {seq}" for seq, n in Counter(seqs).items() if n > 1]
    found += [f"never shown: {event['seq']}" for event in record if event["seq"] not in set(seqs)]
    if seqs != sorted(seqs):
        found.append(f"shown out of order: {seqs}")
    return found


def _count(record: list[dict[str, Any]]) -> list[int]:
    return list(range(1, len(record) + 1))


def _answers(record: list[dict[str, Any]]) -> Counter[int]:
    """How often each utterance was answered; messages that follow each other without a break are one answer."""
    found, before = Counter[int](), None
    for event in record:
        answers = event["body"].get("replies_to") if _is_shown_answer(event) else None
        if answers is not None and answers != before:
            found[answers] += 1
        before = answers
    return found


def _is_shown_answer(event: dict[str, Any]) -> bool:
    is_answer = event["type"] == "message" and event["author"]["kind"] == "assistant"
    return is_answer and not event["body"].get("suppressed")


def _heard_by_a_person(record: list[dict[str, Any]]) -> set[int]:
    """Utterances that a person read: said while one had the conversation, or unanswered when it was handed over.

    Turns run in order. Once the assistant answered a later utterance, an earlier one is owed its own answer.
    """
    found, unanswered, person = set[int](), set[int](), False
    for event in record:
        match event["type"]:
            case "handoff.requested":
                found, unanswered, person = found | unanswered, set(), True
            case "handoff.released" | "handoff.resolved":
                person = False
            case "message" if event["author"]["kind"] == "customer":
                (found if person else unanswered).add(event["seq"])
            case "message" if event["author"]["kind"] == "assistant" and not event["body"].get("suppressed"):
                answered = event["body"].get("replies_to") or 0
                unanswered = {seq for seq in unanswered if seq > answered}
    return found


def _handoff_violations(record: list[dict[str, Any]]) -> list[str]:
    """At most one open handoff, and no assistant's answer while a person owns the conversation."""
    found, open_handoffs, person = [], 0, False
    for event in record:
        match event["type"]:
            case "handoff.requested":
                open_handoffs, person = open_handoffs + 1, True
            case "handoff.released" | "handoff.resolved":
                open_handoffs, person = open_handoffs - 1, False
            case "message" if event["author"]["kind"] == "assistant" and person:
                if not event["body"].get("suppressed"):
                    found.append(f"the assistant spoke at {event['seq']} while a person had the conversation")
        if open_handoffs > 1:
            found.append(f"two open handoffs at {event['seq']}")
    return found
