"""What the owner learns from questions that were not simply answered."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bot.desk.events import Author, AuthorKind, Event
from bot.desk.feedback import Miss, Offer, asked_before, gather, press_of, replied_after

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


def event(seq: int, type_: str, author: AuthorKind = "system", **body: Any) -> Event:
    return Event(conversation_id="cnv_1", seq=seq, type=type_, author=Author(kind=author), at=NOW, body=body)


ASKED = [
    event(1, "message", "customer", text="Do you repair typewriters?"),
    event(2, "turn", utterance_seq=1, intent="nlu_fallback", outcome="fallback"),
    event(3, "message", "customer", text="thanks a lot"),
    event(4, "turn", utterance_seq=3, intent="thanks", outcome="small_talk"),
    event(5, "message", "customer", text="a person please"),
    event(6, "turn", utterance_seq=5, intent="talk_to_person", outcome="flow"),
    event(7, "message", "customer", text="Talk to a person", button_id="btn_2_a"),
]


def test_the_question_of_a_reply_is_the_last_that_was_typed_and_is_one() -> None:
    later = [*ASKED, event(8, "message", "customer", text="And pianos?"), event(9, "message", "agent", text="No.")]

    assert asked_before(ASKED, 8) == "Do you repair typewriters?"
    assert asked_before(later, 9) == "And pianos?"
    assert asked_before(ASKED[2:], 8) is None


@pytest.mark.parametrize(
    ("said", "seq"),
    [
        (["Hello!", "No, but next door does."], 9),
        (["No,", "and", "we", "This one comes long after the question was answered."], 8),
        ([], None),
    ],
)
def test_the_answer_of_a_person_is_the_longest_of_the_first_replies(said: list[str], seq: int | None) -> None:
    replies = [event(8 + n, "message", "agent", text=text) for n, text in enumerate(said)]

    found = replied_after([*ASKED, *replies], 1)

    assert (found.seq if found else None) == seq


def test_what_a_person_said_after_the_next_handoff_answers_another_question() -> None:
    later = [event(8, "handoff.released"), event(9, "message", "agent", text="We open at nine.")]

    assert replied_after([*ASKED, *later], 1) is None
