"""The contextual half of the bundled model: every token of a text as the six layers see it.

The folder is an ordinary sentence-transformers one, of BERT's layers (``index.layers``) and mean pooling.
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
from index.layers import LONGEST, WORD_VECTORS, Layers

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

F32 = npt.NDArray[np.float32]
I8 = npt.NDArray[np.int8]


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
        self, layers: Layers, tokenizer: Tokenizer, projection: F32, prepare: Callable[[str], str] = str
    ) -> None:
        """Takes finished parts; ``read_contextual`` makes them. ``projection`` is float32 (d, k)."""
        self._layers = layers
        self._tokenizer = tokenizer
        self._marks = marks_of(tokenizer)
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
        first, last = self._marks
        for i, states in self._layers([[first, *one[: LONGEST - 2], last] for one in ids]):
            found[i] = self._contextual(ids[i], states)
        return [one for one in found if one is not None]

    def _contextual(self, ids: list[int], states: F32) -> Contextual:
        mean = states.mean(axis=0)
        tokens = np.zeros((len(ids), self.token_dimension), dtype=np.int8)
        inner = states[1:-1] @ self._projection
        peak = np.abs(inner).max(axis=1, keepdims=True, initial=1e-9)
        tokens[: len(inner)] = np.rint(inner / peak * 127)
        return Contextual(mean / max(float(np.linalg.norm(mean)), 1e-9), tokens, self._weights[ids])


@dataclass(frozen=True, slots=True)
class Parts:
    """What the folder of a contextual model holds: its settings, its arrays by their names, its tokenizer."""

    folder: Path
    config: dict[str, Any]
    arrays: dict[str, Tensor]
    tokenizer: Tokenizer


def read_parts(folder: Path) -> Parts:
    """The parts of the model in a folder.

    Raises OSError, ValueError or KeyError where a file is missing or damaged.
    """
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
    return Parts(folder, config, arrays, tokenizer)


def read_contextual(folder: Path | Parts, prepare: Callable[[str], str] = str) -> ContextualEncoder:
    """The contextual model of a folder: BERT's layers with mean pooling, and ``tokens.safetensors`` beside them.

    Raises as ``read_parts``.
    """
    from safetensors.numpy import load_file

    parts = folder if isinstance(folder, Parts) else read_parts(folder)
    projection = load_file(parts.folder / "tokens.safetensors")["projection"].astype(np.float32)
    return ContextualEncoder(Layers(parts.config, parts.arrays), parts.tokenizer, projection, prepare)


def marks_of(tokenizer: Tokenizer) -> tuple[int, int]:
    """The ids of the marks before and after a text."""
    return int(tokenizer.token_to_id("[CLS]") or 0), int(tokenizer.token_to_id("[SEP]") or 0)
