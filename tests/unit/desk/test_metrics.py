"""The desk's figures and their formulas."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.metrics import ClosedConversation, Share, figures, share

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)


def closed(*, customer: str | None = None, after: timedelta = timedelta(0), **facts: Any) -> ClosedConversation:
    started = MONDAY + after
    return ClosedConversation(customer=customer, started_at=started, closed_at=started + timedelta(minutes=10), **facts)


def counted(name: str, *conversations: ClosedConversation) -> tuple[int, int]:
    found = next(figure for figure in figures(conversations) if figure.name == name)
    return found.share.hits, found.share.n


def test_a_share_has_its_wilson_interval() -> None:
    one = share(38, 40)

    assert one.low == pytest.approx(0.8350, abs=1e-4)
    assert one.high == pytest.approx(0.9862, abs=1e-4)


def test_no_cases_are_no_share_rather_than_zero() -> None:
    assert share(0, 0) == Share(hits=0, n=0, value=None, low=None, high=None)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_within_one(case: tuple[int, int]) -> None:
    one = share(*case)

    assert one.value is not None
    assert one.low is not None
    assert one.high is not None
    assert 0.0 <= one.low <= one.value <= one.high <= 1.0


@pytest.mark.parametrize(("hits", "n"), [(2, 1), (-1, 3)])
def test_an_impossible_share_is_refused(hits: int, n: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        share(hits, n)


def test_containment_counts_conversations_without_a_handoff() -> None:
    assert counted("containment", closed(), closed(), closed(handed_off=True)) == (2, 3)


def test_deflection_takes_off_who_came_back_within_72_hours() -> None:
    first = closed(customer="ana")
    soon = closed(customer="ana", after=timedelta(hours=71))
    other = closed(customer="ben")

    assert counted("deflection", first, soon, other) == (2, 3)


def test_coming_back_later_is_a_new_matter() -> None:
    assert counted("deflection", closed(customer="ana"), closed(customer="ana", after=timedelta(hours=80))) == (2, 2)


def test_deflection_leaves_out_customers_nobody_can_recognise() -> None:
    assert counted("deflection", closed(), closed(customer="ana")) == (1, 1)


def test_confirmed_and_assumed_resolutions_are_apart() -> None:
    conversations = [closed(confirmed=True), closed(), closed(reopened=True), closed(handed_off=True)]

    assert counted("resolution_confirmed", *conversations) == (1, 4)
    assert counted("resolution_assumed", *conversations) == (1, 4)


def test_csat_is_the_share_of_fours_and_fives_among_ratings() -> None:
    assert counted("csat", closed(rating=5), closed(rating=4), closed(rating=3), closed()) == (2, 3)


def test_every_figure_comes_with_its_formula() -> None:
    assert all(figure.formula for figure in figures([]))
