"""What the customer is told around a handoff: before the silence, while waiting, at the claim and after it.

Nothing here promises what nobody has decided: no wait without figures, no answer by a time. Nothing is silent either:
every state has words and says what the customer can do now.
"""

import re
import unicodedata
from dataclasses import dataclass
from math import ceil
from typing import Literal

Reason = Literal[
    "customer_request",
    "missing_knowledge",
    "negative_sentiment",
    "repeated_failure",
    "unsupported_request",
    "policy_restriction",
    "tool_failure",
]

AGENT_JOINED = "agent_joined"
"""Nobody asked for a person: an agent joined by themselves. Only the desk gives this reason, so it is no `Reason`."""

# Without vowels (no words by chance) and without what is misread or misheard: 0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V.
REFERENCE_ALPHABET = "23456789CDFHJKMNPQRTVWXY"
REFERENCE_CHARS = 4  # 331,776 references; the store refuses a second one and asks for new bytes
LONG_WAIT_S = 600  # past ten minutes people leave the page, so they are offered an answer by e-mail

_LEAD: dict[str, str] = {
    "customer_request": "I'm passing you to a person.",
    "missing_knowledge": "I don't know the answer to that, so I'm passing you to a person who may.",
    "negative_sentiment": "I'm sorry this has gone badly. I'm passing you to a person who can look into it.",
    "repeated_failure": "I'm not getting this right, so I'm passing you to a person.",
    "unsupported_request": "I can't do that for you myself, so I'm passing you to a person.",
    "policy_restriction": "A person should look after this, so I'm passing you on.",
    "tool_failure": "Something on our side isn't working just now, so I'm passing you to a person.",
}
_OFFER: dict[str, str] = {
    "customer_request": "Would you like to talk to a person?",
    "missing_knowledge": "I couldn't answer that. Would you like to talk to a person?",
    "negative_sentiment": "I'm sorry about the trouble. Would you like a person to look into it?",
    "repeated_failure": "I don't seem to be helping. Would you like to talk to a person?",
    "unsupported_request": "I can't do that for you myself. Would you like a person to do it?",
    "policy_restriction": "A person can look after this for you. Would you like to talk to one?",
    "tool_failure": "Something on our side isn't working just now. Would you like to talk to a person?",
}
_KEEP_WRITING = "Keep writing here if you like: they will read all of it."


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A line for the customer, and whether the widget should show the e-mail form under it."""

    text: str
    wants_contact: bool = False


def new_reference(random: bytes, *, business: str = "") -> str:
    """Make a reference such as "LB-7K2M" that can be read out over the telephone.

    Args:
        random: At least 8 random bytes.
        business: The business's name, for its initials; without any it is "FD".

    Raises:
        ValueError: Too few bytes to be unguessable and evenly spread.
    """
    if len(random) < 8:
        raise ValueError(f"A reference needs at least 8 random bytes, not {len(random)}.")
    number = int.from_bytes(random, "big")
    letters = []
    for _ in range(REFERENCE_CHARS):
        number, index = divmod(number, len(REFERENCE_ALPHABET))
        letters.append(REFERENCE_ALPHABET[index])
    return f"{_initials(business)}-{''.join(letters)}"


def offer(reason: str) -> str:
    """The question with which the assistant offers a person; the customer may say no."""
    return _OFFER.get(reason, _OFFER["customer_request"])


def next_steps(
    *,
    open: bool,
    agents_online: int,
    position: int | None,
    expected_wait_s: int | None,
    reference: str,
    next_opening: str | None,
    has_contact: bool,
    reason: str,
) -> Notice:
    """What happens next, said before the assistant falls silent.

    Args:
        open: Whether the desk has its opening hours now.
        agents_online: Agents who are available now; what counts more than the hours.
        position: Place in the queue, 1 for the next one; None when unknown.
        expected_wait_s: From `queue.expected_wait_s`; None when unknown.
        reference: The handoff's reference.
        next_opening: In words, as in "tomorrow at 9:00"; None when unknown.
        has_contact: Whether the customer's e-mail address is known.
        reason: Why a person is needed.
    """
    lead = _LEAD.get(reason, _LEAD["customer_request"])
    kept = f"Your reference is {reference}."
    if agents_online > 0:
        long_wait = expected_wait_s is not None and expected_wait_s > LONG_WAIT_S
        wants_contact = long_wait and not has_contact
        now = "" if open else "It is outside our hours, but somebody is still here."
        away = "If you cannot wait, leave your e-mail address below." if wants_contact else ""
        return _notice(
            lead, now, _place(position), _wait(expected_wait_s), kept, _KEEP_WRITING, away, wants=wants_contact
        )
    if open:
        now = "We are open, but nobody is at the desk at this moment; your request is waiting for the next one who is."
    elif next_opening:
        now = f"The desk is closed now and opens {next_opening}; your request is waiting for us there."
    else:
        now = "The desk is closed now; your request is waiting for us."
    return _notice(lead, now, kept, _by_email(has_contact), wants=not has_contact)


def already_waiting(*, reference: str, position: int | None, agents_online: int, has_contact: bool) -> Notice:
    """The answer to a second request while the first is open: it was heard, and asking again loses no place."""
    lead = f"Your request {reference} is with us already, and you keep your place."
    if agents_online > 0:
        return _notice(lead, _place(position), _KEEP_WRITING)
    return _notice(lead, "Nobody is at the desk at this moment.", _by_email(has_contact), wants=not has_contact)


def still_waiting(*, reference: str, waited_s: float, agents_online: int, has_contact: bool) -> Notice:
    """The reminder to a customer whose handoff nobody has claimed for a while."""
    waited = f"You have been waiting for {_duration(waited_s)}, and I'm sorry about that."
    here = (
        "Somebody is online and has your request"
        if agents_online > 0
        else "Nobody is at the desk at this moment; we keep it"
    )
    return _notice(waited, f"{here} under {reference}.", _by_email(has_contact), wants=not has_contact)


def contact_kept(*, reference: str) -> Notice:
    """The receipt for an e-mail address."""
    return Notice(text=f"Thank you. We can reach you by e-mail now, about {reference}. You can close this page.")


def claimed(agent: str | None) -> Notice:
    """A person has taken over."""
    return Notice(text=f"{_somebody(agent)} has joined and can read everything above.")


def handed_back(agent: str | None) -> Notice:
    """The person has left and the assistant answers again."""
    lead = f"{_somebody(agent)} has left the conversation."
    return _notice(lead, "The assistant answers again; you can ask for a person at any time.")


def resolved(agent: str | None) -> Notice:
    """The person considers the matter settled; the customer may differ."""
    return Notice(text=f"{_somebody(agent)} has marked this as resolved. If something is still open, just write here.")


def _notice(*parts: str, wants: bool = False) -> Notice:
    return Notice(text=" ".join(part for part in parts if part), wants_contact=wants)


def _by_email(has_contact: bool) -> str:
    if has_contact:
        return "We have your e-mail address, so you need not stay on this page."
    return "Leave your e-mail address below, so that we can reach you when you have left this page."


def _place(position: int | None) -> str:
    if position is None or position < 1:
        return ""
    return "You are next in line." if position == 1 else f"You are number {position} in line."


def _wait(expected_wait_s: int | None) -> str:
    if expected_wait_s is None:
        return "I cannot say how long it will take."
    return f"It usually takes about {_duration(expected_wait_s)} at this time."


def _duration(seconds: float) -> str:
    minutes = max(ceil(seconds / 60), 1)
    if minutes < 60:
        return "a minute" if minutes == 1 else f"{minutes} minutes"
    hours = round(minutes / 60)
    return "an hour" if hours == 1 else f"{hours} hours"


def _somebody(agent: str | None) -> str:
    return agent.strip() if agent and agent.strip() else "A person"


def _initials(business: str) -> str:
    plain = unicodedata.normalize("NFKD", business).encode("ascii", "ignore").decode("ascii")
    return "".join(word[0] for word in re.findall(r"[A-Za-z]+", plain))[:3].upper() or "FD"
