"""The shipped model: sentences any shop hears, its files, and its promises."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sentiment import calibrate, fairness
from sentiment.blend import BLEND_FILE, CORRECTED_FILE, Blend
from sentiment.errors import ModelUnavailable
from sentiment.scorer import Scorer
from sentiment.transformer import MODEL_FILE, MODEL_FOLDER, RECORD_FILE, Transformer


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer.load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the model's small files, with the large one linked."""
    for path in MODEL_FOLDER.iterdir():
        if path.name == MODEL_FILE:
            (tmp_path / path.name).symlink_to(path)
        else:
            shutil.copy(path, tmp_path / path.name)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("my parcel is three weeks late", "negative"),
        ("It still hasn't arrived and nobody answers my emails", "negative"),
        ("you people are useless", "negative"),
        ("I want my money back, this is a joke", "negative"),
        ("THIS IS UNACCEPTABLE!!!", "negative"),
        ("😡😡", "negative"),
        ("I'd like to return a book", "neutral"),
        ("where is my order", "neutral"),
        ("can I talk to a person please", "neutral"),
        ("what time do you close on Saturday?", "neutral"),
        ("my order number is 10234", "neutral"),
        ("thanks, that solved it!", "positive"),
        ("haha good one", "positive"),
        ("holy shit this is amazing", "positive"),
        ("not bad at all", "positive"),
    ],
)
def test_what_a_shop_hears(scorer: Scorer, text: str, label: str) -> None:
    assert scorer.score(text).label == label


def test_confidence_is_the_probability_of_the_label(scorer: Scorer) -> None:
    sentiment = scorer.score("The lamp is fine I suppose")

    assert sentiment.confidence is not None
    assert 1 / 3 <= sentiment.confidence <= 1


def test_anger_frustrates_and_sadness_less(scorer: Scorer) -> None:
    angry = scorer.score("This is the third time I ask, you are not listening to me!")
    sad = scorer.score("my mother died, I need to cancel her membership")

    assert angry.frustration is not None
    assert sad.frustration is not None
    assert angry.frustration > sad.frustration


def test_the_heaviest_word_of_a_plain_sentence(scorer: Scorer) -> None:
    words = scorer.score("the delivery of my lamp was awful").words

    assert words[0][0] == "awful"
    assert words[0][1] < 0


def test_the_version_names_both_models(scorer: Scorer) -> None:
    record = json.loads((MODEL_FOLDER / RECORD_FILE).read_text("utf-8"))

    assert record["sha256"][:12] in scorer.version


def test_the_model_is_at_most_25_megabytes() -> None:
    assert (MODEL_FOLDER / MODEL_FILE).stat().st_size <= 25_000_000


def test_fairness_stays_within_the_promise(scorer: Scorer) -> None:
    fair = fairness.measure(lambda text: scorer.score(text).polarity)

    assert fair.mean <= fairness.BOUND_MEAN
    assert fair.worst <= fairness.BOUND_WORST


def test_a_missing_model_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="Restore the folder"):
        Scorer.load(tmp_path)


def test_a_damaged_model_is_recognised(folder: Path) -> None:
    (folder / MODEL_FILE).unlink()
    (folder / MODEL_FILE).write_bytes(b"not a model")

    with pytest.raises(ModelUnavailable, match="expected"):
        Transformer.load(folder)


@pytest.fixture
def corrections(folder: Path) -> Path:
    """Twelve corrections of two kinds of message."""
    rows = [{"text": f"where is my order {number}", "label": "neutral"} for number in range(6)]
    rows += [{"text": f"you lost my parcel number {number} again", "label": "negative"} for number in range(6)]
    path = folder / "corrections.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_corrections_are_reported_and_saved_only_when_asked(
    folder: Path, corrections: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reported = calibrate.main(["--corrections", str(corrections), "--model", str(folder)])
    untouched = not (folder / CORRECTED_FILE).exists()
    saved = calibrate.main(["--corrections", str(corrections), "--model", str(folder), "--save"])

    assert (reported, saved) == (0, 0)
    assert untouched
    assert "12 corrections" in capsys.readouterr().out
    assert "corrected" in Blend.load(folder).version


def test_a_saved_correction_is_undone(folder: Path, corrections: Path) -> None:
    shipped = Blend.load(folder).version
    calibrate.main(["--corrections", str(corrections), "--model", str(folder), "--save"])
    corrected = Blend.load(folder).version

    codes = [calibrate.main(["--undo", "--model", str(folder)]) for _ in range(2)]

    assert codes == [0, 0]
    assert corrected != shipped
    assert Blend.load(folder).version == shipped


def test_corrections_of_another_model_do_not_count(
    folder: Path, corrections: Path, caplog: pytest.LogCaptureFixture
) -> None:
    calibrate.main(["--corrections", str(corrections), "--model", str(folder), "--save"])
    updated = json.loads((folder / BLEND_FILE).read_text("utf-8"))
    (folder / BLEND_FILE).write_text(json.dumps({**updated, "version": "blend-of-next-year"}), "utf-8")

    blend = Blend.load(folder)

    assert blend.version == "blend-of-next-year"
    assert "Run `bot sentiment calibrate` again" in caplog.text
