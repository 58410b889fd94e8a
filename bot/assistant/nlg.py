"""The assistant's words: articles as they were written, and the domain's responses for all else.

Rasa's templates would fill in braces and split an answer at blank lines, and an action server that is down would
silence every answer. So answers are made here, in the engine's own process, from what the ranker attached to the
message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.assistant.components.ranker import UNDERSTANDING
from bot.assistant.importer import ARTICLE_ID
from bot.assistant.languages import ENGLISH, reply_in
from bot.assistant.payloads import Payload
from bot.assistant.understanding import CHOOSE, Article

Reply = dict[str, Any]

NONE_OF_THESE = {"title": "None of these", "payload": str(Payload(intent="none_of_these"))}
PERSON = Payload(intent="talk_to_person")
PERSON_TITLE = "Talk to a person"
_QUOTED_CHARS = 80


class ArticleGenerator(TemplatedNaturalLanguageGenerator):  # type: ignore[misc]  # Rasa's class is untyped
    """Rasa's generator of responses, with articles.

    A response may be any of the domain's; variations take turns, so nobody reads the same line twice running.
    """

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        super().__init__(domain.responses if domain else {})

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> Reply | None:
        """Makes the reply for an `utter_` action; None when the domain has no such response."""
        meaning = _meaning(tracker)
        if utter_action == "utter_article" and meaning.get("answers"):
            return _article_reply(meaning["answers"], meaning.get("beside") or ())
        if utter_action == "utter_clarify" and meaning.get("choices"):
            return {**self._variation(utter_action, tracker), "buttons": _choice_buttons(meaning["choices"])}
        if utter_action == "utter_fallback":
            return self._fallback(meaning, tracker)
        if utter_action == "utter_repeat":
            return _latest_words(tracker) or self._variation(utter_action, tracker)
        if utter_action == "utter_dont_know":
            return self._variation(f"utter_help_{_requested_slot(tracker)}", tracker) or self._variation(
                utter_action, tracker
            )
        return self._variation(utter_action, tracker) or None

    def _fallback(self, meaning: Mapping[str, Any], tracker: DialogueStateTracker) -> Reply:
        foreign = reply_in(meaning.get("language"))
        if foreign is not None:
            button = {"title": foreign.button, "payload": str(PERSON)}
            kind = {"kind": "fallback", "offers_person": True}
            return {"text": foreign.text, "buttons": [button], "metadata": kind}
        missing = self._variation(f"utter_missing_{_requested_slot(tracker)}", tracker)
        if missing:
            return missing
        again = any(event.metadata.get("utter_action") == "utter_fallback" for event in _latest_replies(tracker))
        return self._variation("utter_fallback_again" if again else "utter_fallback", tracker)

    def _variation(self, utter_action: str, tracker: DialogueStateTracker) -> Reply:
        """The variation whose turn it is; empty when the domain has none."""
        variations = self.responses.get(utter_action, [])
        if not variations:
            return {}
        said = sum(event.metadata.get("variation_of") == utter_action for event in _replies(tracker))
        reply = dict(variations[said % len(variations)])
        # Only the text: the braces of a button's payload are JSON, not the name of a slot.
        filled: Reply = self._fill_response({"text": reply["text"]}, tracker.current_slot_values())
        return {**reply, **filled, "variation_of": utter_action}


def article_text(article: Article) -> str:
    """An article as one text: its answer, and its links as a last paragraph."""
    links = [f"[{button['title']}]({button['url']})" for button in article["buttons"] if button.get("url")]
    return "\n\n".join([article["answer"], *([" · ".join(links)] if links else [])])


def choose_payload(article_id: str) -> str:
    """The payload of a button that asks for an article."""
    return str(Payload(intent=CHOOSE, entities={ARTICLE_ID: article_id}))


def _article_reply(answers: list[Article], beside: Iterable[Mapping[str, Any]]) -> Reply:
    """The articles one after the other, then a word about each question of the message that they leave open."""
    parts: list[dict[str, Any]] = [
        {"text": article_text(article), "article_id": article["id"], "buttons": _article_buttons(article)}
        for article in answers
    ]
    parts += [_open_question(question) for question in beside]
    offers_person = {"offers_person": True} if parts[-1].get("kind") == "fallback" else {}
    return {
        "text": "\n\n".join(part["text"] for part in parts),
        "buttons": [button for part in parts for button in part["buttons"]] or None,
        "metadata": {"kind": "answer", "parts": parts, **offers_person},
    }


def _open_question(question: Mapping[str, Any]) -> dict[str, Any]:
    asked = _quoted(question["asked"])
    if question["kind"] == "fallback":
        button = {"title": PERSON_TITLE, "payload": str(PERSON)}
        return {"kind": "fallback", "text": f"I found no answer to {asked}. A person can help.", "buttons": [button]}
    buttons = _choice_buttons(question["choices"])
    if question["kind"] == "flow":
        return {"kind": "flow", "text": f"About {asked}, I can do this for you:", "buttons": buttons[:-1]}
    return {"kind": "clarify", "text": f"And about {asked}, did you mean one of these?", "buttons": buttons}


def _quoted(words: str) -> str:
    """A customer's words in quotation marks, without the marks that a reader of Markdown would act on."""
    plain = " ".join("".join(char for char in words if char not in "*_`[]()<>#|~\\").split()).strip(" .,;:!?")
    return f"“{plain if len(plain) <= _QUOTED_CHARS else plain[: _QUOTED_CHARS - 1] + '…'}”"


def _article_buttons(article: Article) -> list[dict[str, str]]:
    return [
        {"title": button["title"], "payload": choose_payload(button["article"])}
        for button in article["buttons"]
        if button.get("article")
    ]


def _choice_buttons(choices: list[dict[str, str]]) -> list[dict[str, str]]:
    buttons = [
        {
            "title": choice["title"],
            "payload": choose_payload(choice["article_id"])
            if "article_id" in choice
            else str(Payload(intent=choice["intent"])),
        }
        for choice in choices
    ]
    return [*buttons, NONE_OF_THESE]


def _meaning(tracker: DialogueStateTracker) -> dict[str, Any]:
    parse_data = tracker.latest_message.parse_data if tracker.latest_message else None
    meaning: dict[str, Any] = (parse_data or {}).get(UNDERSTANDING) or {"language": ENGLISH}
    return meaning


def _requested_slot(tracker: DialogueStateTracker) -> str | None:
    return tracker.get_slot("requested_slot") if tracker.active_loop_name else None


def _replies(tracker: DialogueStateTracker) -> Iterable[BotUttered]:
    return (event for event in tracker.events if isinstance(event, BotUttered))


def _latest_replies(tracker: DialogueStateTracker) -> list[BotUttered]:
    """What was said in the turn before this one."""
    turns: list[list[BotUttered]] = [[]]
    for event in reversed(tracker.events):
        if event.type_name == "user":
            turns.append([])
        elif isinstance(event, BotUttered):
            turns[-1].append(event)
        if len(turns) > 2:
            break
    return turns[1] if len(turns) > 1 else []


def _latest_words(tracker: DialogueStateTracker) -> Reply | None:
    spoken = [event for event in _replies(tracker) if event.text]
    if not spoken:
        return None
    latest = spoken[-1]
    return {
        "text": latest.text,
        "buttons": latest.data.get("buttons"),
        "metadata": latest.metadata.get("metadata", {}),
        "utter_action": "utter_repeat",
    }
