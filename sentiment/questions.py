"""Reads what customers ask a bank (BANKING77) and people ask an assistant (CLINC150): moods and needs of whole intents.

Nobody labelled single messages there, so an intent says only what holds for nearly all of its messages; a need
that some of them have stays unknown. Their worth is in what they do not say: an ordinary question needs no human.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from .errors import CorpusUnreadable
from .example import Example, one_hot, rows_of
from .labels import NEUTRAL
from .needs import NEEDS

# Requests and questions of CLINC150 that say nothing about the speaker's mood.
_ROUTINE_INTENTS = (
    "balance transfer book_flight book_hotel order_status routing card_declined directions exchange_rate hours "
    "international_fees order shipping schedule_meeting travel_alert travel_suggestion weather next_holiday "
    "restaurant_reservation confirm_reservation cancel_reservation what_song calculator measurement_conversion "
    "time timezone date alarm reminder todo_list shopping_list reading_level spelling definition insurance "
    "interest_rate min_payment new_card replacement_card_duration expiration_date credit_limit bill_due pay_bill "
    "transactions spending_history update_playlist play_music change_language car_rental gas oil_change_how "
    "ingredients_list recipe nutrition_info cook_time meal_suggestion food_last calories yes no maybe repeat"
).split()
# Intents of BANKING77 in which something went wrong for the customer, and those that only ask.
_PROBLEM_INTENTS = (
    "Refund_not_showing_up balance_not_updated_after_bank_transfer balance_not_updated_after_cheque_or_cash_deposit "
    "card_not_working card_payment_not_recognised card_payment_wrong_exchange_rate card_swallowed "
    "cash_withdrawal_not_recognised compromised_card contactless_not_working declined_card_payment "
    "declined_cash_withdrawal declined_transfer direct_debit_payment_not_recognised extra_charge_on_statement "
    "failed_transfer lost_or_stolen_card lost_or_stolen_phone pin_blocked top_up_failed top_up_reverted "
    "transaction_charged_twice transfer_not_received_by_recipient unable_to_verify_identity virtual_card_not_working "
    "wrong_amount_of_cash_received wrong_exchange_rate_for_cash_withdrawal"
).split()
_QUESTION_INTENTS = (
    "activate_my_card age_limit apple_pay_or_google_pay atm_support automatic_top_up card_about_to_expire "
    "card_acceptance card_delivery_estimate card_linking change_pin country_support disposable_card_limits "
    "edit_personal_details exchange_rate exchange_via_app fiat_currency_support get_disposable_virtual_card "
    "get_physical_card getting_spare_card getting_virtual_card order_physical_card receiving_money "
    "supported_cards_and_currencies top_up_by_cash_or_cheque top_up_limits topping_up_by_card transfer_into_account "
    "transfer_timing verify_my_identity verify_source_of_funds visa_or_mastercard"
).split()
_FRAUD_INTENTS = frozenset(
    "card_payment_not_recognised cash_withdrawal_not_recognised compromised_card "
    "direct_debit_payment_not_recognised".split()
)
# Nobody labelled their mood. A problem told to a bank is bad news more often than not, calmly put as it may be.
_PROBLEM = (0.65, 0.35, 0.0)

# Needs that some messages of an intent of CLINC150 have and others have not. Orders to an assistant ("pay the bill")
# are no requests to a business, so whether they want an action is never said.
_UNSURE = {
    "report_fraud": "fraud complaint danger",
    "report_lost_card": "fraud complaint",
    "freeze_account": "fraud complaint",
    "damaged_card": "complaint",
    "card_declined": "complaint",
    "account_blocked": "complaint impatient",
    "lost_luggage": "complaint impatient",
    "are_you_a_bot": "person",
    "who_do_you_work_for": "person",
    "make_call": "person",
    "thank_you": "settled",
    "goodbye": "settled",
    "yes": "settled",
    "no": "settled unhelped",
    "repeat": "unhelped",
    "jump_start": "danger",
    "order_status": "complaint",
    "oos": "person danger fraud legal",
}
_CALM_WEIGHT = 0.5  # of needs that nobody looked for, message by message


def read_requests(path: Path, *, seed: int, count: int = 1500) -> list[Example]:
    """Read routine requests of CLINC150 as neutral."""
    texts = sorted(text for text, intent in _clinc(path, "train") if intent in _ROUTINE_INTENTS)
    chosen = random.Random(seed).sample(texts, min(count, len(texts)))  # noqa: S311 - reproducible, not secret
    return [Example(text=text, source="requests", target=one_hot(NEUTRAL), frustration=0.0) for text in chosen]


def read_calm(path: Path, *, parts: Sequence[str] = ("train", "oos_train")) -> list[Example]:
    """Read all of CLINC150 for what it does not need; its mood stays unknown."""
    return [
        Example(text=text, source="calm", needs=_none_but(_UNSURE.get(intent, "").split()), needs_weight=_CALM_WEIGHT)
        for part in parts
        for text, intent in _clinc(path, part)
    ]


def _clinc(path: Path, part: str) -> list[tuple[str, str]]:
    try:
        rows = json.loads(path.read_text("utf-8"))[part]
    except (OSError, ValueError, KeyError) as exc:
        raise CorpusUnreadable(f"Cannot read {path}: {exc}. Expected CLINC150's data_full.json.") from exc
    return [(text, intent) for text, intent in rows]


def read_banking(path: Path) -> list[Example]:
    """Read BANKING77: problems as mostly negative, questions as neutral; of intents that are both, no mood."""
    examples = []
    for text, intent in rows_of(path, columns=2, header=True, delimiter=","):
        problem, question = intent in _PROBLEM_INTENTS, intent in _QUESTION_INTENTS
        needs = _none_but(["complaint", "impatient", "fraud", "person"] if not question else ["person"])
        if intent in _FRAUD_INTENTS:
            needs["fraud"] = 1.0
        examples.append(
            Example(
                text=text,
                source="banking",
                target=_PROBLEM if problem else one_hot(NEUTRAL) if question else None,
                frustration=0.3 if problem else 0.0 if question else None,
                needs=needs,
                needs_weight=_CALM_WEIGHT,
            )
        )
    return examples


def _none_but(unsure: Iterable[str]) -> dict[str, float]:
    """No need at all, but for those nobody knows; "action" is never known here."""
    unknown = {*unsure, "action"}
    return {name: 0.0 for name in NEEDS if name not in unknown}
