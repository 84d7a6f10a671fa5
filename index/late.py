"""Late interaction: every token of the query takes its best match among the tokens of a passage.

The scoring of ColBERT (Khattab & Zaharia 2020) over static token vectors, so that nothing is encoded twice
and a passage costs one number a token. A token that finds a good match everywhere says little, so each
is weighted by the inverse of the frequency with which passages match it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.ragged import Ragged

if TYPE_CHECKING:
    from index.encoder import TokenEncoder

F32 = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int32]

# So many texts are looked at together: their numbers then stay in the processor's cache.
_TOGETHER = 2048


def unit_rows(vectors: F32) -> F32:
    """Each row divided by its length; a row of zeros stays one. float32 ``(n, d)`` → the same.

    >>> unit_rows(np.array([[3, 4], [0, 0]], dtype=np.float32)).round(1).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: F32 = (vectors / np.maximum(norms, 1e-12)).astype(np.float32)
    return unit


def distinct(texts: Sequence[npt.NDArray[np.integer]]) -> Ragged:
    """The different tokens of n texts that are given as their token ids, in any order and repeated or not: int32 rows.

    A token counts once a text, since a best match does not ask how often.

    >>> distinct([np.array([5, 2, 5]), np.array([], dtype=int)])[0].tolist()
    [2, 5]
    """
    return Ragged.of([np.unique(ids).astype(np.int32) for ids in texts])


def vocabulary(texts: Iterable[Ragged], size: int) -> Ids:
    """The token ids that occur in any of these texts, int32, ascending; all are below ``size``.

    >>> vocabulary([distinct([np.array([7, 2])]), distinct([np.array([2, 3])])], size=9).tolist()
    [2, 3, 7]
    """
    seen = np.zeros(size, dtype=bool)
    for rows in texts:
        seen[rows.values] = True
    return np.flatnonzero(seen).astype(np.int32)


def best_matches(query: F32, texts: Ragged, tokens: Ids, vectors: F32) -> F32:
    """The best cosine of each query token with any token of each text: float32 ``(q, n)``, −1 to 1.

    ``query`` is the unit vectors of q tokens, float32 ``(q, d)``; ``vectors`` those of ``tokens``, int32 ``(u,)``,
    ascending, float32 ``(u, d)``, among which are all of the n texts. A text without tokens gets 0.

    >>> texts, both = distinct([np.array([0, 1]), np.array([1])]), np.array([0, 1], dtype=np.int32)
    >>> best_matches(np.array([[1.0, 0.0]], dtype=np.float32), texts, both, np.eye(2, dtype=np.float32)).tolist()
    [[1.0, 0.0]]
    """
    found = np.zeros((len(query), len(texts)), dtype=np.float32)
    filled = np.flatnonzero(np.diff(texts.offsets))
    if not len(query) or not len(filled):
        return found
    of_token = np.zeros((len(query), int(tokens[-1]) + 1), dtype=np.float32)
    of_token[:, tokens] = query @ vectors.T
    for i in range(0, len(filled), _TOGETHER):
        some = filled[i : i + _TOGETHER]
        first, last = texts.offsets[some[0]], texts.offsets[some[-1] + 1]
        ids = texts.values[first:last].astype(np.intp)
        starts = texts.offsets[some] - first
        for row, cosines in zip(found, of_token, strict=True):
            row[some] = np.maximum.reduceat(cosines.take(ids), starts)
    return found


def telling(scores: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """How much words tell by being rare in their language: log(1 + 0.01 / probability), float64, > 0.

    ``scores`` are the logarithms of their probabilities, as a Unigram tokenizer keeps them, of any shape.

    >>> telling(np.log([0.01, 0.0001])).round(2).tolist()
    [0.69, 4.61]
    """
    return np.asarray(np.log1p(1e-2 / (np.exp(scores) + 1e-6)), dtype=np.float64)


def rarity(matches: F32) -> F32:
    """How telling each query token is: a smoothed inverse document frequency, float32 ``(q,)``, > 0.

    ``matches`` is that of ``best_matches`` over the passages of an index. A passage counts towards a token's
    frequency by the fourth power of its best cosine: a word of another language is as common as its translation.

    >>> [round(float(w), 2) for w in rarity(np.array([[1.0, 1.0], [1.0, 0.0]], dtype=np.float32))]
    [0.18, 0.69]
    """
    count = matches.shape[1]
    frequency = (np.maximum(matches, 0.0) ** 4).sum(axis=1)
    found: F32 = np.log(1 + (count - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    return found


class Late:
    """Late interaction with the n passages of an index."""

    def __init__(
        self, encoder: TokenEncoder, *tokens: Ragged, live: npt.NDArray[np.int64] | None = None
    ) -> None:
        """``tokens`` hold the ``distinct`` token ids of passages, from ``encoder.token_ids``, one after the other.

        The passages numbered in ``live``, ascending (None: all), are those of the index.
        """
        self._tokens = tokens
        self._live = live
        self._encoder = encoder
        # One question is put to the index and then, several times, to the sentences of what it found.
        self._asked = lru_cache(maxsize=4)(self._ask)

    @cached_property
    def _vocabulary(self) -> tuple[Ids, F32]:
        """The tokens that occur in the index, int32 ``(u,)``, and their unit vectors, ``(u, d)``."""
        ids = vocabulary(self._tokens, len(self._encoder.token_vectors))
        return ids, self._unit(ids)

    def _ask(self, query: str) -> tuple[F32, F32, F32]:
        """A query's unit vectors, ``(q, d)``, its matches in the index, ``(q, n)``, and its weights, ``(q,)``."""
        [ids] = self.token_ids([query])
        asked = self._unit(ids)
        none = np.zeros((len(asked), 0), dtype=np.float32)
        parts = [best_matches(asked, tokens, *self._vocabulary) for tokens in self._tokens]
        found: F32 = np.concatenate([none, *parts], axis=1)
        if self._live is not None:
            found = found[:, self._live]
        weights: F32 = rarity(found) * self._encoder.token_weights[ids]
        return asked, found, weights

    def _unit(self, ids: npt.NDArray[np.integer]) -> F32:
        return unit_rows(self._encoder.token_vectors[ids])

    def token_ids(self, texts: Sequence[str]) -> list[Ids]:
        """The token ids of each text, int32, for ``score``."""
        return [ids.astype(np.int32) for ids in self._encoder.token_ids(texts)]

    def matches(self, query: str, texts: Sequence[npt.NDArray[np.integer]] | None = None) -> tuple[F32, F32]:
        """The best cosine of each of the query's q tokens in each text, ``(q, n)``, and their weights, ``(q,)``.

        ``texts`` are given by their token ids; without them, they are the passages of the index. A token
        weighs its rarity in the index times its ``token_weights``: what it tells in general.
        """
        asked, found, weights = self._asked(query)
        if texts is not None:
            others = distinct(texts)
            ids = vocabulary([others], len(self._encoder.token_vectors))
            found = best_matches(asked, others, ids, self._unit(ids))
        return found, weights

    def score(self, query: str, texts: Sequence[npt.NDArray[np.integer]] | None = None) -> F32:
        """The late-interaction score of each text, float32 ``(n,)``, −1 to 1: the weighted mean of ``matches``."""
        found, weights = self.matches(query, texts)
        mean: F32 = (weights @ found / max(float(weights.sum()), 1e-9)).astype(np.float32)
        return mean
