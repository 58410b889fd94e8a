"""Snoozing: an agent's conversation that has to wait for something else, and comes back by itself.

It stays the agent's, so the assistant stays silent; the agent has told the customer what happens. It is awake again
when its time has come, when the customer writes, or when the agent says so.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.desk.conversation import Conversation, Step, Utterance, check_assignee, hear
from bot.desk.errors import InvalidRequest
from bot.desk.events import CUSTOMER, Author, Command, Draft, timestamp

LONGEST = timedelta(days=60)


def snooze(now_is: Conversation, agent: Author, command: Command, *, until: datetime, now: datetime) -> Step:
    """Put a conversation aside until then.

    Raises:
        NotAssignee: As for a reply.
        HandoffNotOpen: As for a reply.
        InvalidRequest: It is over already, or too far.
    """
    check_assignee(now_is, agent)
    if not now < until <= now + LONGEST:
        message = f"must be a time to come, within {LONGEST.days} days"
        raise InvalidRequest([{"field": "until", "message": message}])
    snoozed = Draft(type="conversation.snoozed", author=agent, body={"until": timestamp(until)}, command=command)
    return Step(conversation=replace(now_is, snoozed_until=until), drafts=(snoozed,))


def wake(now_is: Conversation, by: Author, command: Command | None = None) -> Step:
    """Bring a snoozed conversation back to its agent.

    Raises:
        InvalidRequest: It is awake.
    """
    if now_is.snoozed_until is None:
        raise InvalidRequest([{"field": "until", "message": "this conversation is not snoozed"}])
    if by.kind == "agent":
        check_assignee(now_is, by)
    woken = Draft(type="conversation.woken", author=by, command=command)
    return Step(conversation=replace(now_is, snoozed_until=None), drafts=(woken,))


def hear_awake(now_is: Conversation, utterance: Utterance) -> Step:
    """Take a customer's message, which wakes what was snoozed."""
    if now_is.snoozed_until is None:
        return hear(now_is, utterance)
    begin = wake(now_is, CUSTOMER)
    return begin.then(hear(begin.conversation, utterance))
