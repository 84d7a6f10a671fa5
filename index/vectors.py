"""The vector store: exact inner-product search in FAISS, behind a protocol that a server could fill too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import faiss

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

    def search(self, queries: F32, k: int) -> tuple[F32, I64]:
        """For each of m queries, float32 ``(m, d)``, the k nearest: inner products and positions.

        Both are ``(m, min(k, n))``, best first; with unit vectors the inner product is the cosine.
        """
        ...


class FaissStore:
    """A ``VectorStore`` in memory, exact: FAISS ``IndexFlatIP`` (Douze et al. 2024). Never changes.

    >>> store = FaissStore(np.eye(3, dtype=np.float32))
    >>> store.search(np.array([[0.0, 0.8, 0.6]], dtype=np.float32), k=2)[1].tolist()
    [[1, 2]]
    """

    def __init__(self, vectors: F32) -> None:
        """``vectors`` is float32 ``(n, d)``, d > 0; unit norm makes every score a cosine."""
        import faiss

        self._index: faiss.IndexFlatIP = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def __len__(self) -> int:
        """How many vectors are stored."""
        return int(self._index.ntotal)

    @property
    def vectors(self) -> F32:
        """A copy of the vectors, float32 ``(n, d)``."""
        found: F32 = self._index.reconstruct_n(0, len(self))
        return found

    def search(self, queries: F32, k: int) -> tuple[F32, I64]:
        """See ``VectorStore.search``."""
        k = min(k, len(self))
        if k <= 0:
            empty = (len(queries), 0)
            return np.zeros(empty, dtype=np.float32), np.zeros(empty, dtype=np.int64)
        scores, positions = self._index.search(np.ascontiguousarray(queries, dtype=np.float32), k)
        return scores, positions
