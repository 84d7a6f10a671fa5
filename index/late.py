"""Late interaction: every token of the query takes its best match among the tokens of a passage.

The scoring of ColBERT (Khattab & Zaharia 2020) over static token vectors, so that nothing is encoded twice
and a passage costs one number a token. A token that finds a good match everywhere says little, so each
is weighted by the inverse of the frequency with which passages match it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from index.encoder import TokenEncoder

F32 = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int32]


def unit_rows(vectors: F32) -> F32:
    """Each row divided by its length; a row of zeros stays one. float32 ``(n, d)`` → the same.

    >>> unit_rows(np.array([[3, 4], [0, 0]], dtype=np.float32)).round(1).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: F32 = (vectors / np.maximum(norms, 1e-12)).astype(np.float32)
    return unit


@dataclass(frozen=True, slots=True)
class TokenLists:
    """The different tokens of n texts, end to end: those of text i are numbers ``offsets[i]:offsets[i + 1]``.

    ``vocabulary`` holds the u token ids that occur, int32 ``(u,)``, ascending; ``positions``, int32
    ``(total,)``, leads from each token to its place there; ``offsets`` is int64 ``(n + 1,)``. A token counts
    once a text, since a best match does not ask how often.

    >>> lists = TokenLists.join([np.array([5, 2, 5]), np.array([], dtype=int), np.array([7])])
    >>> lists.vocabulary.tolist(), lists.positions.tolist(), lists.offsets.tolist()
    ([2, 5, 7], [0, 1, 2], [0, 2, 2, 3])
    """

    vocabulary: Ids
    positions: Ids
    offsets: npt.NDArray[np.int64]

    @classmethod
    def join(cls, texts: Sequence[npt.NDArray[np.integer]]) -> TokenLists:
        """The lists of texts that are given as their token ids, in any order and repeated or not."""
        kept = [np.unique(ids).astype(np.int32) for ids in texts]
        joined = np.concatenate([np.zeros(0, dtype=np.int32), *kept])
        vocabulary, positions = np.unique(joined, return_inverse=True)
        return cls(vocabulary, positions.astype(np.int32), np.cumsum([0, *map(len, kept)], dtype=np.int64))

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self.offsets) - 1


def best_matches(query: F32, texts: TokenLists, vocabulary: F32) -> F32:
    """The best cosine of each query token with any token of each text: float32 ``(q, n)``, −1 to 1.

    ``query`` is the unit vectors of q tokens, float32 ``(q, d)``; ``vocabulary`` those of ``texts.vocabulary``,
    ``(u, d)``. A text without tokens gets 0.

    >>> texts = TokenLists.join([np.array([0, 1]), np.array([1])])
    >>> best_matches(np.array([[1.0, 0.0]], dtype=np.float32), texts, np.eye(2, dtype=np.float32)).tolist()
    [[1.0, 0.0]]
    """
    found = np.zeros((len(query), len(texts)), dtype=np.float32)
    filled = np.flatnonzero(np.diff(texts.offsets))
    if len(query) and len(filled):
        starts = texts.offsets[filled]
        for row, cosines in zip(
            found, query @ vocabulary.T, strict=True
        ):  # one token at a time: (total,) numbers
            row[filled] = np.maximum.reduceat(cosines[texts.positions], starts)
    return found


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
    """Late interaction with the n passages of an index.

    ``tokens`` are the passages' token ids, from ``encoder.token_ids``.
    """

    def __init__(self, encoder: TokenEncoder, tokens: TokenLists) -> None:
        """Takes finished parts; ``Index.build`` makes them."""
        self.tokens = tokens
        self._encoder = encoder
        self._vocabulary = self._unit(tokens.vocabulary)
        # One question is put to the index and then, several times, to the sentences of what it found.
        self._asked = lru_cache(maxsize=4)(self._ask)

    def _ask(self, query: str) -> tuple[F32, F32, F32]:
        """A query's unit vectors, ``(q, d)``, its matches in the index, ``(q, n)``, and its weights, ``(q,)``."""
        [ids] = self.token_ids([query])
        asked = self._unit(ids)
        found = best_matches(asked, self.tokens, self._vocabulary)
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
            others = TokenLists.join(texts)
            found = best_matches(asked, others, self._unit(others.vocabulary))
        return found, weights

    def score(self, query: str, texts: Sequence[npt.NDArray[np.integer]] | None = None) -> F32:
        """The late-interaction score of each text, float32 ``(n,)``, −1 to 1: the weighted mean of ``matches``."""
        found, weights = self.matches(query, texts)
        mean: F32 = (weights @ found / max(float(weights.sum()), 1e-9)).astype(np.float32)
        return mean
