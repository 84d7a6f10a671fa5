"""Lexical search: BM25 over the terms of the passages (Robertson & Zaragoza 2009, in Lucene's form)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.fold import terms

if TYPE_CHECKING:
    from bm25s import BM25

F32 = npt.NDArray[np.float32]

K1 = 1.5  # how soon a repeated term stops counting
B = 0.75  # how much a long passage is held against itself, 0 to 1


@dataclass(frozen=True, slots=True)
class Lexical:
    """A BM25 index of n passages, made by ``Lexical.build``; ``documents`` holds their terms.

    >>> lexical = Lexical.build([terms(text) for text in ("成員國有26個", "The summit was in Shanghai")])
    >>> lexical.scores("成员国").argmax(), lexical.scores("summits").argmax()
    (np.int64(0), np.int64(1))
    """

    documents: tuple[tuple[str, ...], ...]
    _frequency: Mapping[str, int] = field(repr=False)
    _bm25: BM25 | None = field(repr=False)

    @classmethod
    def build(cls, documents: Sequence[Sequence[str]]) -> Lexical:
        """An index of passages given as their terms, see ``index.fold.terms``."""
        from bm25s import BM25

        kept = tuple(map(tuple, documents))
        if not any(kept):  # bm25s has no index of nothing
            return cls(kept, {}, None)
        bm25 = BM25(k1=K1, b=B, method="lucene")
        bm25.index([list(document) for document in kept], show_progress=False)
        return cls(kept, Counter(term for document in kept for term in set(document)), bm25)

    def scores(self, query: str) -> F32:
        """The BM25 score of each passage, float32 ``(n,)``, ≥ 0; 0 where no term is shared.

        A term that the query repeats counts as often as it stands there.
        """
        wanted = terms(query)
        if self._bm25 is None or not wanted:
            return np.zeros(len(self.documents), dtype=np.float32)
        found: F32 = self._bm25.get_scores(wanted)
        return found

    def ceiling(self, query: str) -> float:
        """The score that no passage can reach: the sum of the inverse document frequencies of the query's terms.

        ``scores(query) / ceiling(query)`` is thus 0 to 1, and small where few of its terms occur at all.
        """
        count = len(self.documents)
        return sum(
            log(1 + (count - frequency + 0.5) / (frequency + 0.5))
            for frequency in (self._frequency.get(term, 0) for term in terms(query))
        )
