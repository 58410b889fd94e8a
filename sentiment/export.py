"""Exports the trained network: torch → ONNX → 8 bits, checked against torch.

    python -m sentiment.export --run RUN --base BASE --data DATA [--out FOLDER]

Needs the `train` dependency group. Writes sentiment.onnx, tokenizer.json and model.json; `sentiment.fit` then
fits the blend on the exported model, so that it learns from what will really run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx  # type: ignore[import-not-found, unused-ignore]
import torch  # type: ignore[import-not-found, unused-ignore]
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from .batches import tokenizer_of
from .corpus import read_tweets
from .network import ExportedNetwork, SentimentNetwork
from .smooth import smooth
from .text import plain, window
from .transformer import MODEL_FILE, MODEL_FOLDER, NEEDS_OUTPUT, RECORD_FILE, TOKENIZER_FILE, Transformer
from .vader import VaderReader

PARITY_TEXTS = 300
_SMOOTHED_ON = 200  # tweets of training
# Below these the 8-bit model is another model: stop and look.
MIN_AGREEMENT = 0.96  # same label as torch in 32 bits
MAX_MEAN_SHIFT = 0.03  # of polarity


def load_network(base: Path, weights: Path) -> SentimentNetwork:
    """The trained network in 32 bits, ready to answer."""
    network = SentimentNetwork(base, attention="eager")
    network.load_state_dict(torch.load(weights, weights_only=True))
    network.eval()
    return network


def some_ids(base: Path, texts: Sequence[str]) -> list[list[int]]:
    """Token ids of texts as the network reads them."""
    tokenizer, emoji = tokenizer_of(base), VaderReader().emoji
    return [tokenizer.encode(plain(window(text), emoji)).ids for text in texts]


def write_onnx(network: SentimentNetwork, target: Path) -> None:
    """Write the graph in 8 bits to `target`."""
    ids = torch.tensor([[101, 2054, 2003, 102], [101, 2054, 102, 0]])
    mask = (ids != 0).long()
    axes = {0: "texts", 1: "tokens"}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the TorchScript exporter is deprecated, but its graphs are smaller
        full = Path(folder) / "full.onnx"
        torch.onnx.export(
            ExportedNetwork(network).eval(),
            (ids, mask),
            str(full),
            input_names=["ids", "mask"],
            output_names=["logits", "frustration", "weights", NEEDS_OUTPUT],
            dynamic_axes={
                "ids": axes,
                "mask": axes,
                "logits": {0: "texts"},
                "frustration": {0: "texts"},
                "weights": axes,
                NEEDS_OUTPUT: {0: "texts"},
            },
            opset_version=17,
            dynamo=False,
        )
        # Unsigned weights: with signed ones the 16-bit sums of processors without VNNI overflow silently, unless one
        # of the 8 bits is given up, which moves polarity by another 0.018 on average.
        quantize_dynamic(
            full,
            target,
            per_channel=True,
            reduce_range=False,
            weight_type=QuantType.QUInt8,
            # The heads are 2,000 numbers: nothing to save, and the words that weighed most come from them.
            nodes_to_exclude=[
                name
                for node in onnx.load(full).graph.node
                if "/encoder/" not in node.name
                for name in (node.name, f"{node.name}_MatMul")  # what the quantiser renames a Gemm to
            ],
        )


def parity(network: SentimentNetwork, folder: Path, texts: Sequence[str]) -> dict[str, float]:
    """Compare the exported model with torch on texts.

    Returns:
        Share of equal labels, mean and largest shift of polarity.
    """
    transformer, emoji = Transformer.load(folder), VaderReader().emoji
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    exported, original = [], []
    for text in (plain(window(text), emoji) for text in texts):
        exported.append(transformer.read(text).logits)
        ids = torch.tensor([tokenizer.encode(text).ids])
        with torch.inference_mode():
            original.append(network(ids, torch.ones_like(ids))[0][0].double().numpy())
    ours, theirs = _softmax(np.array(exported)), _softmax(np.array(original))
    shift = np.abs((ours[:, 2] - ours[:, 0]) - (theirs[:, 2] - theirs[:, 0]))
    return {
        "texts": len(exported),
        "same_label": float((ours.argmax(1) == theirs.argmax(1)).mean()),
        "mean_shift_of_polarity": float(shift.mean()),
        "worst_shift_of_polarity": float(shift.max()),
    }


def _softmax(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    raised = np.exp(logits - logits.max(1, keepdims=True))
    shares: npt.NDArray[np.float64] = raised / raised.sum(1, keepdims=True)
    return shares


def main(argv: Sequence[str] | None = None) -> int:
    """Export, compare and record."""
    parser = argparse.ArgumentParser(prog="python -m sentiment.export", description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="folder of sentiment.train")
    parser.add_argument("--base", type=Path, required=True, help="folder of the pre-trained MiniLM")
    parser.add_argument("--data", type=Path, required=True, help="folder with sentiment/ and intents/")
    parser.add_argument("--out", type=Path, default=MODEL_FOLDER)
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    facts = json.loads((args.run / "run.json").read_text("utf-8"))
    tweets = read_tweets(args.data / "sentiment" / "semeval_tweets", seed=facts["seed"])
    network, smoothed = (load_network(args.base, args.run / "network.pt") for _ in range(2))
    smooth(smoothed, some_ids(args.base, [tweet.text for tweet in tweets if not tweet.held_out][:_SMOOTHED_ON]))
    write_onnx(smoothed, args.out / MODEL_FILE)
    shutil.copyfile(args.base / "tokenizer.json", args.out / TOKENIZER_FILE)
    model = (args.out / MODEL_FILE).read_bytes()
    record = {"sha256": hashlib.sha256(model).hexdigest(), "bytes": len(model), "training": facts}
    (args.out / RECORD_FILE).write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    held_out = [tweet.text for tweet in tweets if tweet.held_out]
    texts = random.Random(facts["seed"]).sample(held_out, PARITY_TEXTS)  # noqa: S311 - reproducible, not secret
    record["parity"] = figures = parity(network, args.out, texts)
    (args.out / RECORD_FILE).write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    print(json.dumps(record, indent=2))  # noqa: T201
    if figures["same_label"] < MIN_AGREEMENT or figures["mean_shift_of_polarity"] > MAX_MEAN_SHIFT:
        sys.exit("The exported model differs from torch too much to ship; see the figures above.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
