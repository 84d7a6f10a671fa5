"""The layers of BERT, which torch has ready made: token ids to their states, with nothing slower than torch itself.

A test compares them with sentence-transformers' own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from torch import Tensor, nn

F32 = npt.NDArray[np.float32]

# Texts that go through the layers together: of like length, so that little is padding.
BATCH = 16
# What the position table of the model allows, with the marks around a text.
LONGEST = 512
# The array of word vectors, by its name in the model's file.
WORD_VECTORS = "embeddings.word_embeddings.weight"
# The vectors that tell the parts of a text apart, (parts, d).
PARTS = "embeddings.token_type_embeddings.weight"
# torch's names of a layer's parts, and BERT's.
_NAMES = {
    "self_attn.out_proj": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "linear1": "intermediate.dense",
    "linear2": "output.dense",
    "norm2": "output.LayerNorm",
}


class Layers:
    """Token ids to their last states."""

    def __init__(self, config: Mapping[str, Any], arrays: Mapping[str, Tensor]) -> None:
        """``config`` and ``arrays`` are those of a BERT model's folder, the arrays by their names there."""
        self._heads = int(config["num_attention_heads"])
        self._epsilon = float(config["layer_norm_eps"])
        self._arrays = arrays
        self._encoder = self._build(int(config["num_hidden_layers"]), int(config["intermediate_size"]))

    def _build(self, count: int, width: int) -> nn.TransformerEncoder:
        from torch import cat, nn

        size = self._arrays["embeddings.LayerNorm.weight"].shape[0]
        layer = nn.TransformerEncoderLayer(
            size, self._heads, width, 0.0, "gelu", self._epsilon, batch_first=True
        )
        encoder = nn.TransformerEncoder(layer, count, enable_nested_tensor=False)
        state: dict[str, Tensor] = {}
        for i in range(count):
            ours, theirs = f"layers.{i}.", f"encoder.layer.{i}."
            for kind in ("weight", "bias"):
                of = {name: self._arrays[f"{theirs}{name}.{kind}"] for name in _NAMES.values()}
                state[f"{ours}self_attn.in_proj_{kind}"] = cat(
                    [
                        self._arrays[f"{theirs}attention.self.{name}.{kind}"]
                        for name in ("query", "key", "value")
                    ]
                )
                state |= {f"{ours}{name}.{kind}": of[other] for name, other in _NAMES.items()}
        encoder.load_state_dict(state)
        return encoder.eval()

    def __call__(
        self, texts: Sequence[Sequence[int]], parts: Sequence[Sequence[int]] | None = None
    ) -> Iterator[tuple[int, F32]]:
        """The number of each text and the states of its t ≤ 512 tokens, float32 (t, d), the shortest text first.

        ``parts`` says of each token in which part of its text it stands; None: all in part 0.
        """
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            states = self._batch([texts[i] for i in some], [parts[i] for i in some] if parts else None)
            yield from zip(some, states, strict=True)

    def _batch(self, texts: Sequence[Sequence[int]], parts: Sequence[Sequence[int]] | None) -> list[F32]:
        import torch
        from torch.nn import functional

        lengths = [len(ids) for ids in texts]
        table = torch.zeros((len(texts), max(lengths)), dtype=torch.long)
        kinds = torch.zeros_like(table)
        for i, ids in enumerate(texts):
            table[i, : len(ids)] = torch.tensor(ids)
            if parts:
                kinds[i, : len(ids)] = torch.tensor(parts[i])
        padding = torch.arange(max(lengths))[None] >= torch.tensor(lengths)[:, None]
        with torch.inference_mode():
            words = functional.embedding(table, self._arrays[WORD_VECTORS]).float()
            places = self._arrays["embeddings.position_embeddings.weight"][: max(lengths)]
            states = functional.layer_norm(
                words + places + self._arrays[PARTS][kinds],
                words.shape[-1:],
                self._arrays["embeddings.LayerNorm.weight"],
                self._arrays["embeddings.LayerNorm.bias"],
                self._epsilon,
            )
            states = self._encoder(states, src_key_padding_mask=padding if padding.any() else None)
        return [np.asarray(state[:length].numpy()) for state, length in zip(states, lengths, strict=True)]
