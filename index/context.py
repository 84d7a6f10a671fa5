"""Late interaction in context: each token of the question takes its best match among a passage's tokens as the layers see them.

The scoring of ColBERT (Khattab & Zaharia 2020), where ``index.late`` has the same over tokens without context. A passage
costs a row of bytes a token, which stay on disk until they are looked at; only the candidates that the other parts
of the search put forward are looked at. A passage counts by the stretch of it that matches best, as a document does by
its best passage (MaxP; Dai & Callan 2019).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.late import F32, rarity, unit_rows
from index.ragged import Ragged

if TYPE_CHECKING:
    from index.contextual import Contextual
    from index.encoder import ContextEncoder

I8 = npt.NDArray[np.int8]
I64 = npt.NDArray[np.int64]


# What answers a question stands together: a passage counts by the best so many of its tokens running, a sentence or two.
NEAR = 64


def stretches(asked: F32, texts: Sequence[I8], length: int) -> tuple[F32, I64]:
    """The best cosine of each of a question's q tokens in each stretch of n texts, float32 ``(q, s)``, −1 to 1.

    ``asked`` is float32 ``(q, k)``, unit rows; each text int8 ``(t, k)``. A text is cut into stretches of ``length``
    tokens, the last as long as it comes; the second value says where those of each text begin, int64 ``(n,)``. A text
    without tokens is one stretch of 0.

    >>> texts = [np.array([[127, 0], [0, 127], [0, 9]], dtype=np.int8), np.array([[0, 7]], dtype=np.int8)]
    >>> best, first = stretches(np.eye(2, dtype=np.float32), texts, 2)
    >>> best.tolist(), first.tolist()
    ([[1.0, 0.0, 0.0], [1.0, 1.0, 1.0]], [0, 2])
    """
    if not texts:
        return np.zeros((len(asked), 0), dtype=np.float32), np.zeros(0, dtype=np.int64)
    filled = [text if len(text) else np.zeros((1, asked.shape[1]), dtype=np.int8) for text in texts]
    rows = np.concatenate(filled).astype(np.float32)
    norms = np.sqrt(np.einsum("tk,tk->t", rows, rows))
    cosines: F32 = (asked @ rows.T) / np.maximum(norms, 1e-9)
    begins = np.cumsum([0, *map(len, filled)])
    starts = [np.arange(*ends, length) for ends in pairwise(begins.tolist())]
    first = np.cumsum([0, *map(len, starts[:-1])])
    return np.maximum.reduceat(cosines, np.concatenate(starts), axis=1), first


def best_in(asked: F32, texts: Sequence[I8]) -> F32:
    """The best cosine of each of a question's q tokens in each of n texts, float32 ``(q, n)``; as ``stretches`` otherwise.

    >>> best_in(np.eye(2, dtype=np.float32), [np.array([[127, 0]], dtype=np.int8)]).tolist()
    [[1.0], [0.0]]
    """
    return stretches(asked, texts, max((1, *map(len, texts))))[0]


def of_sentences(tokens: I8, counts: Sequence[int]) -> tuple[I8, ...]:
    """The tokens of a passage by its sentences, which have so many each: its tail, for a heading may stand before them.

    >>> tokens = np.arange(5, dtype=np.int8)[:, None]
    >>> [part.ravel().tolist() for part in of_sentences(tokens, [1, 2])]
    [[2], [3, 4]]
    """
    ends = np.cumsum([len(tokens) - sum(counts), *counts])
    return tuple(tokens[a:b] for a, b in pairwise(ends))


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
        self._halves, self._first = stretches(self._asked, candidates, NEAR // 2)
        self.matches: F32 = np.maximum.reduceat(self._halves, self._first, axis=1)
        self.weights: F32 = rarity(self.matches) * question.weights[kept]

    def scores(self) -> F32:
        """How well each candidate matches in one place, float32 ``(n,)``, −1 to 1.

        That is the weighted mean of the best matches within ``NEAR`` tokens running, where these are highest; such a
        place begins every half of that. Words that a passage has far apart do not add up.
        """
        # The stretches that have one of the same text before them.
        goes_on = np.setdiff1d(np.arange(self._halves.shape[1]), self._first)
        near = self._halves.copy()
        near[:, goes_on - 1] = np.maximum(self._halves[:, goes_on - 1], self._halves[:, goes_on])
        mean = self.weights @ near / max(float(self.weights.sum()), 1e-9)
        return np.maximum.reduceat(mean, self._first).astype(np.float32)

    def match(self, texts: Sequence[I8]) -> F32:
        """The best cosine of each token in each of other texts, float32 ``(q, n)``."""
        return best_in(self._asked, texts)


class Context:
    """The tokens of the n passages of an index, in context. Threads may share it."""

    def __init__(self, encoder: ContextEncoder, *tokens: Ragged, live: I64 | None = None) -> None:
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
