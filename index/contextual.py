"""The contextual half of the bundled model: every token of a text as the six layers see it.

The folder is an ordinary sentence-transformers one. Its layers are those of BERT, which torch has ready made, so that
nothing slower than torch itself need be imported (a test compares the vectors with sentence-transformers' own).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.late import telling

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor, nn

F32 = npt.NDArray[np.float32]
I8 = npt.NDArray[np.int8]

# Texts encoded together: of like length, so that little is padding.
_BATCH = 16
# What the position table of the model allows, with the two marks around a text.
_LONGEST = 512
# The array of word vectors, by its name in the model's file.
WORD_VECTORS = "embeddings.word_embeddings.weight"


@dataclass(frozen=True, slots=True)
class Contextual:
    """A text as the model sees it.

    ``whole`` is its vector, float32 ``(d,)``, unit norm; ``tokens`` are the directions of its t tokens, int8
    ``(t, k)`` (each row's largest number is ±127), without the marks around the text; ``weights``, float32
    ``(t,)``, ≥ 0, say how much each counts in a question: 0 for punctuation.
    """

    whole: F32
    tokens: I8
    weights: F32


class ContextualEncoder:
    """Texts to vectors in context. Threads may share it."""

    def __init__(
        self, layers: _Layers, tokenizer: Tokenizer, projection: F32, prepare: Callable[[str], str] = str
    ) -> None:
        """Takes finished parts; ``read_contextual`` makes them. ``projection`` is float32 (d, k)."""
        self._layers = layers
        self._tokenizer = tokenizer
        self._projection = projection
        self._prepare = prepare
        self.dimension, self.token_dimension = map(int, projection.shape)

    @cached_property
    def _weights(self) -> F32:
        """``index.late.telling`` of each token by the scores of the tokenizer; 0 where it has no letter or digit."""
        tokens, scores = zip(*json.loads(self._tokenizer.to_str())["model"]["vocab"], strict=True)
        weights = telling(scores).astype(np.float32)
        weights[[not any(map(str.isalnum, token)) for token in tokens]] = 0
        weights[list(self._tokenizer.get_added_tokens_decoder())] = 0
        return weights

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has: a text made of several has the tokens of all, one after the other."""
        ready = [self._prepare(text) for text in texts]
        return [len(e.ids) for e in self._tokenizer.encode_batch_fast(ready, add_special_tokens=False)]

    def encode(self, texts: Sequence[Sequence[str]]) -> list[Contextual]:
        """Texts, each given as its parts (heading, sentences), which are encoded together.

        Of a text of more than 510 tokens, what follows has no part in ``whole``, and its tokens are zeros.
        """
        flat = [self._prepare(part) for parts in texts for part in parts]
        encoded = iter(self._tokenizer.encode_batch_fast(flat, add_special_tokens=False))
        ids = [[i for _ in parts for i in next(encoded).ids] for parts in texts]
        found: list[Contextual | None] = [None] * len(ids)
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        for start in range(0, len(order), _BATCH):
            some = order[start : start + _BATCH]
            for i, states in zip(some, self._layers([ids[i][: _LONGEST - 2] for i in some]), strict=True):
                found[i] = self._contextual(ids[i], states)
        return [one for one in found if one is not None]

    def _contextual(self, ids: list[int], states: F32) -> Contextual:
        mean = states.mean(axis=0)
        tokens = np.zeros((len(ids), self.token_dimension), dtype=np.int8)
        inner = states[1:-1] @ self._projection
        peak = np.abs(inner).max(axis=1, keepdims=True, initial=1e-9)
        tokens[: len(inner)] = np.rint(inner / peak * 127)
        return Contextual(mean / max(float(np.linalg.norm(mean)), 1e-9), tokens, self._weights[ids])


class _Layers:
    """The layers: lists of token ids to their last states, float32 (t + 2, d) with those of the marks."""

    def __init__(self, config: dict[str, Any], arrays: dict[str, Tensor], marks: tuple[int, int]) -> None:
        self._marks = marks
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

    def __call__(self, texts: Sequence[Sequence[int]]) -> list[F32]:
        import torch
        from torch.nn import functional

        first, last = self._marks
        lengths = [len(ids) + 2 for ids in texts]
        table = torch.zeros((len(texts), max(lengths)), dtype=torch.long)
        for row, ids in zip(table, texts, strict=True):
            row[: len(ids) + 2] = torch.tensor([first, *ids, last])
        padding = torch.arange(max(lengths))[None] >= torch.tensor(lengths)[:, None]
        with torch.inference_mode():
            words = functional.embedding(table, self._arrays[WORD_VECTORS]).float()
            places = self._arrays["embeddings.position_embeddings.weight"][: max(lengths)]
            states = functional.layer_norm(
                words + places + self._arrays["embeddings.token_type_embeddings.weight"][0],
                words.shape[-1:],
                self._arrays["embeddings.LayerNorm.weight"],
                self._arrays["embeddings.LayerNorm.bias"],
                self._epsilon,
            )
            states = self._encoder(states, src_key_padding_mask=padding if padding.any() else None)
        return [np.asarray(state[:length].numpy()) for state, length in zip(states, lengths, strict=True)]


# torch's names of a layer's parts, and BERT's.
_NAMES = {
    "self_attn.out_proj": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "linear1": "intermediate.dense",
    "linear2": "output.dense",
    "norm2": "output.LayerNorm",
}


def read_contextual(folder: Path, prepare: Callable[[str], str] = str) -> ContextualEncoder:
    """The contextual model of a folder: BERT's layers with mean pooling, and ``tokens.safetensors`` beside them.

    Raises OSError, ValueError or KeyError where a file is missing or damaged.
    """
    from safetensors.numpy import load_file as load_numpy
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    # Word vectors stay in half precision: a text needs few of them.
    arrays = {
        k: v.half() if k == WORD_VECTORS else v.float()
        for k, v in load_file(folder / "model.safetensors").items()
    }
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    marks = int(tokenizer.token_to_id("[CLS]") or 0), int(tokenizer.token_to_id("[SEP]") or 0)
    projection = load_numpy(folder / "tokens.safetensors")["projection"].astype(np.float32)
    return ContextualEncoder(_Layers(config, arrays, marks), tokenizer, projection, prepare)
