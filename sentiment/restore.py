"""Makes torch weights of the shipped 8-bit model, to train on from it: ``python -m sentiment.restore --run RUN``.

Needs the `train` dependency group. The embeddings come from the base model, as training never moved them; everything
else is what the 8 bits still say. Heads the file does not have start fresh.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnx  # type: ignore[import-not-found, unused-ignore]
import torch  # type: ignore[import-not-found, unused-ignore]
from onnx import numpy_helper  # type: ignore[import-not-found, unused-ignore]

from .network import SentimentNetwork
from .transformer import MODEL_FILE, MODEL_FOLDER, RECORD_FILE

_PREFIX = "network."


def restore(network: SentimentNetwork, path: Path) -> list[str]:
    """Fill a fresh network with what an exported file holds.

    Args:
        network: Made from the base model; changed in place.
        path: What `sentiment.export` wrote.

    Returns:
        Names of the weights that were not in the file.
    """
    graph = onnx.load(path).graph
    values = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name.startswith(_PREFIX) and not name.endswith(("_scale", "_zero_point", "_quantized")):
            found[name.removeprefix(_PREFIX)] = value
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.input[1].endswith("_quantized"):
            stem = node.input[1].removesuffix("_quantized")
            steps = values[stem + "_quantized"].astype("float32") - values[stem + "_zero_point"].astype("float32")
            found[_weight_of(node.name)] = (steps * values[stem + "_scale"]).T
        elif node.op_type == "MatMul" and node.input[1] in values:
            found[_weight_of(node.name)] = values[node.input[1]].T
    for name in [name for name in found if name.endswith(".inverse")]:  # what `sentiment.smooth` moved goes back
        found[name.removesuffix("inverse") + "weight"] *= found.pop(name)
    state = network.state_dict()
    missing = [name for name in state if name not in found and not name.startswith("encoder.embeddings.")]
    for name, value in found.items():
        if not name.startswith("encoder.embeddings.") and name in state:
            state[name].copy_(torch.from_numpy(value.copy()))
    return missing


def _weight_of(node: str) -> str:
    """``/encoder/encoder/layer.0/output/dense/MatMul_quant`` → ``encoder.encoder.layer.0.output.dense.weight``."""
    folders = node.strip("/").split("/")[:-1] or ["needs"]  # the needs are read outside any layer
    return ".".join(folders) + ".weight"


def main(argv: Sequence[str] | None = None) -> int:
    """Restore and write RUN/network.pt and RUN/run.json."""
    parser = argparse.ArgumentParser(prog="python -m sentiment.restore", description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="folder of the pre-trained MiniLM")
    parser.add_argument("--run", type=Path, required=True, help="folder to write, as of sentiment.train")
    parser.add_argument("--model", type=Path, default=MODEL_FOLDER)
    args = parser.parse_args(argv)
    args.run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(7)
    network = SentimentNetwork(args.base)
    missing = restore(network, args.model / MODEL_FILE)
    torch.save(network.state_dict(), args.run / "network.pt")
    record = json.loads((args.model / RECORD_FILE).read_text("utf-8"))
    facts = {**record["training"], "restored_from": record["sha256"][:12]}
    (args.run / "run.json").write_text(json.dumps(facts, indent=2) + "\n", "utf-8")
    print("Not in the file, so fresh:", ", ".join(missing) or "nothing")  # noqa: T201
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
