"""The vector store: exact inner-product search in FAISS, behind a protocol that a server could fill too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
I64 = npt.NDArray[np.int64]


class VectorStore(Protocol):
    """Holds n vectors of d numbers and finds the nearest."""

    def __len__(self) -> int:
        """How many vectors are stored: n."""
        ...

    @property
    def vectors(self) -> F32:
        """The vectors as they were added, float32 ``(n, d)``."""
        ...

    def scores(self, queries: F32) -> F32:
        """The inner product of each of m queries, float32 ``(m, d)``, with each vector: float32 ``(m, n)``."""
        ...

    def search(self, queries: F32, k: int) -> tuple[F32, I64]:
        """For each of m queries, float32 ``(m, d)``, the k nearest: inner products and positions.

        Both are ``(m, min(k, n))``, best first; with unit vectors the inner product is the cosine.
        """
        ...


class FaissStore:
    """A ``VectorStore``, exact: the brute-force products of FAISS (Douze et al. 2024). Never changes.

    Nothing is copied: the vectors stay where they are, in a file if they are mapped from one.

    >>> store = FaissStore(np.eye(3, dtype=np.float32))
    >>> store.search(np.array([[0.0, 0.8, 0.6]], dtype=np.float32), k=2)[1].tolist()
    [[1, 2]]
    """

    def __init__(self, *parts: F32, live: I64 | None = None) -> None:
        """``parts``, float32 ``(·, d)`` each, d > 0, hold vectors one after the other; unit norm makes scores cosines.

        Those numbered in ``live``, int64, ascending (None: all), are the n vectors of the store.
        """
        self._parts: Sequence[F32] = parts
        self._live = live

    def __len__(self) -> int:
        """How many vectors are stored."""
        return sum(map(len, self._parts)) if self._live is None else len(self._live)

    @property
    def vectors(self) -> F32:
        """A copy of the vectors, float32 ``(n, d)``."""
        whole: F32 = np.concatenate(self._parts)
        return whole if self._live is None else whole[self._live]

    def scores(self, queries: F32) -> F32:
        """See ``VectorStore.scores``."""
        import faiss

        ready = np.ascontiguousarray(queries, dtype=np.float32)
        none = np.zeros((len(ready), 0), dtype=np.float32)
        found = [
            faiss.pairwise_distances(ready, part, metric=faiss.METRIC_INNER_PRODUCT)
            for part in self._parts
            if len(part)
        ]
        scores: F32 = np.concatenate([none, *found], axis=1)
        return scores if self._live is None else scores[:, self._live]

    def search(self, queries: F32, k: int) -> tuple[F32, I64]:
        """See ``VectorStore.search``."""
        scores = self.scores(queries)
        positions = np.argsort(-scores, axis=1, kind="stable")[:, : max(0, min(k, len(self)))]
        return np.take_along_axis(scores, positions, axis=1), positions
