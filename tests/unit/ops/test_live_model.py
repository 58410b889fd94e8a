"""The pointer to the live model and the archives it may point to."""

import json
from pathlib import Path

import pytest

from bot import live_model
from bot.live_model import ModelDamaged, ModelNotKept, ModelOutdated, NoLiveModel
from tests.integration.ops.scripts import kept_model


def test_without_a_pointer_there_is_no_live_model(tmp_path: Path) -> None:
    with pytest.raises(NoLiveModel, match="make train"):
        live_model.read_live(tmp_path)


def test_the_pointer_says_what_runs(tmp_path: Path) -> None:
    model = kept_model(tmp_path, "mdl_1", live=True, articles={"returns": "v1"})

    assert live_model.read_live(tmp_path) == model
    assert live_model.verify(tmp_path, model) == (tmp_path / live_model.LINK).resolve()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        json.dumps({"path": 1}),
        json.dumps({"path": "../../x.tar.gz", "sha256": "", "model_id": ""}),
    ],
)
def test_a_broken_pointer_is_named_with_its_cure(tmp_path: Path, content: str) -> None:
    (tmp_path / live_model.POINTER).write_text(content)

    with pytest.raises(ModelDamaged, match="make train"):
        live_model.read_live(tmp_path)


def test_a_pointer_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    kept_model(tmp_path, "mdl_1", live=True)
    pointer = tmp_path / live_model.POINTER
    pointer.write_text(pointer.read_text().replace("mdl_1.tar.gz", "../mdl_1.tar.gz"))

    with pytest.raises(ModelDamaged, match="outside"):
        live_model.read_live(tmp_path)


@pytest.mark.parametrize("harm", [b"", b"archive of mdl_", b"archive of mdl_2"])
def test_an_archive_that_is_not_the_checked_one_is_refused(tmp_path: Path, harm: bytes) -> None:
    model = kept_model(tmp_path, "mdl_1", live=True)
    model.archive(tmp_path).write_bytes(harm)

    with pytest.raises(ModelDamaged, match="SHA-256"):
        live_model.verify(tmp_path, model)


def test_the_newest_file_in_the_folder_is_not_the_live_model(tmp_path: Path) -> None:
    kept_model(tmp_path, "mdl_1", live=True)
    (tmp_path / "zzz-truncated.tar.gz").write_bytes(b"half")

    assert live_model.read_live(tmp_path).model_id == "mdl_1"
    assert [model.model_id for model in live_model.kept(tmp_path)] == ["mdl_1"]


def test_a_model_of_other_code_is_outdated(tmp_path: Path) -> None:
    model = kept_model(tmp_path, "mdl_1", live=True)

    live_model.verify_current(tmp_path, model, "")
    with pytest.raises(ModelOutdated, match="another version"):
        live_model.verify_current(tmp_path, model, "other code")


def test_only_kept_models_can_come_back(tmp_path: Path) -> None:
    kept_model(tmp_path, "mdl_1")

    assert live_model.read_kept(tmp_path, "mdl_1").model_id == "mdl_1"
    with pytest.raises(ModelNotKept):
        live_model.read_kept(tmp_path, "../live")
