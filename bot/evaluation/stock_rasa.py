"""A stock Rasa assistant on the same articles: the peer that our latency and training are measured against.

Stock means what `rasa init` recommends: the default DIET pipeline, `utter_` responses, the REST channel and
the in-memory tracker store. Policies that would slow it down further (TED, UnexpecTED) are left out, so the
comparison errs in its favour.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import yaml

from knowledge_base.article import Article, load_articles

ENGINE_PYTHON = Path(".venv-engine/bin/python")
TRAINING_TIMEOUT_S = 1800

CONFIG = {
    "recipe": "default.v1",
    "language": "en",
    "pipeline": [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
    "policies": [{"name": "MemoizationPolicy"}, {"name": "RulePolicy", "core_fallback_threshold": 0.3}],
}


def write_project(folder: Path, articles: Sequence[Article]) -> None:
    """Write the stock project into `folder`: one intent and one response per article."""
    intents = {article.id.replace("-", "_"): article for article in articles}
    nlu = [{"intent": name, "examples": _examples(article)} for name, article in intents.items()]
    rules = [{"rule": name, "steps": [{"intent": name}, {"action": f"utter_{name}"}]} for name in intents] + [
        {"rule": "fallback", "steps": [{"intent": "nlu_fallback"}, {"action": "utter_fallback"}]}
    ]
    # Braces would be read as slots by Rasa's templates; the peer simply does without them.
    answers = {f"utter_{n}": [{"text": a.answer.replace("{", "(").replace("}", ")")}] for n, a in intents.items()}
    domain = {
        "version": "3.1",
        "intents": [*intents, "nlu_fallback"],
        "responses": {**answers, "utter_fallback": [{"text": "Sorry, I did not get that."}]},
    }
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "config.yml": CONFIG,
        "domain.yml": domain,
        "data/nlu.yml": {"version": "3.1", "nlu": nlu},
        "data/rules.yml": {"version": "3.1", "rules": rules},
        "credentials.yml": {"rest": None},
        "endpoints.yml": {},
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")


def _examples(article: Article) -> str:
    phrases = (article.question, *article.also_asked)
    return "".join(f"- {' '.join(phrase.split())}\n" for phrase in phrases)


def train(folder: Path) -> float:
    """Train the stock project and return the wall seconds it took.

    Raises:
        subprocess.CalledProcessError: `rasa train` failed; its output is in the error.
    """
    began = time.monotonic()
    subprocess.run(  # noqa: S603 - our own interpreter, our own arguments
        [str(ENGINE_PYTHON.absolute()), "-m", "rasa", "train", "--fixed-model-name", "stock", "--quiet"],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=TRAINING_TIMEOUT_S,
    )
    return time.monotonic() - began


def prepare(folder: Path, articles_folder: Path) -> float:
    """Write and train the peer once; a second call answers the recorded seconds.

    Returns:
        Wall seconds of `rasa train`.
    """
    record = folder / "trained.json"
    if record.exists() and (folder / "models" / "stock.tar.gz").exists():
        return float(json.loads(record.read_text(encoding="utf-8"))["train_s"])
    write_project(folder, load_articles(articles_folder).articles)
    seconds = train(folder)
    record.write_text(json.dumps({"train_s": seconds}), encoding="utf-8")
    return seconds


def start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Start the peer on the loopback; the caller waits for it and stops it."""
    command = [str(ENGINE_PYTHON.absolute()), "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port)]
    return subprocess.Popen(  # noqa: S603 - our own interpreter, our own arguments
        [*command, "--model", "models/stock.tar.gz", "--credentials", "credentials.yml"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
