from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, BotUttered, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant.languages import reply_in
from bot.assistant.nlg import ArticleGenerator
from tests.unit.assistant.dialogue import article, replied, said, tracker_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def generator(domain: Domain) -> ArticleGenerator:
    return ArticleGenerator(domain=domain)


async def reply(generator: ArticleGenerator, action: str, tracker: DialogueStateTracker) -> dict[str, Any]:
    made = await generator.generate(action, tracker, "website")
    assert made is not None
    return made


@pytest.mark.parametrize(
    "answer", ["It costs {}.", "A lone } and {order_number}.", "One.\n\nTwo.\n\n\nThree.", "{0[a]}"]
)
async def test_an_answer_is_said_as_it_was_written(generator: ArticleGenerator, domain: Domain, answer: str) -> None:
    tracker = tracker_of(domain, said("?", answers=[article(answer=answer)]))

    made = await reply(generator, "utter_article", tracker)

    assert made["text"] == answer
    assert made["metadata"]["parts"][0] == {"text": answer, "article_id": "hours", "buttons": []}


async def test_buttons_lead_to_articles_and_links_stand_in_the_text(
    generator: ArticleGenerator, domain: Domain
) -> None:
    buttons = [
        {"title": "Café", "article": "cafe", "url": None},
        {"title": "Map", "article": None, "url": "https://example.org/map"},
    ]
    tracker = tracker_of(domain, said("?", answers=[article(buttons=buttons)]))

    made = await reply(generator, "utter_article", tracker)

    assert made["text"] == "Nine to five.\n\n[Map](https://example.org/map)"
    assert made["buttons"] == [{"title": "Café", "payload": '/choose_article{"article_id": "cafe"}'}]


async def test_what_an_answer_leaves_open_gets_a_word_of_its_own(generator: ArticleGenerator, domain: Domain) -> None:
    choice = {"title": "What do you serve?", "article_id": "cafe-menu"}
    beside = [
        {"asked": "do you have a [café](http://x.example)?", "kind": "clarify", "choices": [choice]},
        {"asked": "wheres my order", "kind": "flow", "choices": [{"title": "Check", "intent": "order_status"}]},
        {"asked": "do you rent giraffes " * 9, "kind": "fallback", "choices": []},
    ]
    tracker = tracker_of(domain, said("?", answers=[article()], beside=beside))

    made = await reply(generator, "utter_article", tracker)

    answer, clarify, flow, fallback = made["metadata"]["parts"]
    assert answer["text"] == "Nine to five."
    assert clarify["kind"] == "clarify"
    assert "“do you have a caféhttp://x.example”" in clarify["text"]
    assert [button["title"] for button in clarify["buttons"]] == ["What do you serve?", "None of these"]
    assert [button["payload"] for button in flow["buttons"]] == ["/order_status"]
    assert fallback["buttons"] == [{"title": "Talk to a person", "payload": "/talk_to_person"}]
    assert len(fallback["text"]) < 140
    assert made["metadata"]["offers_person"]


async def test_did_you_mean_ends_with_none_of_these(generator: ArticleGenerator, domain: Domain) -> None:
    choices = [{"title": "When are you open?", "article_id": "hours"}, {"title": "Leave", "intent": "leave_message"}]
    tracker = tracker_of(domain, said("?", choices=choices))

    made = await reply(generator, "utter_clarify", tracker)

    assert [(button["title"], button["payload"]) for button in made["buttons"]] == [
        ("When are you open?", '/choose_article{"article_id": "hours"}'),
        ("Leave", "/leave_message"),
        ("None of these", "/none_of_these"),
    ]


async def test_variations_take_turns(generator: ArticleGenerator, domain: Domain) -> None:
    first = await reply(generator, "utter_thanks", tracker_of(domain, said("thx")))
    said_before = BotUttered(first["text"], {}, {"variation_of": "utter_thanks"})
    second = await reply(generator, "utter_thanks", tracker_of(domain, said("thx"), said_before, said("thx", seq=3)))

    assert first["text"] != second["text"]


async def test_a_second_fallback_in_a_row_uses_other_words(generator: ArticleGenerator, domain: Domain) -> None:
    tracker = tracker_of(domain, said("x"), *replied("Sorry", "utter_fallback"), said("y", seq=3))

    made = await reply(generator, "utter_fallback", tracker)

    assert made["variation_of"] == "utter_fallback_again"


async def test_a_message_in_another_language_gets_an_honest_reply_in_it(
    generator: ArticleGenerator, domain: Domain
) -> None:
    tracker = tracker_of(domain, said("Wann habt ihr offen?", language="de"))

    made = await reply(generator, "utter_fallback", tracker)

    assert "Englisch" in made["text"]
    assert made["buttons"][0]["payload"] == "/talk_to_person"


@pytest.mark.parametrize("language", [None, "en"])
def test_english_needs_no_foreign_reply(language: str | None) -> None:
    assert reply_in(language) is None


def test_a_language_without_words_of_its_own_gets_english_ones() -> None:
    found = reply_in("eo")

    assert found is not None
    assert "English" in found.text


async def test_a_flow_says_what_it_could_not_read(generator: ArticleGenerator, domain: Domain) -> None:
    flow = [ActiveLoop("order_status_form"), SlotSet("requested_slot", "order_number")]
    tracker = tracker_of(domain, said("x"), *flow, said("dunno what", seq=3))

    made = await reply(generator, "utter_fallback", tracker)

    assert "order number" in made["text"]


async def test_a_flow_helps_with_what_it_asks_for(generator: ArticleGenerator, domain: Domain) -> None:
    flow = [ActiveLoop("order_status_form"), SlotSet("requested_slot", "order_number")]
    tracker = tracker_of(domain, said("x"), *flow, said("I don't have it", seq=3))

    made = await reply(generator, "utter_dont_know", tracker)

    assert "confirmation e-mail" in made["text"]


async def test_a_response_may_name_slots_and_its_buttons_carry_json(
    domain: Domain, caplog: pytest.LogCaptureFixture
) -> None:
    button = {"title": "Wrong item", "payload": '/inform{"return_reason": "Wrong item"}'}
    generator = ArticleGenerator(domain=domain)
    generator.responses = {"utter_found": [{"text": "Found {order_number}.", "buttons": [button]}]}
    tracker = tracker_of(domain, said("x"), SlotSet("order_number", "LB-104118"))

    made = await reply(generator, "utter_found", tracker)

    assert (made["text"], made["buttons"]) == ("Found LB-104118.", [button])
    assert caplog.records == []


async def test_repeat_says_the_latest_words_again(generator: ArticleGenerator, domain: Domain) -> None:
    tracker = tracker_of(
        domain, said("x"), *replied("Nine to five.", "utter_article", kind="answer"), said("what?", seq=3)
    )

    made = await reply(generator, "utter_repeat", tracker)

    assert (made["text"], made["metadata"]) == ("Nine to five.", {"kind": "answer"})


async def test_every_response_of_the_domain_has_words(generator: ArticleGenerator, domain: Domain) -> None:
    tracker = tracker_of(domain, said("x"))
    responses = [name for name in domain.responses if name != "utter_fallback"]

    for name in responses:
        made = await reply(generator, name, tracker)
        assert made["text"].strip(), name


def test_small_talk_never_says_the_same_twice_running(domain: Domain) -> None:
    chatty = [
        "utter_greet",
        "utter_goodbye",
        "utter_thanks",
        "utter_help",
        "utter_joke",
        "utter_compliment",
        "utter_bored",
    ]

    assert all(len(domain.responses[name]) >= 2 for name in chatty)
