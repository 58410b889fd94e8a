"""Prepares the network for 8 bits: moves the few loud channels of its activations into the weights.

Before the dense layers after attention a handful of channels are ten times louder than the rest, and activations share
one scale of 256 steps, so the quiet ones drown. Dividing every channel by how loud it gets, and multiplying the weights
by the same, changes nothing in 32 bits (SmoothQuant, Xiao et al. 2023, arXiv:2211.10438).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch  # type: ignore[import-not-found, unused-ignore]
from torch import nn
from torch.nn import functional  # type: ignore[import-not-found, unused-ignore]

_SHARE = 0.8  # of the loudness that goes to the weights; 0.5 is worse than nothing here, 0.65 half as good
_LAYERS = ("intermediate.dense", "output.dense")
_BOUNDS = (0.02, 50.0)


class SmoothedLinear(nn.Module):  # type: ignore[misc, unused-ignore]
    """A linear layer whose input is divided channel by channel."""

    def __init__(self, linear: nn.Linear, scale: torch.Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(linear.weight.detach() * scale)
        self.bias = linear.bias
        self.register_buffer("inverse", 1 / scale)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """The same as the layer it was made from."""
        return functional.linear(values * self.inverse, self.weight, self.bias)


def smooth(network: nn.Module, texts: Sequence[Sequence[int]]) -> None:
    """Replace the dense layers after attention by smoothed ones.

    Args:
        network: A `SentimentNetwork` ready to answer; changed in place.
        texts: Token ids of texts as they will be read; two hundred are enough.
    """
    layers = {
        name: module
        for name, module in network.named_modules()
        if isinstance(module, nn.Linear) and name.endswith(_LAYERS)
    }
    loudest = _loudest(network, layers, texts)
    for name, layer in layers.items():
        strongest = layer.weight.detach().abs().amax(0).clamp(min=1e-5)
        scale = loudest[name].clamp(min=1e-3) ** _SHARE / strongest ** (1 - _SHARE)
        parent, _, own = name.rpartition(".")
        setattr(network.get_submodule(parent), own, SmoothedLinear(layer, (scale / scale.median()).clamp(*_BOUNDS)))


def _loudest(
    network: nn.Module, layers: dict[str, nn.Linear], texts: Sequence[Sequence[int]]
) -> dict[str, torch.Tensor]:
    """The largest absolute input of every channel of every layer."""
    found = {name: torch.zeros(layer.in_features) for name, layer in layers.items()}

    def listener(name: str) -> object:
        def listen(_: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            found[name] = torch.maximum(found[name], inputs[0].abs().amax((0, 1)))

        return listen

    handles = [layer.register_forward_pre_hook(listener(name)) for name, layer in layers.items()]
    with torch.inference_mode():
        for ids in texts:
            network(torch.tensor([list(ids)]), torch.ones(1, len(ids), dtype=torch.long))
    for handle in handles:
        handle.remove()
    return {name: values.clone() for name, values in found.items()}
