"""A conversation and every decision about it, pure: who owns it, what is recorded, what follows.

    bot ──request_handoff──► waiting ──claim──► assigned ──release──► bot
     ▲                                            └──resolve──► resolved
     └───────────────── a customer's message reopens ──────────────┘

An agent may also `join` unasked: from `bot` or `resolved` to `assigned` at once.

A decision takes the conversation as it is and answers a `Step`: the conversation as it will be and the events to
record. `owner_version` rises with every change of owner, so that a reply computed before can be told from one after.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from bot.desk.errors import HandoffAlreadyClaimed, HandoffNotOpen, NotAssignee
from bot.desk.events import ASSISTANT, CUSTOMER, SYSTEM, Author, Command, Draft, message_id, timestamp
from bot.desk.handoff import Notice, claimed, handed_back, resolved
from bot.desk.queue import Priority

Status = Literal["bot", "waiting", "assigned", "resolved"]
HandoffState = Literal["waiting", "assigned", "released", "resolved"]

RULE_MAX_CHARS = 500
"""The rule of a handoff is one sentence, which may quote the customer."""

NEXT_MESSAGE = "next"
"""Value of `boundary` between a hand-back and the customer's next message, whose id it then becomes."""


@dataclass(frozen=True, kw_only=True)
class Handoff:
    """A transfer to a human, from the request to its end."""

    id: str
    reference: str
    reason: str
    rule: str | None = None
    evidence: Sequence[Mapping[str, Any]] = ()
    priority: Priority = "normal"
    message_id: str | None = None
    requested_at: datetime
    state: HandoffState = "waiting"

    def as_dict(self) -> dict[str, Any]:
        """As in the summary of a conversation."""
        return {
            "id": self.id,
            "reference": self.reference,
            "reason": self.reason,
            "rule": self.rule,
            "evidence": [dict(each) for each in self.evidence],
            "requested_at": timestamp(self.requested_at),
            "priority": self.priority,
        }


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """One customer's thread as it stands."""

    id: str
    status: Status = "bot"
    priority: Priority = "normal"
    assignee_id: str | None = None
    assignee_name: str | None = None
    owner_version: int = 0
    last_seq: int = 0
    last_message: Mapping[str, Any] | None = None
    sentiment: Mapping[str, Any] | None = None
    contact: Mapping[str, Any] | None = None
    handoff: Mapping[str, Any] | None = None  # the open one
    waiting_since: datetime | None = None
    snoozed_until: datetime | None = None  # by the assignee, who has it all the same
    boundary: str | None = None
    quarantined: bool = False
    failures: int = 0
    page_url: str | None = None
    locale: str | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def is_human_owned(self) -> bool:
        """Whether the assistant keeps silent."""
        return self.status in ("waiting", "assigned")

    @property
    def assignee(self) -> dict[str, Any] | None:
        """The responsible agent."""
        return {"id": self.assignee_id, "name": self.assignee_name} if self.assignee_id else None


@dataclass(frozen=True, kw_only=True)
class Step:
    """The outcome of a decision: what to record, in this order, and the conversation afterwards."""

    conversation: Conversation
    drafts: tuple[Draft, ...] = ()
    handoff: Handoff | None = None  # opened by this step
    handoff_state: HandoffState | None = None  # of the open handoff, after this step
    runs_turn: bool = False
    payload: str | None = None  # what a button asks the engine, for the turn

    def then(self, later: "Step") -> "Step":
        """This step and one decided on its outcome, as one."""
        return replace(
            later,
            drafts=self.drafts + later.drafts,
            handoff=later.handoff or self.handoff,
            handoff_state=later.handoff_state or self.handoff_state,
            runs_turn=self.runs_turn or later.runs_turn,
            payload=later.payload or self.payload,
        )


@dataclass(frozen=True, kw_only=True)
class Place:
    """A waiting conversation's place in the queue."""

    position: int | None
    expected_wait_s: int | None = None


@dataclass(frozen=True, kw_only=True)
class Utterance:
    """What a customer said, by words or by a button."""

    text: str
    command: Command
    button_id: str | None = None
    payload: str | None = field(default=None, repr=False)
    masked: tuple[str, ...] = ()  # what was blacked out in it


def open_conversation(new: Conversation, greeting: str) -> Step:
    """Begin with the greeting."""
    greets = Draft(type="message", author=ASSISTANT, body={"text": greeting, "buttons": [], "kind": "greeting"})
    return Step(conversation=new, drafts=(greets,))


def hear(now_is: Conversation, utterance: Utterance) -> Step:
    """Take a customer's message; a resolved conversation is reopened by it."""
    begin = _reopen(now_is)
    conversation = begin.conversation
    if conversation.boundary == NEXT_MESSAGE:
        seq = now_is.last_seq + len(begin.drafts) + 1
        conversation = replace(conversation, boundary=message_id(conversation.id, seq))
    client_id = utterance.command.client_message_id
    body: dict[str, Any] = {"text": utterance.text, "kind": "utterance", "client_message_id": client_id}
    if utterance.masked:
        body["masked"] = list(utterance.masked)
    if utterance.button_id:
        body["button_id"] = utterance.button_id
    heard = Draft(type="message", author=CUSTOMER, body=body, command=utterance.command)
    runs_turn = not conversation.is_human_owned
    return begin.then(Step(conversation=conversation, drafts=(heard,), runs_turn=runs_turn, payload=utterance.payload))


def _reopen(now_is: Conversation, by: Author = CUSTOMER) -> Step:
    """The assistant's again, if it was resolved."""
    if now_is.status != "resolved":
        return Step(conversation=now_is)
    reopened = Draft(type="conversation.reopened", author=by)
    return Step(conversation=_owned(now_is, status="bot"), drafts=(reopened,))


def request_handoff(
    now_is: Conversation,
    handoff: Handoff,
    *,
    notice: Notice,
    place: Place,
    author: Author = SYSTEM,
    command: Command | None = None,
) -> Step:
    """Ask for a human: the conversation waits in the queue and the assistant falls silent.

    Raises:
        HandoffNotOpen: A handoff is open already; callers answer that one instead.
    """
    if now_is.is_human_owned:
        raise HandoffNotOpen("This conversation waits for a human already.")
    begin = _reopen(now_is)
    conversation = replace(
        _owned(begin.conversation, status="waiting"),
        handoff=handoff.as_dict(),
        priority=handoff.priority,
        waiting_since=handoff.requested_at,
    )
    requested = Draft(type="handoff.requested", author=author, body=_requested(handoff, place), command=command)
    asked = Step(conversation=conversation, drafts=(requested, _told(notice)), handoff=handoff, handoff_state="waiting")
    return begin.then(asked)


def _requested(handoff: Handoff, place: Place) -> dict[str, Any]:
    shown = handoff.as_dict()
    body = {name: shown[name] for name in ("reference", "reason", "rule", "evidence", "priority")}
    return {"handoff_id": handoff.id, **body, "position": place.position, "expected_wait_s": place.expected_wait_s}


def _told(notice: Notice) -> Draft:
    body = {"text": notice.text, "buttons": [], "kind": "handoff", "wants_contact": notice.wants_contact}
    return Draft(type="message", author=SYSTEM, body=body)


def remind(now_is: Conversation, *, notice: Notice, waited_s: int) -> Step:
    """Say that nobody has claimed the handoff yet: to the customer in words, to staff and owner as an alert.

    Raises:
        HandoffNotOpen: Nobody waits here any longer.
    """
    if now_is.status != "waiting" or now_is.handoff is None:
        raise HandoffNotOpen
    handoff = now_is.handoff
    body = {name: handoff.get(name) for name in ("reference", "reason", "priority")}
    alert = Draft(
        type="handoff.waiting", author=SYSTEM, body={"handoff_id": handoff.get("id"), **body, "waited_s": waited_s}
    )
    return Step(conversation=now_is, drafts=(alert, _told(notice)))


def claim(now_is: Conversation, agent: Author, command: Command) -> Step:
    """Make `agent` responsible.

    Raises:
        HandoffAlreadyClaimed: An agent has it.
        HandoffNotOpen: Nobody asked for a human.
    """
    if now_is.status == "assigned":
        raise HandoffAlreadyClaimed(now_is.assignee)
    if now_is.status != "waiting":
        raise HandoffNotOpen
    conversation = replace(_owned(now_is, status="assigned"), assignee_id=agent.id, assignee_name=agent.name)
    drafts = (_handed("handoff.accepted", now_is, agent, command), _told(claimed(agent.name)))
    return Step(conversation=conversation, drafts=drafts, handoff_state="assigned")


def join(now_is: Conversation, handoff: Handoff, agent: Author, command: Command) -> Step:
    """Make `agent` responsible for a conversation that waits for nobody; one that waits is claimed.

    The handoff is requested and accepted in one step, so that all that follows is as after any other.

    Raises:
        HandoffAlreadyClaimed: An agent has it.
    """
    if now_is.is_human_owned:
        return claim(now_is, agent, command)
    begin = _reopen(now_is, by=agent)
    conversation = replace(_owned(begin.conversation, status="waiting"), handoff=handoff.as_dict())
    requested = Draft(type="handoff.requested", author=agent, body=_requested(handoff, Place(position=None)))
    asked = Step(conversation=conversation, drafts=(requested,), handoff=handoff, handoff_state="waiting")
    return begin.then(asked).then(claim(conversation, agent, command))


def reply(now_is: Conversation, agent: Author, text: str, command: Command) -> Step:
    """Say something to the customer as their agent.

    Raises:
        NotAssignee: Another agent is responsible, or nobody yet.
        HandoffNotOpen: The assistant owns the conversation, or it is resolved.
    """
    check_assignee(now_is, agent)
    body = {"text": text, "buttons": [], "kind": "reply", "client_message_id": command.client_message_id}
    return Step(conversation=now_is, drafts=(Draft(type="message", author=agent, body=body, command=command),))


def hand_back(now_is: Conversation, agent: Author, command: Command) -> Step:
    """Return the conversation to the assistant, which forgets what led to this handoff.

    Raises:
        NotAssignee: As for `reply`.
        HandoffNotOpen: As for `reply`.
    """
    return _close(now_is, agent, command, status="bot", state="released", notice=handed_back(agent.name))


def resolve(now_is: Conversation, agent: Author, command: Command) -> Step:
    """Close the conversation until the customer writes again.

    Raises:
        NotAssignee: As for `reply`.
        HandoffNotOpen: As for `reply`.
    """
    return _close(now_is, agent, command, status="resolved", state="resolved", notice=resolved(agent.name))


def _close(
    now_is: Conversation, agent: Author, command: Command, *, status: Status, state: HandoffState, notice: Notice
) -> Step:
    check_assignee(now_is, agent)
    conversation = replace(_owned(now_is, status=status), boundary=NEXT_MESSAGE, failures=0, priority="normal")
    closed = _handed(f"handoff.{state}", now_is, agent, command)
    return Step(conversation=conversation, drafts=(closed, _told(notice)), handoff_state=state)


def note(now_is: Conversation, author: Author, body: Mapping[str, Any], command: Command | None = None) -> Step:
    """Keep something for staff only."""
    return Step(conversation=now_is, drafts=(Draft(type="note", author=author, body=dict(body), command=command),))


def leave_contact(now_is: Conversation, *, email: str, name: str | None, command: Command | None) -> Step:
    """Keep how the customer can be reached; it never grants access to anything."""
    contact = {"email": email, "name": name}
    given = Draft(type="contact", author=CUSTOMER, body=contact, command=command)
    return Step(conversation=replace(now_is, contact=contact), drafts=(given,))


def rate(now_is: Conversation, *, score: int, comment: str | None, command: Command) -> Step:
    """Keep the customer's rating."""
    rating = Draft(type="rating", author=CUSTOMER, body={"score": score, "comment": comment}, command=command)
    return Step(conversation=now_is, drafts=(rating,))


def feel(now_is: Conversation, sentiment: Mapping[str, Any], message_seq: int) -> Step:
    """Record the sentiment of one message; the newest message's is the conversation's."""
    draft = Draft(type="sentiment", author=SYSTEM, body={"message_seq": message_seq, **sentiment})
    shown = {"polarity": sentiment.get("polarity"), "label": sentiment.get("label")}
    return Step(conversation=replace(now_is, sentiment=shown), drafts=(draft,))


def check_assignee(now_is: Conversation, agent: Author) -> None:
    """Raise unless a human is needed here and `agent` is the one."""
    if not now_is.is_human_owned:
        raise HandoffNotOpen
    if now_is.assignee_id != agent.id:
        raise NotAssignee


def _handed(type_: str, now_is: Conversation, agent: Author, command: Command) -> Draft:
    handoff_id = (now_is.handoff or {}).get("id")
    body = {"handoff_id": handoff_id, "agent": {"id": agent.id, "name": agent.name}}
    return Draft(type=type_, author=agent, body=body, command=command)


def _owned(now_is: Conversation, *, status: Status) -> Conversation:
    """Another owner: the version rises, and what belonged to the one before is cleared."""
    keeps = status == "assigned"
    return replace(
        now_is,
        status=status,
        owner_version=now_is.owner_version + 1,
        assignee_id=None,
        assignee_name=None,
        waiting_since=None,
        snoozed_until=None,
        handoff=now_is.handoff if keeps else None,
    )
