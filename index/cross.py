"""A question and a sentence read together: how likely the sentence answers it (a cross-encoder, Nogueira & Cho 2019).

Vectors made apart show that two texts are about the same things. That the question asks for Taiwan and the sentence
speaks of England shows only where each is read in the light of the other. This takes a pass through the layers for
each sentence, and so is asked of the few that came first. The layers are those of the contextual model with a change
of low rank (Hu et al. 2022), which takes a hundredth of their room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from index.contextual import Parts, marks_of
from index.layers import PARTS, Layers

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

F32 = npt.NDArray[np.float32]
FILE = "cross.safetensors"
# The tokens that are read of a question, of what stands before a sentence (its end), and of the sentence.
ROOM = 40, 24, 72
# The matrices of each layer that are changed, by BERT's names.
CHANGED = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


class Pair(NamedTuple):
    """Token ids: a question, what stands before a sentence, the sentence."""

    question: list[int]
    before: list[int]
    sentence: list[int]

    @classmethod
    def of(cls, question: list[int], before: list[int], sentence: list[int]) -> Pair:
        """As much of each as there is room for.

        >>> Pair.of([1] * 50, [*range(30)], [2])[1][0]
        6
        """
        asked, context, told = ROOM
        return cls(question[:asked], before[-context:], sentence[:told])

    def row(self, marks: tuple[int, int]) -> tuple[list[int], list[int]]:
        """The ids in one row with the marks around them, and the part of each: 0 question, 1 before, 2 sentence.

        >>> Pair([5, 6], [7], [8, 9]).row((2, 3))
        ([2, 5, 6, 3, 7, 8, 9, 3], [0, 0, 0, 0, 1, 2, 2, 2])
        """
        first, last = marks
        ids = [first, *self.question, last, *self.before, *self.sentence, last]
        parts = [0] * (len(self.question) + 2) + [1] * len(self.before) + [2] * (len(self.sentence) + 1)
        return ids, parts


class CrossEncoder:
    """Questions and sentences to logits. Threads may share it."""

    def __init__(
        self,
        layers: Layers,
        tokenizer: Tokenizer,
        head: Mapping[str, F32],
        prepare: Callable[[str], str] = str,
    ) -> None:
        """Takes finished parts; ``read_cross`` makes them."""
        self._layers = layers
        self._tokenizer = tokenizer
        self._marks = marks_of(tokenizer)
        self._head = head
        self._prepare = prepare

    def score(self, question: str, sentences: Sequence[tuple[str, str]]) -> F32:
        """For each (text before it, sentence) the logit that the sentence answers, float32 ``(n,)``; 0 is even odds."""
        texts = [question, *(text for pair in sentences for text in pair)]
        ready = [self._prepare(text) for text in texts]
        asked, *rest = (e.ids for e in self._tokenizer.encode_batch_fast(ready, add_special_tokens=False))
        pairs = [Pair.of(asked, *two) for two in zip(rest[::2], rest[1::2], strict=True)]
        rows, parts = zip(*(pair.row(self._marks) for pair in pairs), strict=True) if pairs else ((), ())
        found = np.zeros(len(pairs), dtype=np.float32)
        for i, states in self._layers(rows, parts):
            found[i] = self._logit(states, pairs[i])
        return found

    def _logit(self, states: F32, pair: Pair) -> float:
        """From the first mark, the means of question and sentence, and their product, by a small network."""
        end = 1 + len(pair.question)
        start = end + 1 + len(pair.before)
        asked = states[1:end].sum(axis=0) / max(len(pair.question), 1)
        told = states[start:-1].sum(axis=0) / max(len(pair.sentence), 1)
        seen = np.concatenate([states[0], asked, told, asked * told])
        head = self._head
        hidden = np.tanh(head["hidden.weight"] @ seen + head["hidden.bias"])
        return float(head["direct"] @ seen + head["out"] @ hidden + head["bias"][0])


def changed(arrays: Mapping[str, Tensor], change: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The arrays of a model with the change of ``change`` made to them.

    A matrix W (out, in) of ``CHANGED`` becomes W + (up · scale) down, of ``up`` (out, r), ``scale`` (r,) and ``down`` (r, in);
    the parts of a text get vectors of their own.
    """
    found = dict(arrays)
    for name in (n for n in arrays if n.endswith(tuple(f"{one}.weight" for one in CHANGED))):
        up, scale, down = (change[f"{name}.{part}"].float() for part in ("up", "scale", "down"))
        found[name] = arrays[name] + (up * scale) @ down
    found[PARTS] = change[PARTS].float()
    return found


def read_cross(parts: Parts, prepare: Callable[[str], str] = str) -> CrossEncoder:
    """The cross-encoder whose change lies beside a contextual model.

    Raises OSError, ValueError or KeyError where its file is missing, damaged, or does not fit the model.
    """
    from safetensors.torch import load_file

    change = load_file(parts.folder / FILE)
    head = {
        name.removeprefix("head."): np.asarray(array.float().numpy())
        for name, array in change.items()
        if name.startswith("head.")
    }
    layers = Layers(parts.config, changed(parts.arrays, change))
    return CrossEncoder(layers, parts.tokenizer, head, prepare)
