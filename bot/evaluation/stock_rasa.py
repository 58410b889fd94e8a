"""A stock Rasa assistant on the same articles: the peer that our latency and training are measured against.

Stock means what `rasa init` recommends: the default DIET pipeline, `utter_` responses, the REST channel and
the in-memory tracker store. Policies that would slow it down further (TED, UnexpecTED) are left out, so the
comparison errs in its favour.

    .venv-engine/bin/python -m bot.evaluation.stock_rasa --data DIR

trains it on HINT3's shop instead and prints how well it understands; ten minutes, nearly all of it training.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from bot.evaluation.tables import LabelledText, read_labelled
from knowledge_base.article import Article, load_articles

if TYPE_CHECKING:
    from bot.evaluation.measures import Judged  # needs numpy, which the server's environment does without

ENGINE_PYTHON = Path(".venv-engine/bin/python")
TRAINING_TIMEOUT_S = 1800
START_TIMEOUT_S = 300
FALLBACK = "nlu_fallback"
HINT3_NONE = "NO_NODES_DETECTED"

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


def write_intents(folder: Path, rows: Sequence[LabelledText]) -> dict[str, str]:
    """Write a stock project that only tells intents apart.

    Returns:
        The label of each intent's name.
    """
    by_label: dict[str, list[str]] = {}
    for row in rows:
        by_label.setdefault(row.label, []).append(" ".join(row.text.split()))
    names = {f"intent_{n}": label for n, label in enumerate(sorted(by_label))}
    nlu = [
        {"intent": name, "examples": "".join(f"- {text}\n" for text in by_label[label])}
        for name, label in names.items()
    ]
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "config.yml").write_text(yaml.safe_dump(CONFIG, sort_keys=False), encoding="utf-8")
    domain = {"version": "3.1", "intents": [*names, FALLBACK], "responses": {"utter_fallback": [{"text": "Sorry."}]}}
    (folder / "domain.yml").write_text(yaml.safe_dump(domain), encoding="utf-8")
    content = yaml.safe_dump({"version": "3.1", "nlu": nlu}, sort_keys=False, allow_unicode=True)
    (folder / "data/nlu.yml").write_text(content, encoding="utf-8")
    rules = [{"rule": "fallback", "steps": [{"intent": FALLBACK}, {"action": "utter_fallback"}]}]
    (folder / "data/rules.yml").write_text(yaml.safe_dump({"version": "3.1", "rules": rules}), encoding="utf-8")
    return names


@contextmanager
def parsing(
    folder: Path,
    options: Sequence[str] = ("--model", "models/stock.tar.gz"),
    environment: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """A running Rasa server with its own HTTP API, a stock one by default; yields the address of its parser.

    Args:
        folder: Where it runs.
        options: Of `rasa run`, the model's among them.
        environment: Its variables, if not ours.

    Raises:
        RuntimeError: It ended or does not answer.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(ENGINE_PYTHON.absolute()), "-m", "rasa", "run", "--enable-api", "-i", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own arguments
        [*command, *options], cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}/model/parse"
    try:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                parse(address, "hello")
                break
            except (urllib.error.URLError, OSError) as exc:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"The Rasa server in {folder} does not start.") from exc
                time.sleep(1)
        yield address
    finally:
        process.terminate()
        process.wait()


def parse(address: str, text: str) -> dict[str, Any]:
    """What the stock assistant takes a text for."""
    request = urllib.request.Request(  # noqa: S310 - our own process on the loopback
        address, data=json.dumps({"text": text}).encode(), headers={"Content-Type": "application/json"}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def judge(row: LabelledText, found: dict[str, Any], names: dict[str, str]) -> Judged:
    """One test message as the stock assistant understood it; its fallback is “no intent”."""
    intent = found.get("intent") or {}
    label = names.get(str(intent.get("name")), HINT3_NONE)
    confidence = float(intent.get("confidence") or 0)
    from bot.evaluation.measures import Judged

    return Judged(text=row.text, truth=row.label, predicted=label, best=label, confidence=confidence)


def main(argv: Sequence[str] | None = None) -> int:
    """Train on HINT3's shop, ask its test messages, print the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the benchmark sets")
    data = parser.parse_args(argv).data / "intents/hint3_sofmattress"
    rows, test = read_labelled(data / "train.csv"), read_labelled(data / "test.csv")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        names = write_intents(folder, [row for row in rows if row.label != HINT3_NONE])
        train_s = train(folder)
        with parsing(folder) as address:
            judged = [judge(row, parse(address, row.text), names) for row in test]
    print(section(judged, train_s=train_s, examples=len(rows)))  # noqa: T201
    return 0


def section(judged: Sequence[Judged], *, train_s: float, examples: int) -> str:
    """The section of RESULTS.md."""
    from bot.evaluation.measures import accuracy, matthews

    inside = accuracy([each for each in judged if each.truth != HINT3_NONE])
    outside = accuracy([each for each in judged if each.truth == HINT3_NONE])
    figures = " | ".join("–" if value is None else f"{value:.3f}" for value in (inside, outside, matthews(judged)))
    return "\n".join(
        [
            f"### Stock Rasa 3.6 (DIET, 100 epochs) on HINT3, same machine (n = {len(judged)}, {examples} examples)",
            "",
            "| | in-scope accuracy | out-of-scope recall | MCC | training |",
            "| --- | ---: | ---: | ---: | ---: |",
            f"| fallback at its stock threshold 0.3 | {figures} | {train_s:.0f} s |",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
