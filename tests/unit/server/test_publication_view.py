"""What an owner reads of a publication that failed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.server.publication_view import as_json
from bot.store.publications import Publication

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def failed(message: str, code: str = "training_failed") -> dict[str, Any]:
    return as_json(
        Publication(
            id="pub_1",
            state="failed",
            requested_by=None,
            requested_at=NOW,
            started_at=NOW,
            finished_at=NOW,
            error={"code": code, "message": message, "problems": []},
            summary=None,
            changed_answers=None,
            model_id=None,
        )
    )


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("training_failed", "Training failed: GraphComponentException: Error running graph component for node x."),
        ("training_failed", "Rasa ended with code 1; its words are in the training log."),
        ("trainer_crashed", "The trainer was ended by SIGKILL. Its log /srv/data/logs/training.log ends: Killed"),
        ("trainer_crashed", "The trainer ended with exit code 3 and no result."),
        ("trainer_missing", "/srv/.venv/bin/python is missing: the engine's environment is not installed."),
        ("training_failed", "Only 3 MB are free on the disk of /srv/models; training needs 500 MB."),
        ("internal_error", "[Errno 28] No space left on device: 'models/x'"),
        ("internal_error", "[Errno 13] Permission denied: 'models/x'"),
    ],
)
def test_a_programmers_words_are_details_below_plain_ones(code: str, message: str) -> None:
    told = failed(message, code)

    assert told["error_detail"] == message
    assert "ublish" in told["error"]  # what to do
    for word in ("Exception", "Errno", "Rasa", "SIG", "/srv"):
        assert word not in told["error"]


@pytest.mark.parametrize(
    "message",
    [
        "One article must be mended first: store/a.md:3: the question is missing.",
        "2 golden questions are answered worse than by the live model: When do you open?",
        "There are no articles. Write at least one, then publish.",
    ],
)
def test_what_is_plain_already_stays_as_it_is(message: str) -> None:
    told = failed(message)

    assert (told["error"], told["error_detail"]) == (message, None)
