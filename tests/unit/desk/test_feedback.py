"""What the owner learns from questions that were not simply answered."""

from datetime import datetime, timedelta, timezone
from typing import Any

from bot.desk.feedback import Miss, Offer, gather, press_of

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=timezone.utc)
BUTTONS = [
    {"id": "btn_3_a", "title": "Do you sell vouchers?", "payload": '/choose_article{"article_id": "buy-gift-card"}'},
    {"id": "btn_3_b", "title": "Talk to a person", "payload": "/talk_to_person"},
    {"id": "btn_3_c", "title": "None of these", "payload": "/none_of_these"},
]


def miss(conversation_id: str = "cnv_1", **fields: Any) -> Miss:
    given = {"seq": 2, "at": NOW, "kind": "fallback", "text": "Do you sell tokens?", **fields}
    return Miss(conversation_id=conversation_id, **given)


def test_the_same_words_are_one_question_in_the_newest_spelling() -> None:
    later = NOW + timedelta(hours=1)

    found = gather([miss(text="do you sell TOKENS", at=later), miss("cnv_2"), miss("cnv_3", text="a piano")], [], [])

    assert [(each.latest.text, each.count) for each in found] == [("do you sell TOKENS", 2), ("a piano", 1)]
    assert (found[0].first_at, found[0].latest.at) == (NOW, later)


def test_the_same_words_of_another_kind_are_another_question() -> None:
    assert len(gather([miss(), miss("cnv_2", kind="clarify")], [], [])) == 2


def test_words_of_marks_alone_stay_apart() -> None:
    assert len(gather([miss(text="???"), miss(text="!!!")], [], [])) == 2


def test_what_was_chosen_refused_and_passed_over_is_counted() -> None:
    asked = [miss(f"cnv_{n}", kind="clarify") for n in range(4)]
    offers = [Offer(conversation_id=each.conversation_id, seq=2, buttons=BUTTONS) for each in asked]
    pressed = [press_of("cnv_0", "btn_3_a"), press_of("cnv_1", "btn_3_c"), press_of("cnv_2", "btn_3_a")]

    (found,) = gather(asked, offers, pressed)

    assert [(each.article_id, each.intent, each.offered, each.chosen) for each in found.choices] == [
        ("buy-gift-card", None, 4, 2),
        (None, "talk_to_person", 4, 0),
    ]
    assert (found.refused, found.passed_over) == (1, 1)


def test_a_press_counts_in_its_own_conversation_only() -> None:
    offer = Offer(conversation_id="cnv_1", seq=2, buttons=BUTTONS)

    (found,) = gather([miss(kind="clarify")], [offer], [press_of("cnv_2", "btn_3_a")])

    assert found.choices[0].chosen == 0
    assert found.passed_over == 1
