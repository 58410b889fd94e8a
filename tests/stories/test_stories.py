"""The stories beside this file, run as `rasa test core` runs them; docs/engine.md has the command."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.core.test import test as rasa_test
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader

from tests.stories.conftest import Trained

STORIES = Path(__file__).parent
pytestmark = pytest.mark.anyio


async def test_every_story_goes_as_it_should(trained: Trained, tmp_path: Path) -> None:
    agent = Agent.load(str(trained.path))

    evaluation = await rasa_test(str(STORIES), agent, e2e=True, out_directory=str(tmp_path), errors=True)

    failed = tmp_path / "failed_test_stories.yml"
    assert evaluation["report"]["conversation_accuracy"]["accuracy"] == 1.0, failed.read_text(encoding="utf-8")


def test_there_are_stories_enough() -> None:
    files = sorted(STORIES.glob("test_*.yml"))

    names = [step.block_name for file in files for step in YAMLStoryReader().read_from_file(file)]

    assert len(names) >= 12
    assert len(set(names)) == len(names)
