"""Late interaction in context: each token of the question takes its best match among a passage's tokens as the layers see them.

The scoring of ColBERT (Khattab & Zaharia 2020), where ``index.late`` has the same over tokens without context. A passage
costs a row of bytes a token, which stay on disk until they are looked at; only the candidates that the other parts
of the search put forward are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.late import F32, rarity, unit_rows
from index.ragged import Ragged

if TYPE_CHECKING:
    from index.contextual import Contextual
    from index.encoder import ContextEncoder

I8 = npt.NDArray[np.int8]


def best_in(asked: F32, texts: Sequence[I8]) -> F32:
    """The best cosine of each of a question's q tokens in each of n texts, float32 ``(q, n)``, −1 to 1.

    ``asked`` is float32 ``(q, k)``, unit rows; each text int8 ``(t, k)``. A text without tokens gets 0.

    >>> best_in(np.eye(2, dtype=np.float32), [np.array([[127, 0]], dtype=np.int8)]).tolist()
    [[1.0], [0.0]]
    """
    found = np.zeros((len(asked), len(texts)), dtype=np.float32)
    filled = [i for i, text in enumerate(texts) if len(text)]
    if len(asked) and filled:
        starts = np.cumsum([0, *(len(texts[i]) for i in filled)])[:-1]
        rows = np.concatenate([texts[i] for i in filled]).astype(np.float32)
        norms = np.sqrt(np.einsum("tk,tk->t", rows, rows))
        cosines = (asked @ rows.T) / np.maximum(norms, 1e-9)
        found[:, filled] = np.maximum.reduceat(cosines, starts, axis=1)
    return found


class InContext:
    """A question in context, asked of some candidate passages and then of parts of them.

    ``matches``, float32 ``(q, n)``, is the best cosine of each of its q tokens in each of the n candidates;
    ``weights``, ``(q,)``, how much each counts: what it tells in general times its rarity among the candidates.
    Tokens that count nothing are left out.
    """

    def __init__(self, question: Contextual, candidates: Sequence[I8]) -> None:
        """``candidates`` are the tokens of the n passages, int8 ``(t, k)`` each."""
        kept = question.weights > 0
        self._asked = unit_rows(question.tokens[kept].astype(np.float32))
        self.matches = best_in(self._asked, candidates)
        self.weights: F32 = rarity(self.matches) * question.weights[kept]

    def score(self, matches: F32) -> F32:
        """The weighted mean of ``matches``, ``(q, n)``, of n texts: float32 ``(n,)``, −1 to 1."""
        mean: F32 = (self.weights @ matches / max(float(self.weights.sum()), 1e-9)).astype(np.float32)
        return mean

    def match(self, texts: Sequence[I8]) -> F32:
        """The best cosine of each token in each of other texts, float32 ``(q, n)``."""
        return best_in(self._asked, texts)


class Context:
    """The tokens of the n passages of an index, in context. Threads may share it."""

    def __init__(
        self, encoder: ContextEncoder, *tokens: Ragged, live: npt.NDArray[np.int64] | None = None
    ) -> None:
        """``tokens`` hold those of passages, int8 ``(t, k)`` each, one after the other; they may lie on disk.

        The passages numbered in ``live``, ascending (None: all), are those of the index.
        """
        self._tokens = tokens
        self._starts = np.cumsum([0, *map(len, tokens)])
        self._live = live
        self._encoder = encoder
        # One question is put to the passages of an index and then, more than once, to their sentences.
        self._read = lru_cache(maxsize=4)(self._read_question)

    def _read_question(self, question: str) -> Contextual:
        return self._encoder.read([[question]])[0]

    def __getitem__(self, passage: int) -> I8:
        """The tokens of passage 0 ≤ ``passage`` < n, int8 ``(t, k)``."""
        number = passage if self._live is None else int(self._live[passage])
        part = int(np.searchsorted(self._starts, number, side="right")) - 1
        return self._tokens[part][number - int(self._starts[part])]

    def vector(self, question: str) -> F32:
        """The question's vector, float32 ``(d,)``, unit norm."""
        return self._read(question).whole

    def ask(self, question: str, candidates: Iterable[int]) -> InContext:
        """The question as put to the passages of these numbers."""
        return InContext(self._read(question), [self[i] for i in candidates])
