"""The network that is trained: MiniLM, an attention pool, linear heads (torch; training and export only).

The heads are linear on a weighted mean of the last layer's token states. So every logit is exactly a sum of
one term per token, and the words that weighed most cost no second pass.
"""

from __future__ import annotations

from pathlib import Path

import torch  # type: ignore[import-not-found, unused-ignore]
from torch import nn
from transformers import AutoModel  # type: ignore[import-not-found, unused-ignore]

from .corpus import EMOTIONS
from .labels import LABELS, NEGATIVE, POSITIVE
from .needs import NEEDS


class SentimentNetwork(nn.Module):  # type: ignore[misc, unused-ignore]
    """Encoder, pool and the heads for polarity, frustration and (training only) emotions."""

    def __init__(
        self, base: Path, *, dropout: float = 0.1, encoder_dropout: float = 0.1, attention: str = "eager"
    ) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            base,
            attn_implementation=attention,
            add_pooling_layer=False,
            hidden_dropout_prob=encoder_dropout,
            attention_probs_dropout_prob=encoder_dropout,
        )
        width = self.encoder.config.hidden_size
        self.attention = nn.Linear(width, 1)
        nn.init.zeros_(self.attention.weight)  # starts as the mean the encoder was trained with
        nn.init.zeros_(self.attention.bias)
        self.dropout = nn.Dropout(dropout)
        self.polarity = nn.Linear(width, len(LABELS))
        self.frustration = nn.Linear(width, 1)
        self.emotions = nn.Linear(width, len(EMOTIONS))
        # Each need looks at the message with an attention of its own: it may be said in three words of sixty.
        self.need_attention = nn.Linear(width, len(NEEDS))
        nn.init.zeros_(self.need_attention.weight)
        nn.init.zeros_(self.need_attention.bias)
        self.needs = nn.Linear(width, len(NEEDS))

    def freeze(self, *, layers: int = 0) -> None:
        """Keep the embeddings, so that rare words and names stay where pre-training put them, and the lowest layers."""
        self.encoder.embeddings.requires_grad_(False)
        self.encoder.encoder.layer[:layers].requires_grad_(False)

    def pool(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Token states (batch, tokens, width) and their shares (batch, tokens), which sum to 1."""
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        scores = self.attention(states).squeeze(-1).float()
        scores = scores.masked_fill(mask == 0, torch.finfo(torch.float32).min)
        return states, torch.softmax(scores, dim=-1)

    def read_needs(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Logits of the needs (batch, needs) from token states (batch, tokens, width)."""
        scores = self.need_attention(states).float()
        scores = scores.masked_fill((mask == 0).unsqueeze(-1), torch.finfo(torch.float32).min)
        terms = self.dropout(states) @ self.needs.weight.T
        return (torch.softmax(scores, dim=1) * terms).sum(1) + self.needs.bias

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits of the labels, of frustration, of the emotions and of the needs."""
        states, shares = self.pool(ids, mask)
        pooled = self.dropout((states * shares.unsqueeze(-1)).sum(1))
        needs = self.read_needs(states, mask)
        return self.polarity(pooled), self.frustration(pooled).squeeze(-1), self.emotions(pooled), needs


class ExportedNetwork(nn.Module):  # type: ignore[misc, unused-ignore]
    """What is shipped: logits, frustration, each token's part in "positive minus negative", and needs."""

    def __init__(self, network: SentimentNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits (batch, 3), frustration logit (batch,), weights of tokens (batch, tokens), needs (batch, needs)."""
        states, shares = self.network.pool(ids, mask)
        pooled = (states * shares.unsqueeze(-1)).sum(1)
        direction = self.network.polarity.weight[POSITIVE] - self.network.polarity.weight[NEGATIVE]
        weights = shares * (states * direction).sum(-1)
        needs = self.network.read_needs(states, mask)
        return self.network.polarity(pooled), self.network.frustration(pooled).squeeze(-1), weights, needs
